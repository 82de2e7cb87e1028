/* tree-tar.c - the entries of a tar file, as libarchive reads it
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a header says is believed only as far as a file system could hold it.
 * A file system may hold more than was meant: where an entry lands is for who
 * writes it to watch.
 */
#include <config.h>

#include <errno.h>
#include <archive_entry.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "bundle/archive-calls.h"
#include "bundle/bundle-private.h"
#include "bundle/nested.h"
#include "bundle/tree-tar.h"
#include "volume/volume-ops.h"

struct tar_content {
	struct tree_content content;
	struct stream bytes;
	const char *path;
	const char *piece; /* what of the last was not taken yet */
	size_t left;
};

static int
read_content(struct tree_content *content, void *piece, size_t room,
	     size_t *got, struct balimg_error *err)
{
	struct tar_content *tar = (struct tar_content *)content;
	const void *next;
	la_ssize_t len;

	*got = 0;
	if (!tar->left) {
		len = stream_next(&tar->bytes, &next);
		if (len < 0)
			return bundle_fail(tar->bytes.archive, tar->path, err);
		tar->piece = next;
		tar->left = (size_t)len;
	}
	*got = tar->left < room ? tar->left : room;
	if (*got)
		memcpy(piece, tar->piece, *got);
	tar->piece += *got;
	tar->left -= *got;
	return 0;
}

/* ---- what an entry says -------------------------------------------- */

/* @path made clean; new. */
static char *
clean_path(const char *path, const char *what, struct balimg_error *err)
{
	AUTO_FREE char *clean = bundle_path(path, err);
	const char *part;
	size_t len;

	if (!clean)
		return NULL;
	if (!path || strlen(clean) >= TREE_PATH) {
		error_set(err, BALIMG_E_INVALID, "%s %s", what,
			  path ? "is longer than any path can be" :
				 "has no name that can be read");
		return NULL;
	}
	for (part = clean; *part; part += len, part += *part == '/') {
		len = strcspn(part, "/");
		if (len == 2 && !strncmp(part, "..", len))
			error_set(err, BALIMG_E_INVALID,
				  "%s leads out of the tree: %s", what, path);
		else if (len > NAME_MAX)
			error_set(err, BALIMG_E_INVALID,
				  "%s has a longer name than files have: %s",
				  what, path);
		else
			continue;
		return NULL;
	}
	return STEAL(clean);
}

static enum tree_type
tell_type(struct archive_entry *entry)
{
	if (archive_entry_hardlink(entry))
		return TREE_HARDLINK;
	switch (archive_entry_filetype(entry)) {
	case AE_IFDIR:
		return TREE_DIRECTORY;
	case AE_IFLNK:
		return TREE_SYMLINK;
	case AE_IFCHR:
		return TREE_CHAR;
	case AE_IFBLK:
		return TREE_BLOCK;
	case AE_IFIFO:
		return TREE_FIFO;
	case AE_IFSOCK:
		return TREE_SOCKET;
	default:
		return TREE_FILE;
	}
}

/* Of two attributes with one name, which bsdtar writes in two forms, the
 * earlier counts. */
static bool
has_xattr(const struct volume_xattrs *xattrs, const char *name)
{
	size_t i;

	for (i = 0; i < xattrs->count; i++)
		if (!strcmp(xattrs->xattrs[i].name, name))
			return true;
	return false;
}

static int
take_xattrs(struct archive_entry *entry, struct volume_xattrs *xattrs,
	    struct balimg_error *err)
{
	const char *name;
	const void *value;
	size_t len;

	if (archive_entry_xattr_reset(entry) > TREE_XATTRS)
		return error_set(err, BALIMG_E_INVALID,
				 "has more than %u extended attributes",
				 TREE_XATTRS);
	while (archive_entry_xattr_next(entry, &name, &value, &len) ==
	       ARCHIVE_OK)
		if (name && !has_xattr(xattrs, name) &&
		    volume_xattrs_add(xattrs, name, value, len, err) < 0)
			return -1;
	return 0;
}

static int
take_numbers(struct archive_entry *from, struct tree_entry *entry,
	     struct balimg_error *err)
{
	int64_t uid = archive_entry_uid(from);
	int64_t gid = archive_entry_gid(from);
	int64_t size = archive_entry_size(from);
	uint64_t major = archive_entry_rdevmajor(from);
	uint64_t minor = archive_entry_rdevminor(from);

	if (uid < 0 || uid >= UINT32_MAX || gid < 0 || gid >= UINT32_MAX)
		return error_set(err, BALIMG_E_INVALID,
				 "belongs to user %" PRId64 ", group %" PRId64
				 ", which no system has",
				 uid, gid);
	entry->mode = (unsigned)archive_entry_perm(from) & 07777;
	entry->uid = (uint32_t)uid;
	entry->gid = (uint32_t)gid;
	entry->mtime = archive_entry_mtime(from);
	if (entry->type == TREE_CHAR || entry->type == TREE_BLOCK) {
		if (major > TREE_MAJOR || minor > TREE_MINOR)
			return error_set(err, BALIMG_E_INVALID,
					 "is device %" PRIu64 ":%" PRIu64
					 ", which no system has",
					 major, minor);
		entry->major = (uint32_t)major;
		entry->minor = (uint32_t)minor;
	}
	if (entry->type != TREE_FILE)
		return 0;
	if (size < 0)
		return error_set(err, BALIMG_E_INVALID, "has no size");
	entry->size = (uint64_t)size;
	return 0;
}

/* *@target: new, or NULL. */
static int
take_target(struct archive_entry *from, const struct tree_entry *entry,
	    char **target, struct balimg_error *err)
{
	const char *says = archive_entry_symlink(from);

	if (entry->type == TREE_HARDLINK) {
		*target = clean_path(archive_entry_hardlink(from),
				     "the file that it is a name of", err);
		return *target ? 0 : -1;
	}
	if (entry->type != TREE_SYMLINK)
		return 0;
	if (!says || !*says || strlen(says) >= TREE_PATH)
		return error_set(err, BALIMG_E_INVALID,
				 "is a symbolic link that says nothing, or "
				 "too much");
	*target = strdup(says);
	return *target ? 0 : error_nomem(err);
}

/* ---- the walk ------------------------------------------------------ */

static int
meet_entry(struct archive *archive, struct archive_entry *from,
	   const char *path, uint64_t *bytes, struct tree_visitor *visitor,
	   struct balimg_error *err)
{
	AUTO_XATTRS struct volume_xattrs xattrs = { 0 };
	AUTO_FREE char *target = NULL;
	struct tar_content content = {
		.content.read = read_content,
		.bytes.archive = archive,
		.path = path,
	};
	struct tree_entry entry = {
		.path = path,
		.type = tell_type(from),
		.xattrs = &xattrs,
	};

	if (take_numbers(from, &entry, err) < 0 ||
	    take_target(from, &entry, &target, err) < 0 ||
	    take_xattrs(from, &xattrs, err) < 0)
		return error_wrap(err, "%s", path);
	entry.target = target;
	if (entry.size > ARCHIVE_LIMIT - *bytes)
		return error_set(err, BALIMG_E_INVALID,
				 "the files are more than %llu GiB, as in no "
				 "root file system",
				 ARCHIVE_LIMIT >> 30);
	*bytes += entry.size;
	return visitor->visit(
		visitor, &entry,
		entry.type == TREE_FILE ? &content.content : NULL, err);
}

int
tree_walk_archive(struct archive *archive, const char *what,
		  struct tree_visitor *visitor, struct balimg_error *err)
{
	struct archive_entry *entry;
	uint64_t bytes = 0;
	unsigned count;
	int rc;

	for (count = 0;
	     (rc = archive_read_next_header(archive, &entry)) >= ARCHIVE_WARN;
	     count++) {
		AUTO_FREE char *path = NULL;

		if (rc == ARCHIVE_EOF)
			return 0;
		if (count == TREE_ENTRIES)
			return error_set(err, BALIMG_E_INVALID,
					 "more than %u files", TREE_ENTRIES);
		path = clean_path(archive_entry_pathname(entry), "an entry",
				  err);
		if (!path ||
		    meet_entry(archive, entry, path, &bytes, visitor, err) < 0)
			return -1;
	}
	return err && err->code ? -1 : bundle_fail(archive, what, err);
}

int
tree_walk_tar(int fd, struct tree_visitor *visitor, struct balimg_error *err)
{
	struct archive *archive = nested_new_reader();
	locale_t before;
	int rc;

	if (!archive)
		return error_nomem(err);
	before = archive_enter_locale();
	if (archive_read_open_fd(archive, fd, BUNDLE_PIECE) < ARCHIVE_WARN)
		rc = bundle_fail(archive, "the tar file", err);
	else
		rc = tree_walk_archive(archive, "the tar file", visitor, err);
	if (rc < 0 && !archive_file_count(archive) &&
	    archive_errno(archive) == EILSEQ) /* a format it does not know */
		error_hint(err, "a compressed image must be unpacked first");
	archive_read_free(archive);
	archive_leave_locale(before);
	return rc;
}
