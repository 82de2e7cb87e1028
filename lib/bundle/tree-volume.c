/* tree-volume.c - a directory of a volume, entry by entry
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A file with several names comes by under the first, in the order of the
 * walk; the others are links to that.  Directories are visited once: a damaged
 * volume may have them in a circle.
 */
#include <config.h>

#include <string.h>

#include "base/buffer.h"
#include "bundle/tree-met.h"
#include "bundle/tree.h"

#define MAX_DEPTH 200u /* directories in directories */

struct walk {
	struct volume *vol;
	struct tree_visitor *visitor;
	struct tree_met met;
	size_t root_len; /* of the path where the walk began */
};

/* ---- one entry ----------------------------------------------------- */

/* A file's content; opened when it is first asked for. */
struct content {
	struct tree_content head; /* first */
	struct volume *vol;
	const char *path;
	struct source *source;
	uint64_t at, size; /* bytes */
};

static int
read_content(struct tree_content *head, void *piece, size_t room, size_t *got,
	     struct balimg_error *err)
{
	struct content *content = (struct content *)head;

	*got = tree_next(content->size, content->at, room);
	if (!*got)
		return 0;
	if (!content->source)
		content->source = volume_open_file(content->vol, content->path,
						   err);
	if (!content->source ||
	    source_read(content->source, content->at, piece, *got, err) < 0)
		return -1;
	content->at += *got;
	return 0;
}

enum tree_type
tree_type_of(const struct volume_entry *entry)
{
	static const struct {
		const char *special;
		enum tree_type type;
	} types[] = {
		{ "symlink", TREE_SYMLINK },
		{ "fifo", TREE_FIFO },
		{ "character device", TREE_CHAR },
		{ "block device", TREE_BLOCK },
		{ "socket", TREE_SOCKET },
	};
	size_t i;

	if (entry->directory)
		return TREE_DIRECTORY;
	for (i = 0; entry->special && i < sizeof(types) / sizeof(types[0]);
	     i++)
		if (!strcmp(entry->special, types[i].special))
			return types[i].type;
	return TREE_FILE;
}

/* FAT has no owners: its files are root's, and everybody may read them. */
static void
describe(const struct walk *walk, const char *path,
	 const struct volume_entry *from, struct tree_entry *to)
{
	unsigned mode = from->directory ? 0755 : 0644;

	path += walk->root_len;
	*to = (struct tree_entry){
		.path = path + (*path == '/'),
		.type = tree_type_of(from),
		.mode = from->owned ? from->mode : mode,
		.uid = from->uid,
		.gid = from->gid,
		.mtime = from->modified,
		.target = from->target,
		.major = from->major,
		.minor = from->minor,
	};
	if (to->type == TREE_FILE)
		to->size = from->size;
}

static int
visit_described(struct walk *walk, const char *path, struct tree_entry *entry,
		struct balimg_error *err)
{
	AUTO_XATTRS struct volume_xattrs xattrs = { 0 };
	struct content content = {
		.head.read = read_content,
		.vol = walk->vol,
		.path = path,
		.size = entry->size,
	};
	int rc;

	if (volume_list_xattrs(walk->vol, path, &xattrs, err) < 0)
		return -1;
	entry->xattrs = &xattrs;
	rc = walk->visitor->visit(
		walk->visitor, entry,
		entry->type == TREE_FILE ? &content.head : NULL, err);
	source_close(content.source);
	return rc;
}

static int
visit(struct walk *walk, const char *path, const struct volume_entry *from,
      struct balimg_error *err)
{
	const char *first = NULL;
	struct tree_entry entry;

	describe(walk, path, from, &entry);
	if (!from->directory && from->links > 1 &&
	    tree_met_add(&walk->met, 0, from->inode, entry.path, &first, err) <
		    0)
		return -1;
	if (first) {
		entry.linked = entry.type;
		entry.type = TREE_HARDLINK;
		entry.target = first;
		entry.size = 0;
	}
	return visit_described(walk, path, &entry, err) < 0 ?
		       error_wrap(err, "%s", path) :
		       0;
}

/* ---- the walk ------------------------------------------------------ */

static int
by_name(const void *a, const void *b)
{
	const struct volume_entry *one = a;
	const struct volume_entry *other = b;

	return strcmp(one->name, other->name);
}

static int walk_directory(struct walk *walk, const char *path,
			  const struct volume_entry *entry, unsigned depth,
			  struct balimg_error *err);

static int
walk_named(struct walk *walk, const char *folder,
	   const struct volume_entry *entry, unsigned depth,
	   struct balimg_error *err)
{
	AUTO_BUFFER struct buffer path = BUFFER_INIT;

	buffer_printf(&path, "%s/%s", strcmp(folder, "/") ? folder : "",
		      entry->name);
	if (path.failed)
		return error_nomem(err);
	return entry->directory ?
		       walk_directory(walk, path.data, entry, depth, err) :
		       visit(walk, path.data, entry, err);
}

static int
walk_directory(struct walk *walk, const char *path,
	       const struct volume_entry *entry, unsigned depth,
	       struct balimg_error *err)
{
	AUTO_LISTING struct volume_listing listing = { 0 };
	const char *first = NULL;
	size_t i;

	if (entry->inode &&
	    tree_met_add(&walk->met, 0, entry->inode, path, &first, err) < 0)
		return -1;
	if (first || depth == MAX_DEPTH)
		return error_set(err, BALIMG_E_INVALID,
				 "%s is in itself, or too deep: the file "
				 "system is damaged",
				 path);
	if (visit(walk, path, entry, err) < 0 ||
	    volume_list(walk->vol, path, &listing, err) < 0)
		return -1;
	if (listing.count)
		qsort(listing.entries, listing.count, sizeof(*listing.entries),
		      by_name);
	for (i = 0; i < listing.count; i++)
		if (walk_named(walk, path, &listing.entries[i], depth + 1,
			       err) < 0)
			return -1;
	return 0;
}

int
tree_walk_volume(struct volume *vol, const char *path,
		 struct tree_visitor *visitor, struct balimg_error *err)
{
	struct walk walk = {
		.vol = vol,
		.visitor = visitor,
		.root_len = strcmp(path, "/") ? strlen(path) : 0,
	};
	struct volume_entry entry = { 0 };
	int rc;

	if (volume_stat(vol, path, &entry, err) < 0)
		return -1;
	rc = entry.directory ? walk_directory(&walk, path, &entry, 0, err) :
			       error_set(err, BALIMG_E_NOT_FOUND,
					 "%s is not a directory", path);
	volume_entry_clear(&entry);
	tree_met_clear(&walk.met);
	return rc;
}
