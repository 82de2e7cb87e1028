/* unpack.c - put a tree into a folder of the host
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/os.h"
#include "bundle/archive-calls.h"
#include "bundle/unpack.h"

#define PIECE (256u << 10) /* bytes copied at a time */
#define HOLE  4096u	   /* fewer zeroes are not worth one */

void
unpack_release(struct unpack *unpack)
{
	size_t i;

	for (i = 0; i < unpack->folder_count; i++)
		free(unpack->folders[i].path);
	free(unpack->folders);
	name_set_clear(&unpack->told);
	free(unpack->piece);
	free(unpack->parent_path);
	cleanup_fd(&unpack->parent);
}

/* ---- making -------------------------------------------------------- */

/* Remove what stands at @name of the directory entered last. */
static int
clear_way(struct unpack *unpack, const char *name, struct balimg_error *err)
{
	if (!unlinkat(unpack->parent, name, 0))
		return 0;
	if ((errno == EISDIR || errno == EPERM) &&
	    !unlinkat(unpack->parent, name, AT_REMOVEDIR))
		return 0;
	if (errno == ENOTEMPTY || errno == EEXIST)
		return error_set(err, BALIMG_E_INVALID,
				 "is a directory already, with files in it");
	return error_sys(err, "cannot replace what is there");
}

/* Something that is to be made at @name of the directory entered last. */
struct making {
	struct unpack *unpack;
	const struct tree_entry *entry;
	const char *name;
	int fd;		    /* of a file, when made: open */
	int target_folder;  /* of a hard link: where the file is, */
	const char *target; /* and its name there */
};

/* 0, or -1 with errno set. */
static int
try_to_make(struct making *making)
{
	static const mode_t types[] = {
		[TREE_CHAR] = S_IFCHR,
		[TREE_BLOCK] = S_IFBLK,
		[TREE_FIFO] = S_IFIFO,
		[TREE_SOCKET] = S_IFSOCK,
	};
	const struct tree_entry *entry = making->entry;
	int in = making->unpack->parent;

	switch (entry->type) {
	case TREE_FILE:
		making->fd = openat(in, making->name,
				    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
					    O_CLOEXEC,
				    0600);
		return making->fd < 0 ? -1 : 0;
	case TREE_DIRECTORY:
		return mkdirat(in, making->name, 0700);
	case TREE_SYMLINK:
		return symlinkat(entry->target, in, making->name);
	case TREE_HARDLINK:
		return linkat(making->target_folder, making->target, in,
			      making->name, 0);
	default:
		return mknodat(in, making->name, types[entry->type] | 0600,
			       os_device(entry->major, entry->minor));
	}
}

static int
make(struct making *making, struct balimg_error *err)
{
	int why;

	if (!try_to_make(making))
		return 0;
	if (errno == EEXIST) {
		if (clear_way(making->unpack, making->name, err) < 0)
			return -1;
		if (!try_to_make(making))
			return 0;
	}
	if (making->entry->type == TREE_HARDLINK && errno == ENOENT)
		return error_set(err, BALIMG_E_INVALID,
				 "is another name of %s, which was not "
				 "unpacked before",
				 making->entry->target);
	why = errno;
	error_sys(err, "cannot make it");
	if (why == EPERM)
		error_hint(err, "--manifest FILE records devices and owners "
				"instead of making them");
	return -1;
}

/* ---- owners, modes, attributes ------------------------------------- */

static int
set_xattrs(struct unpack *unpack, const struct tree_entry *entry,
	   const char *name, struct balimg_error *err)
{
	const struct volume_xattr *xattr;
	size_t i;

	for (i = 0; entry->xattrs && i < entry->xattrs->count; i++) {
		xattr = &entry->xattrs->xattrs[i];
		if (os_write_xattr(unpack->parent, name, xattr->name,
				   xattr->value, xattr->len, err) == 0)
			continue;
		return error_hint(err, "--manifest FILE records attributes "
				       "and owners instead of setting them");
	}
	return 0;
}

/* Of what was made at @name; a symbolic link has no mode.  Giving a file away
 * takes set-id bits and capabilities from it, so that comes first. */
static int
settle(struct unpack *unpack, const struct tree_entry *entry, const char *name,
       struct balimg_error *err)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
				     { .tv_sec = entry->mtime } };
	unsigned mode = unpack->manifest ? manifest_host_mode(entry) :
					   entry->mode;

	if (!unpack->manifest && fchownat(unpack->parent, name, entry->uid,
					  entry->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return error_sys(err, "cannot set its owner");
	if (entry->type != TREE_SYMLINK && entry->type != TREE_DIRECTORY &&
	    fchmodat(unpack->parent, name, (mode_t)mode, 0) < 0)
		return error_sys(err, "cannot set its mode");
	if (!unpack->manifest && set_xattrs(unpack, entry, name, err) < 0)
		return -1;
	if (entry->type == TREE_DIRECTORY)
		return unpack_note_folder(unpack, entry->path, mode,
					  &entry->mtime, err);
	if (utimensat(unpack->parent, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return error_sys(err, "cannot set its time");
	return 0;
}

/* ---- kinds of entries ---------------------------------------------- */

static bool
is_zero(const char *data, size_t len)
{
	return !*data && !memcmp(data, data + 1, len - 1);
}

/* Zeroes are left out, so that what is a hole stays one. */
static int
write_content(struct unpack *unpack, int fd, struct tree_content *content,
	      uint64_t size, struct balimg_error *err)
{
	bool hole = false;
	uint64_t at;
	size_t got;

	for (at = 0;; at += got) {
		if (content->read(content, unpack->piece, PIECE, &got, err) <
		    0)
			return -1;
		if (!got)
			break;
		hole = got >= HOLE && is_zero(unpack->piece, got);
		if (!hole && io_write_at(fd, unpack->piece, got, at, err) < 0)
			return -1;
		unpack->sum.bytes += got;
		if (progress_report(unpack->progress, "unpacking",
				    unpack->sum.bytes, 0, err) < 0)
			return -1;
	}
	if (at != size)
		return error_set(err, BALIMG_E_INVALID,
				 "is not as long as it is said to be");
	if (hole && ftruncate(fd, (off_t)size) < 0)
		return error_sys(err, "cannot set its size");
	return 0;
}

static int
put_file(struct making *making, struct tree_content *content,
	 struct balimg_error *err)
{
	int rc;

	if (make(making, err) < 0)
		return -1;
	rc = write_content(making->unpack, making->fd, content,
			   making->entry->size, err);
	if (close(making->fd) < 0 && rc == 0)
		rc = error_sys(err, "cannot write");
	if (rc < 0)
		return -1;
	return settle(making->unpack, making->entry, making->name, err);
}

/* One that is there already is kept, with what is in it. */
static int
put_folder(struct making *making, struct balimg_error *err)
{
	struct stat st;
	bool there = !*making->name;

	if (there)
		making->name = ".";
	else
		there = !fstatat(making->unpack->parent, making->name, &st,
				 AT_SYMLINK_NOFOLLOW) &&
			S_ISDIR(st.st_mode);
	if (!there && make(making, err) < 0)
		return -1;
	return settle(making->unpack, making->entry, making->name, err);
}

static int
put_hard_link(struct making *making, struct balimg_error *err)
{
	struct unpack *unpack = making->unpack;
	AUTO_FD int folder = -1;

	if (!strcmp(making->entry->path, making->entry->target))
		return 0;
	if (unpack_enter(unpack, making->entry->target, false, &making->target,
			 err) < 0)
		return -1;
	folder = fcntl(unpack->parent, F_DUPFD_CLOEXEC, 3);
	if (folder < 0)
		return error_sys(err, "cannot open a directory");
	if (unpack_enter(unpack, making->entry->path, true, &making->name,
			 err) < 0)
		return -1;
	making->target_folder = folder;
	return make(making, err);
}

/* A device that is only recorded: nothing else is to be at its place. */
static int
put_nothing(struct making *making, struct balimg_error *err)
{
	struct stat st;

	making->unpack->sum.devices++;
	return fstatat(making->unpack->parent, making->name, &st,
		       AT_SYMLINK_NOFOLLOW) < 0 ?
		       0 :
		       clear_way(making->unpack, making->name, err);
}

static int
put_entry(struct making *making, struct tree_content *content,
	  struct balimg_error *err)
{
	const struct tree_entry *entry = making->entry;

	if (!*making->name && entry->type != TREE_DIRECTORY)
		return error_set(err, BALIMG_E_INVALID,
				 "the root is no directory");
	switch (entry->type) {
	case TREE_FILE:
		return put_file(making, content, err);
	case TREE_DIRECTORY:
		return put_folder(making, err);
	case TREE_HARDLINK:
		return put_hard_link(making, err);
	case TREE_CHAR:
	case TREE_BLOCK:
		if (making->unpack->manifest)
			return put_nothing(making, err);
		break;
	default:
		break;
	}
	if (make(making, err) < 0)
		return -1;
	return settle(making->unpack, entry, making->name, err);
}

/* ---- the visitor --------------------------------------------------- */

static bool
is_wanted(const struct unpack *unpack, const char *path)
{
	size_t top = strcspn(path, "/");
	unsigned part = BALIMG_UNPACK_ROOTFS;

	if (top == strlen("resin-boot") && !strncmp(path, "resin-boot", top))
		part = BALIMG_UNPACK_BOOT;
	else if (top == strlen("quirks") && !strncmp(path, "quirks", top))
		part = BALIMG_UNPACK_QUIRKS;
	return !unpack->parts || (unpack->parts & part);
}

static int
tell(struct unpack *unpack, const struct tree_entry *entry,
     struct balimg_error *err)
{
	bool known;

	if (!unpack->manifest)
		return 0;
	if (entry->type == TREE_DIRECTORY &&
	    name_set_add(&unpack->told, entry->path, strlen(entry->path),
			 &known, err) < 0)
		return -1;
	return manifest_add(unpack->manifest, entry, err);
}

static int
put(struct tree_visitor *visitor, const struct tree_entry *entry,
    struct tree_content *content, struct balimg_error *err)
{
	struct unpack *unpack = (struct unpack *)visitor;
	struct making making = { .unpack = unpack, .entry = entry };

	if (!is_wanted(unpack, entry->path))
		return 0;
	if (progress_report(unpack->progress, "unpacking", unpack->sum.bytes,
			    0, err) < 0)
		return -1;
	if (unpack_enter(unpack, entry->path, true, &making.name, err) < 0 ||
	    put_entry(&making, content, err) < 0)
		return error_wrap(err, "%s", entry->path);
	unpack->sum.entries++;
	return tell(unpack, entry, err);
}

int
unpack_begin(struct unpack *unpack, struct balimg_error *err)
{
	unpack->visitor.visit = put;
	unpack->visitor.progress = unpack->progress;
	unpack->parent = -1;
	unpack->piece = malloc(PIECE);
	return unpack->piece ? 0 : error_nomem(err);
}

int
archive_unpack_bundle(int fd, int folder, unsigned parts, int manifest,
		      const struct progress *progress, struct unpack_sum *sum,
		      struct balimg_error *err)
{
	struct sink_file sink = sink_to_file(manifest);
	struct manifest_writer writer;
	struct unpack unpack = {
		.root = folder,
		.parts = parts,
		.manifest = manifest < 0 ? NULL : &writer,
		.progress = progress,
	};
	int rc = unpack_begin(&unpack, err);

	manifest_begin(&writer, &sink.head);
	if (rc == 0)
		rc = tree_walk_bundle(fd, &unpack.visitor, err);
	if (rc == 0)
		rc = unpack_finish(&unpack, err);
	*sum = unpack.sum;
	unpack_release(&unpack);
	manifest_release(&writer);
	return rc;
}
