/* archive-tree.c - a directory of a volume, as a tar file
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Names are bytes, written as they are, whatever the locale.  A file with
 * several names is stored under the first, in the order of the walk; the
 * others are links to that. Directories are visited once: a damaged volume may
 * have them in a circle.
 */
#include <config.h>

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "bundle/archive-calls.h"

#define PIECE	  (256u << 10) /* bytes copied at a time */
#define MAX_DEPTH 200u	       /* directories in directories */

/* A file or directory that was met, by its inode. */
struct met {
	uint64_t inode;
	char *path; /* of a file with more names */
};

struct tree {
	struct volume *vol;
	struct archive *archive;
	const struct progress *progress;
	struct archive_sum *sum;
	struct met *met; /* in the order of inodes */
	size_t met_count;
	size_t met_room;
	char *piece;
	size_t root_len; /* of the path where the walk began */
};

static void
tree_clear(struct tree *tree)
{
	size_t i;

	for (i = 0; i < tree->met_count; i++)
		free(tree->met[i].path);
	free(tree->met);
	free(tree->piece);
	archive_write_free(tree->archive);
}

#define AUTO_TREE __attribute__((cleanup(tree_clear)))

static int
fail(struct tree *tree, struct balimg_error *err)
{
	const char *why = archive_error_string(tree->archive);

	return error_set(err, BALIMG_E_IO, "cannot write the tar file: %s",
			 why ? why : "no reason given");
}

/* ---- what was met -------------------------------------------------- */

/* Where @inode is among those met, or would be. */
static size_t
find_met(const struct tree *tree, uint64_t inode)
{
	size_t low = 0;
	size_t high = tree->met_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (tree->met[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* *@first: the path under which @inode was met before, "" for a directory;
 * NULL if it was not, and then it has been met at @path. */
static int
meet(struct tree *tree, uint64_t inode, const char *path, const char **first,
     struct balimg_error *err)
{
	size_t at = find_met(tree, inode);
	struct met *met;
	char *copy;

	*first = NULL;
	if (at < tree->met_count && tree->met[at].inode == inode) {
		*first = tree->met[at].path;
		return 0;
	}
	if (tree->met_count == tree->met_room) {
		size_t room = tree->met_room ? 2 * tree->met_room : 64;

		met = realloc(tree->met, room * sizeof(*met));
		if (!met)
			return error_nomem(err);
		tree->met = met;
		tree->met_room = room;
	}
	copy = strdup(path);
	if (!copy)
		return error_nomem(err);
	memmove(tree->met + at + 1, tree->met + at,
		(tree->met_count - at) * sizeof(*tree->met));
	tree->met[at] = (struct met){ inode, copy };
	tree->met_count++;
	return 0;
}

/* ---- one entry ----------------------------------------------------- */

static unsigned
file_type(const struct volume_entry *entry)
{
	static const struct {
		const char *special;
		unsigned type;
	} types[] = {
		{ "symlink", AE_IFLNK },	  { "fifo", AE_IFIFO },
		{ "character device", AE_IFCHR }, { "block device", AE_IFBLK },
		{ "socket", AE_IFSOCK },
	};
	size_t i;

	if (entry->directory)
		return AE_IFDIR;
	for (i = 0; entry->special && i < sizeof(types) / sizeof(types[0]);
	     i++)
		if (!strcmp(entry->special, types[i].special))
			return types[i].type;
	return AE_IFREG;
}

/* "./etc/passwd" for "/etc/passwd"; "./" for where the walk began. */
static int
set_name(const struct tree *tree, struct archive_entry *to, const char *path,
	 bool directory, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer name = BUFFER_INIT;
	const char *below = path + tree->root_len;

	below += *below == '/';
	buffer_printf(&name, "./%s%s", below, directory && *below ? "/" : "");
	if (name.failed)
		return error_nomem(err);
	archive_entry_set_pathname(to, name.data);
	return 0;
}

static int
add_xattrs(struct tree *tree, struct archive_entry *to, const char *path,
	   struct balimg_error *err)
{
	AUTO_XATTRS struct volume_xattrs xattrs = { 0 };
	size_t i;

	if (volume_list_xattrs(tree->vol, path, &xattrs, err) < 0)
		return -1;
	for (i = 0; i < xattrs.count; i++)
		archive_entry_xattr_add_entry(to, xattrs.xattrs[i].name,
					      xattrs.xattrs[i].value,
					      xattrs.xattrs[i].len);
	return 0;
}

/* FAT has no owners: its files are root's, and everybody may read them. */
static int
describe(struct tree *tree, const char *path, const struct volume_entry *entry,
	 struct archive_entry *to, struct balimg_error *err)
{
	unsigned mode = entry->directory ? 0755 : 0644;

	if (set_name(tree, to, path, entry->directory, err) < 0)
		return -1;
	archive_entry_set_filetype(to, file_type(entry));
	archive_entry_set_perm(to,
			       (mode_t)(entry->owned ? entry->mode : mode));
	archive_entry_set_uid(to, entry->uid);
	archive_entry_set_gid(to, entry->gid);
	archive_entry_set_mtime(to, entry->modified, 0);
	archive_entry_set_size(to, (int64_t)entry->size);
	archive_entry_set_rdevmajor(to, entry->major);
	archive_entry_set_rdevminor(to, entry->minor);
	if (entry->target)
		archive_entry_set_symlink(to, entry->target);
	return add_xattrs(tree, to, path, err);
}

static int
copy_content(struct tree *tree, const char *path, uint64_t size,
	     struct balimg_error *err)
{
	AUTO_SOURCE struct source *content = NULL;
	uint64_t at;
	size_t now;

	content = volume_open_file(tree->vol, path, err);
	if (!content)
		return -1;
	for (at = 0; at < size; at += now) {
		now = size - at < PIECE ? (size_t)(size - at) : PIECE;
		if (source_read(content, at, tree->piece, now, err) < 0)
			return -1;
		if (archive_write_data(tree->archive, tree->piece, now) !=
		    (la_ssize_t)now)
			return fail(tree, err);
		tree->sum->bytes += now;
		if (progress_report(tree->progress, "writing",
				    tree->sum->bytes, 0, err) < 0)
			return -1;
	}
	return 0;
}

static int
put_entry(struct tree *tree, const char *path,
	  const struct volume_entry *entry, struct archive_entry *to,
	  struct balimg_error *err)
{
	bool plain = !entry->directory && !entry->special;
	const char *first = NULL;

	if (describe(tree, path, entry, to, err) < 0)
		return -1;
	if (!entry->directory && entry->links > 1 &&
	    meet(tree, entry->inode, archive_entry_pathname(to), &first, err) <
		    0)
		return -1;
	if (first) {
		archive_entry_set_hardlink(to, first);
		archive_entry_set_size(to, 0);
	}
	if (archive_write_header(tree->archive, to) < ARCHIVE_WARN)
		return fail(tree, err);
	tree->sum->entries++;
	if (!plain || first || !entry->size)
		return 0;
	return copy_content(tree, path, entry->size, err);
}

static int
add_entry(struct tree *tree, const char *path,
	  const struct volume_entry *entry, struct balimg_error *err)
{
	struct archive_entry *to;
	int rc;

	if (file_type(entry) == AE_IFSOCK) {
		tree->sum->sockets++;
		return 0;
	}
	to = archive_entry_new();
	if (!to)
		return error_nomem(err);
	rc = put_entry(tree, path, entry, to, err);
	archive_entry_free(to);
	return rc < 0 ? error_wrap(err, "%s", path) : 0;
}

/* ---- the walk ------------------------------------------------------ */

static int
by_name(const void *a, const void *b)
{
	const struct volume_entry *one = a;
	const struct volume_entry *other = b;

	return strcmp(one->name, other->name);
}

static int add_directory(struct tree *tree, const char *path,
			 const struct volume_entry *entry, unsigned depth,
			 struct balimg_error *err);

static int
add_named(struct tree *tree, const char *folder,
	  const struct volume_entry *entry, unsigned depth,
	  struct balimg_error *err)
{
	AUTO_BUFFER struct buffer path = BUFFER_INIT;

	buffer_printf(&path, "%s/%s", strcmp(folder, "/") ? folder : "",
		      entry->name);
	if (path.failed)
		return error_nomem(err);
	return entry->directory ?
		       add_directory(tree, path.data, entry, depth, err) :
		       add_entry(tree, path.data, entry, err);
}

static int
add_directory(struct tree *tree, const char *path,
	      const struct volume_entry *entry, unsigned depth,
	      struct balimg_error *err)
{
	AUTO_LISTING struct volume_listing listing = { 0 };
	const char *first = NULL;
	size_t i;

	if (entry->inode && meet(tree, entry->inode, "", &first, err) < 0)
		return -1;
	if (first || depth == MAX_DEPTH)
		return error_set(err, BALIMG_E_INVALID,
				 "%s is in itself, or too deep: the file "
				 "system is damaged",
				 path);
	if (add_entry(tree, path, entry, err) < 0 ||
	    volume_list(tree->vol, path, &listing, err) < 0)
		return -1;
	if (listing.count)
		qsort(listing.entries, listing.count, sizeof(*listing.entries),
		      by_name);
	for (i = 0; i < listing.count; i++)
		if (add_named(tree, path, &listing.entries[i], depth + 1,
			      err) < 0)
			return -1;
	return 0;
}

/* ---- the file ------------------------------------------------------ */

static int
add_filter(struct archive *archive, const char *compress)
{
	static const struct {
		const char *name;
		int (*add)(struct archive *archive);
	} filters[] = {
		{ "gz", archive_write_add_filter_gzip },
		{ "bz2", archive_write_add_filter_bzip2 },
		{ "xz", archive_write_add_filter_xz },
		{ "zst", archive_write_add_filter_zstd },
	};
	size_t i;

	for (i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		if (!strcmp(compress, filters[i].name))
			return filters[i].add(archive);
	return ARCHIVE_OK;
}

/* Names stay the bytes they are; gzip keeps no time. */
static int
open_archive(struct tree *tree, int fd, const char *compress,
	     struct balimg_error *err)
{
	tree->archive = archive_write_new();
	tree->piece = malloc(PIECE);
	if (!tree->archive || !tree->piece)
		return error_nomem(err);
	if (archive_write_set_format_pax_restricted(tree->archive) < 0 ||
	    add_filter(tree->archive, compress) < 0 ||
	    archive_write_set_format_option(tree->archive, NULL, "xattrheader",
					    "SCHILY") < 0 ||
	    (!strcmp(compress, "gz") &&
	     archive_write_set_filter_option(tree->archive, "gzip",
					     "timestamp", NULL) < 0) ||
	    /* Else a pipe would get another end than a file. */
	    archive_write_set_bytes_in_last_block(tree->archive, 1) < 0 ||
	    archive_write_open_fd(tree->archive, fd) < 0)
		return fail(tree, err);
	return 0;
}

static int
write_directory(struct volume *vol, const char *path, int fd,
		const char *compress, const struct progress *progress,
		struct archive_sum *sum, struct balimg_error *err)
{
	AUTO_TREE struct tree tree = {
		.vol = vol,
		.progress = progress,
		.sum = sum,
		.root_len = strcmp(path, "/") ? strlen(path) : 0,
	};
	struct volume_entry entry = { 0 };
	int rc;

	*sum = (struct archive_sum){ 0 };
	if (volume_stat(vol, path, &entry, err) < 0)
		return -1;
	if (!entry.directory) {
		volume_entry_clear(&entry);
		return error_set(err, BALIMG_E_NOT_FOUND,
				 "%s is not a directory", path);
	}
	rc = open_archive(&tree, fd, compress, err);
	if (rc == 0)
		rc = add_directory(&tree, path, &entry, 0, err);
	volume_entry_clear(&entry);
	if (rc == 0 && archive_write_close(tree.archive) != ARCHIVE_OK)
		rc = fail(&tree, err);
	return rc;
}

int
archive_write_tree(struct volume *vol, const char *path, int fd,
		   const char *compress, const struct progress *progress,
		   struct archive_sum *sum, struct balimg_error *err)
{
	locale_t before = archive_enter_locale();
	int rc = write_directory(vol, path, fd, compress, progress, sum, err);

	archive_leave_locale(before);
	return rc;
}
