/* guest-files.c - files by path, by the calls of libguestfs
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <guestfs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "volume/guest-machine.h"

#define CHUNK 256u /* entries asked for at once */

/* ---- looking ------------------------------------------------------- */

static void
put_entry(struct buffer *body, const char *name, const char *target,
	  const struct guestfs_statns *st)
{
	struct volume_entry entry = {
		.name = (char *)name,
		.target = (char *)target,
		.size = (uint64_t)st->st_size,
		.modified = (time_t)st->st_mtime_sec,
		.uid = (uint32_t)st->st_uid,
		.gid = (uint32_t)st->st_gid,
		.inode = (uint64_t)st->st_ino,
		.links = (unsigned)st->st_nlink,
		.major = major((dev_t)st->st_rdev),
		.minor = minor((dev_t)st->st_rdev),
	};

	guest_entry_put(body, &entry, (unsigned)st->st_mode);
}

static int
look(struct machine *machine, const char *path, bool follow,
     struct reply *reply)
{
	struct guestfs_statns *st = follow ? guestfs_statns(machine->g, path) :
					     guestfs_lstatns(machine->g, path);
	const char *name = strrchr(path, '/') + 1;
	AUTO_FREE char *target = NULL;

	if (!st)
		return machine_fail(machine, &reply->err);
	if (S_ISLNK(st->st_mode))
		target = guestfs_readlink(machine->g, path);
	put_entry(&reply->body, *name ? name : "/", target, st);
	guestfs_free_statns(st);
	return 0;
}

static void
free_names(char **names)
{
	size_t i;

	for (i = 0; names && names[i]; i++)
		free(names[i]);
	free(names);
}

/* The entries of @names, which end with NULL. */
static int
put_entries(struct machine *machine, const char *path, char **names,
	    struct reply *reply)
{
	struct guestfs_statns_list *list;
	char **targets;
	uint32_t i;

	list = guestfs_lstatnslist(machine->g, path, names);
	targets = list ? guestfs_readlinklist(machine->g, path, names) : NULL;
	if (!targets) {
		if (list)
			guestfs_free_statns_list(list);
		return machine_fail(machine, &reply->err);
	}
	for (i = 0; i < list->len && names[i] && targets[i]; i++)
		if (list->val[i].st_ino != -1)
			put_entry(&reply->body, names[i], targets[i],
				  &list->val[i]);
	guestfs_free_statns_list(list);
	free_names(targets);
	return 0;
}

static bool
is_dots(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

static int
list_directory(struct machine *machine, const char *path, struct reply *reply)
{
	struct guestfs_dirent_list *list = guestfs_readdir(machine->g, path);
	char *names[CHUNK + 1];
	uint32_t i, count = 0;
	int result = 0;

	if (!list)
		return machine_fail(machine, &reply->err);
	for (i = 0; result == 0 && i < list->len; i++) {
		if (!is_dots(list->val[i].name))
			names[count++] = list->val[i].name;
		if (count < CHUNK && i + 1 < list->len)
			continue;
		names[count] = NULL;
		if (count)
			result = put_entries(machine, path, names, reply);
		count = 0;
	}
	guestfs_free_dirent_list(list);
	return result;
}

static int
list_attributes(struct machine *machine, const char *path, struct reply *reply)
{
	struct guestfs_xattr_list *list = guestfs_lgetxattrs(machine->g, path);
	uint32_t i;

	if (!list)
		return machine_fail(machine, &reply->err);
	for (i = 0; i < list->len; i++)
		guest_xattr_put(&reply->body, list->val[i].attrname,
				list->val[i].attrval,
				list->val[i].attrval_len);
	guestfs_free_xattr_list(list);
	return 0;
}

static int
read_file(struct machine *machine, const char *path, uint64_t offset,
	  uint64_t len, struct reply *reply)
{
	size_t got;

	if (len > GUEST_PIECE)
		return error_set(&reply->err, BALIMG_E_USAGE, "too much");
	while (len) {
		AUTO_FREE char *data = guestfs_pread(
			machine->g, path, (int)len, (int64_t)offset, &got);

		if (!data)
			return machine_fail(machine, &reply->err);
		if (!got)
			return 0;
		buffer_add(&reply->body, data, got);
		offset += got;
		len -= got;
	}
	return 0;
}

static int
tell_space(struct machine *machine, struct reply *reply)
{
	struct guestfs_statvfs *st = guestfs_statvfs(machine->g, "/");
	uint8_t unit[8];

	if (!st)
		return machine_fail(machine, &reply->err);
	reply->a = (uint64_t)st->blocks * (uint64_t)st->frsize;
	reply->b = (uint64_t)st->bfree * (uint64_t)st->frsize;
	le64_put(unit, (uint64_t)st->frsize);
	buffer_add(&reply->body, unit, sizeof(unit));
	guestfs_free_statvfs(st);
	return 0;
}

/* ---- editing ------------------------------------------------------- */

static int
write_bytes(struct machine *machine, const struct guest_message *request,
	    struct balimg_error *err)
{
	size_t at = 0;
	const char *path = guest_text(request, &at);
	uint64_t offset = request->a;
	int done;

	for (; at < request->len; at += (size_t)done) {
		done = guestfs_pwrite(machine->g, path, request->body + at,
				      request->len - at, (int64_t)offset);
		if (done <= 0)
			return machine_fail(machine, err);
		offset += (uint64_t)done;
	}
	return 0;
}

static int
set_time(struct machine *machine, const char *path, uint64_t when)
{
	return guestfs_utimens(machine->g, path, (int64_t)when, 0,
			       (int64_t)when, 0);
}

/* The directory that @path is in has changed; the root of some file systems
 * has no time. */
static int
changed_folder(struct machine *machine, const char *path, uint64_t when)
{
	AUTO_FREE char *folder = machine_folder_of(path);

	if (folder && set_time(machine, folder, when) < 0 && folder[1])
		return -1;
	return folder ? 0 : -1;
}

/* What changes the volume, and has no more to say than whether it did. */
static int
change(struct machine *machine, const struct guest_message *request,
       const char *path)
{
	int rc;

	switch (request->kind) {
	case GUEST_CUT:
		if (guestfs_truncate_size(machine->g, path,
					  (int64_t)request->a) < 0)
			return -1;
		return set_time(machine, path, request->b);
	case GUEST_SYNC:
		return guestfs_sync(machine->g);
	case GUEST_MODE:
		return guestfs_chmod(machine->g, (int)(request->a & 07777),
				     path);
	case GUEST_CREATE:
		rc = guestfs_touch(machine->g, path);
		break;
	case GUEST_REMOVE:
		rc = request->a ? guestfs_rmdir(machine->g, path) :
				  guestfs_rm(machine->g, path);
		break;
	default: /* GUEST_MKDIR */
		rc = guestfs_mkdir(machine->g, path);
		if (rc == 0)
			rc = set_time(machine, path, request->b);
	}
	return rc < 0 ? -1 : changed_folder(machine, path, request->b);
}

int
machine_serve(struct machine *machine, const struct guest_message *request,
	      struct reply *reply)
{
	size_t at = 0;
	const char *path = guest_text(request, &at);

	if (!path || *path != '/')
		return error_set(&reply->err, BALIMG_E_USAGE, "no path");
	switch (request->kind) {
	case GUEST_STAT:
	case GUEST_STAT_LINK:
		return look(machine, path, request->kind == GUEST_STAT, reply);
	case GUEST_LIST:
		return list_directory(machine, path, reply);
	case GUEST_XATTRS:
		return list_attributes(machine, path, reply);
	case GUEST_READ:
		return read_file(machine, path, request->a, request->b, reply);
	case GUEST_SPACE:
		return tell_space(machine, reply);
	case GUEST_WRITE:
		return write_bytes(machine, request, &reply->err);
	case GUEST_MAKE:
	case GUEST_DRESS:
	case GUEST_LINK:
		return machine_make_node(machine, request, path, at,
					 &reply->err);
	default:
		return change(machine, request, path) < 0 ?
			       machine_fail(machine, &reply->err) :
			       0;
	}
}
