/* guest-nodes.c - any kind of node, by libguestfs
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The directory that a node comes into keeps its time, as volume_create() has
 * it.  The time of a symbolic link is when it was made: libguestfs has no call
 * to set it.  Where a directory has a default access control list, the kernel
 * lets a node take it over.
 */
#include <config.h>

#include <string.h>

#include <guestfs.h>

#include "volume/guest-machine.h"

char *
machine_folder_of(const char *path)
{
	size_t len = (size_t)(strrchr(path, '/') - path);

	return strndup(path, len ? len : 1);
}

static int
make(struct machine *machine, const char *path,
     const struct volume_entry *entry)
{
	if (entry->directory)
		return guestfs_mkdir(machine->g, path);
	if (!entry->special)
		return guestfs_touch(machine->g, path);
	if (!strcmp(entry->special, "symlink"))
		return guestfs_ln_s(machine->g,
				    entry->target ? entry->target : "", path);
	return guestfs_mknod(machine->g, (int)guest_entry_mode(entry),
			     (int)entry->major, (int)entry->minor, path);
}

static int
set_attributes(struct machine *machine, const struct guest_message *request,
	       size_t at, const char *path, struct balimg_error *err)
{
	AUTO_XATTRS struct volume_xattrs xattrs = { 0 };
	size_t i;

	while (at < request->len)
		if (guest_xattr_get(request, &at, &xattrs, err) < 0)
			return -1;
	for (i = 0; i < xattrs.count; i++)
		if (guestfs_lsetxattr(machine->g, xattrs.xattrs[i].name,
				      xattrs.xattrs[i].value,
				      (int)xattrs.xattrs[i].len, path) < 0)
			return machine_fail(machine, err);
	return 0;
}

/* The owner first: giving a file away takes set-id bits and capabilities. */
static int
dress(struct machine *machine, const struct guest_message *request, size_t at,
      const char *path, const struct volume_entry *as,
      struct balimg_error *err)
{
	bool link = as->special && !strcmp(as->special, "symlink");

	if (guestfs_lchown(machine->g, (int)as->uid, (int)as->gid, path) < 0 ||
	    (!link &&
	     guestfs_chmod(machine->g, (int)(as->mode & 07777), path) < 0))
		return machine_fail(machine, err);
	if (set_attributes(machine, request, at, path, err) < 0)
		return -1;
	if (!link && guestfs_utimens(machine->g, path, as->modified, 0,
				     as->modified, 0) < 0)
		return machine_fail(machine, err);
	return 0;
}

/* Make @path, as @entry is or as another name of @existing; the directory it
 * is in keeps its time. */
static int
change_directory(struct machine *machine, const char *path,
		 const struct volume_entry *entry, const char *existing,
		 struct balimg_error *err)
{
	AUTO_FREE char *folder = machine_folder_of(path);
	struct guestfs_statns *st;
	int rc;

	if (!folder)
		return error_nomem(err);
	st = guestfs_statns(machine->g, folder);
	if (!st)
		return machine_fail(machine, err);
	rc = existing ? guestfs_ln(machine->g, existing, path) :
			make(machine, path, entry);
	if (rc == 0)
		rc = guestfs_utimens(machine->g, folder, st->st_atime_sec, 0,
				     st->st_mtime_sec, st->st_mtime_nsec);
	guestfs_free_statns(st);
	return rc < 0 ? machine_fail(machine, err) : 0;
}

int
machine_make_node(struct machine *machine, const struct guest_message *request,
		  const char *path, size_t at, struct balimg_error *err)
{
	struct volume_entry entry = { 0 };
	const char *existing;
	int rc;

	if (request->kind == GUEST_LINK) {
		existing = guest_text(request, &at);
		return existing ? change_directory(machine, path, NULL,
						   existing, err) :
				  error_set(err, BALIMG_E_USAGE, "no path");
	}
	if (guest_entry_get(request, &at, &entry, err) < 0)
		return -1;
	rc = request->kind == GUEST_MAKE ?
		     change_directory(machine, path, &entry, NULL, err) :
		     dress(machine, request, at, path, &entry, err);
	volume_entry_clear(&entry);
	return rc;
}
