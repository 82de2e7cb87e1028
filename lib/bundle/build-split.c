/* build-split.c - a layer as the tar file that it was unpacked from
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * tar-split makes the same bytes again, but knows nothing of files that were
 * added since, nor of what became of those that have no content.  So the tar
 * file is read as it is made: each of its entries must be in the layer, as it
 * is there, and the layer must have no other.
 */
#include <config.h>

#include <stddef.h>
#include <string.h>

#include <archive.h>

#include "bundle/build-layer.h"
#include "bundle/bundle-private.h"
#include "bundle/name-set.h"
#include "bundle/tar-split.h"
#include "bundle/tree-tar.h"

#define TEXT_PIECE 65536u
#define MARK	   ".wh."
#define OPAQUE	   "trusted.overlay.opaque"

struct again {
	struct tar_split_input input; /* first */
	struct tree_visitor visitor;
	struct volume *raw;
	const char *folder; /* of the layer's files */
	bool is_aufs;
	struct sink *sink;
	const struct progress *progress;
	uint64_t done; /* bytes */
	struct balimg_error why;

	struct source *packed; /* the record */
	uint64_t packed_at;
	struct archive *unpack;
	char packed_piece[TEXT_PIECE], text_piece[TEXT_PIECE];

	struct tar_split *split;
	struct archive *entries;
	struct name_set named;	 /* paths of the entries */
	struct name_set implied; /* of the directories that they are in */
	char *good_parent;	 /* a path that has been found free of links */
};

static struct again *
again_of(struct tree_visitor *visitor)
{
	return (struct again *)((char *)visitor -
				offsetof(struct again, visitor));
}

static void
again_close(struct again **ptr)
{
	struct again *again = *ptr;

	if (!again)
		return;
	archive_read_free(again->entries);
	archive_read_free(again->unpack);
	tar_split_close(again->split);
	source_close(again->packed);
	free(again->good_parent);
	name_set_clear(&again->named);
	name_set_clear(&again->implied);
	free(again);
}

static int
say_changed(struct balimg_error *err, const char *path, const char *what)
{
	return error_set(err, BALIMG_E_INVALID, "%s %s", path, what);
}

/* ---- the record ---------------------------------------------------- */

static la_ssize_t
read_packed(struct archive *archive, void *data, const void **piece)
{
	struct again *again = data;
	size_t now = tree_next(source_size(again->packed), again->packed_at,
			       TEXT_PIECE);

	(void)archive;
	*piece = again->packed_piece;
	if (source_read(again->packed, again->packed_at, again->packed_piece,
			now, &again->why) < 0)
		return ARCHIVE_FATAL;
	again->packed_at += now;
	return (la_ssize_t)now;
}

static int
read_text(struct tar_split_input *input, const char **text, size_t *len,
	  struct balimg_error *err)
{
	struct again *again = (struct again *)input;
	la_ssize_t got = archive_read_data(again->unpack, again->text_piece,
					   TEXT_PIECE);

	*text = again->text_piece;
	*len = got > 0 ? (size_t)got : 0;
	if (got >= 0)
		return 0;
	return again->why.code ? error_pass(err, &again->why) :
				 bundle_fail(again->unpack, "the record", err);
}

static int
open_record(struct again *again, const char *path, struct balimg_error *err)
{
	struct archive_entry *entry;

	again->packed = volume_open_file(again->raw, path, err);
	if (!again->packed)
		return -1;
	again->unpack = archive_read_new();
	if (!again->unpack)
		return error_nomem(err);
	archive_read_support_filter_gzip(again->unpack);
	archive_read_support_format_raw(again->unpack);
	if (archive_read_open(again->unpack, again, NULL, read_packed, NULL) <
		    ARCHIVE_WARN ||
	    archive_read_next_header(again->unpack, &entry) < ARCHIVE_WARN)
		return bundle_fail(again->unpack, "the record", err);
	return 0;
}

/* ---- the layer's files --------------------------------------------- */

/* The path in the volume of @name of the layer, new. */
static char *
path_of(const struct again *again, const char *name, struct balimg_error *err)
{
	struct buffer path = BUFFER_INIT;

	buffer_printf(&path, "%s/%s", again->folder, name);
	return buffer_take(&path, NULL, err);
}

/* No directory on the way to @path may be a link, out of the layer. */
static int
check_parents(struct again *again, const char *path, struct balimg_error *err)
{
	size_t len = (size_t)(strrchr(path, '/') - path);
	size_t at = strlen(again->folder);

	if (again->good_parent && strlen(again->good_parent) == len &&
	    !strncmp(path, again->good_parent, len))
		return 0;
	while (at < len) {
		struct volume_entry entry = { 0 };
		AUTO_FREE char *parent = NULL;
		bool directory;

		at += 1 + strcspn(path + at + 1, "/");
		parent = strndup(path, at);
		if (!parent)
			return error_nomem(err);
		if (volume_stat_link(again->raw, parent, &entry, err) < 0)
			return -1;
		directory = entry.directory;
		volume_entry_clear(&entry);
		if (!directory)
			return say_changed(err, parent, "is no directory");
	}
	free(again->good_parent);
	again->good_parent = strndup(path, len);
	return again->good_parent ? 0 : error_nomem(err);
}

/* What the layer has at @path of the volume itself. */
static int
look_at(struct again *again, const char *path, struct volume_entry *entry,
	struct balimg_error *err)
{
	if (check_parents(again, path, err) < 0)
		return -1;
	return volume_stat_link(again->raw, path, entry, err);
}

static struct source *
open_file(struct tar_split_input *input, const char *name,
	  struct balimg_error *err)
{
	struct again *again = (struct again *)input;
	AUTO_FREE char *path = path_of(again, name, err);
	struct volume_entry entry = { 0 };
	bool plain;

	if (!path || look_at(again, path, &entry, err) < 0)
		return NULL;
	plain = !entry.directory && !entry.special;
	volume_entry_clear(&entry);
	if (plain)
		return volume_open_file(again->raw, path, err);
	say_changed(err, name, "is no regular file any more");
	return NULL;
}

/* ---- its entries --------------------------------------------------- */

static la_ssize_t
read_tar(struct archive *archive, void *data, const void **piece)
{
	struct again *again = data;
	size_t len;

	(void)archive;
	if (tar_split_read(again->split, piece, &len, &again->why) < 0 ||
	    (len && sink_write(again->sink, *piece, len, &again->why) < 0))
		return ARCHIVE_FATAL;
	again->done += len;
	if (progress_report(again->progress, "writing", again->done, 0,
			    &again->why) < 0)
		return ARCHIVE_FATAL;
	return (la_ssize_t)len;
}

/* All directories that @path, in the layer, is in are there for it. */
static int
note_parents(struct again *again, const char *path, struct balimg_error *err)
{
	size_t len = strlen(path);
	bool known = false;

	while (!known) {
		while (len && path[len - 1] != '/')
			len--;
		if (!len--)
			return 0;
		if (name_set_add(&again->implied, path, len, &known, err) < 0)
			return -1;
	}
	return 0;
}

/* An entry makes @path, in the layer. */
static int
note_path(struct again *again, const char *path, struct balimg_error *err)
{
	bool known;

	if (name_set_add(&again->named, path, strlen(path), &known, err) < 0)
		return -1;
	return note_parents(again, path, err);
}

/* The mark ".wh.NAME" at @path is a device called NAME in overlay2. */
static int
check_whiteout(struct again *again, const char *path, const char *mark,
	       struct balimg_error *err)
{
	AUTO_BUFFER struct buffer marked = BUFFER_INIT;
	struct volume_entry entry = { 0 };
	bool gone;

	buffer_printf(&marked, "%.*s%s", (int)(mark - path), path,
		      mark + strlen(MARK));
	if (marked.failed)
		return error_nomem(err);
	if (look_at(again, marked.data, &entry, err) < 0)
		return -1;
	gone = tree_type_of(&entry) == TREE_CHAR && !entry.major &&
	       !entry.minor;
	volume_entry_clear(&entry);
	return gone ? note_path(again, marked.data + strlen(again->folder) + 1,
				err) :
		      say_changed(err, path, "marks nothing any more");
}

/* The mark in a directory that hides what is below. */
static int
check_opaque(struct again *again, const char *path, const char *mark,
	     struct balimg_error *err)
{
	AUTO_XATTRS struct volume_xattrs xattrs = { 0 };
	AUTO_FREE char *folder = strndup(path, (size_t)(mark - path) - 1);
	size_t i;

	if (!folder)
		return error_nomem(err);
	if (check_parents(again, path, err) < 0 ||
	    volume_list_xattrs(again->raw, folder, &xattrs, err) < 0)
		return -1;
	for (i = 0; i < xattrs.count; i++)
		if (!strcmp(xattrs.xattrs[i].name, OPAQUE))
			return 0;
	return say_changed(err, path, "marks nothing any more");
}

static int
check_file(struct again *again, const char *path,
	   const struct tree_entry *in_tar, struct balimg_error *err)
{
	AUTO_XATTRS struct volume_xattrs xattrs = { 0 };
	struct volume_entry entry = { 0 };
	int rc = -1;

	if (look_at(again, path, &entry, err) < 0)
		return -1;
	if (!build_is_same(&entry, in_tar))
		say_changed(err, path, "is not what it was");
	else if (volume_list_xattrs(again->raw, path, &xattrs, err) == 0)
		rc = build_has_same_xattrs(&entry, &xattrs, in_tar) ?
			     0 :
			     say_changed(err, path, "has other attributes");
	volume_entry_clear(&entry);
	return rc;
}

static int
check_entry(struct tree_visitor *visitor, const struct tree_entry *in_tar,
	    struct tree_content *content, struct balimg_error *err)
{
	struct again *again = again_of(visitor);
	AUTO_FREE char *path = path_of(again, in_tar->path, err);
	const char *last;

	(void)content;
	if (!path)
		return -1;
	if (!*in_tar->path)
		return 0;
	last = strrchr(path, '/') + 1;
	if (!again->is_aufs && !strcmp(last, MARK ".wh..opq"))
		return note_parents(again, in_tar->path, err) < 0 ?
			       -1 :
			       check_opaque(again, path, last, err);
	if (!again->is_aufs && !strncmp(last, MARK, strlen(MARK)))
		return check_whiteout(again, path, last, err);
	return note_path(again, in_tar->path, err) < 0 ?
		       -1 :
		       check_file(again, path, in_tar, err);
}

/* ---- what is not among them ---------------------------------------- */

struct others {
	struct tree_visitor visitor; /* first */
	const struct again *again;
};

static int
meet_other(struct tree_visitor *visitor, const struct tree_entry *entry,
	   struct tree_content *content, struct balimg_error *err)
{
	const struct again *again = ((struct others *)visitor)->again;
	const char *path = entry->path;

	(void)content;
	if (!*path || (again->is_aufs && build_is_aufs_own(path)) ||
	    name_set_has(&again->named, path) ||
	    (name_set_has(&again->implied, path) && build_is_implied(entry)))
		return 0;
	return say_changed(err, path, "was not in the layer");
}

static int
check_others(struct again *again, struct balimg_error *err)
{
	struct others others = { .visitor.visit = meet_other, .again = again };

	return tree_walk_volume(again->raw, again->folder, &others.visitor,
				err);
}

/* ---- together ------------------------------------------------------ */

static int
check_entries(struct again *again, struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	const void *piece;
	int rc;

	rc = tree_walk_archive(again->entries, "the layer", &again->visitor,
			       &why);
	/* What follows its end is part of it, too. */
	while (rc == 0 && !again->why.code &&
	       read_tar(NULL, again, &piece) > 0)
		continue;
	if (again->why.code)
		return error_pass(err, &again->why);
	return rc < 0 ? error_pass(err, &why) : check_others(again, err);
}

int
build_layer_again(struct volume *raw, const struct hostapp_image *image,
		  size_t layer, struct sink *sink,
		  const struct progress *progress, struct balimg_error *err)
{
	__attribute__((cleanup(again_close))) struct again *again =
		calloc(1, sizeof(*again));

	if (!again)
		return error_nomem(err);
	again->input.text = read_text;
	again->input.open = open_file;
	again->visitor.visit = check_entry;
	again->raw = raw;
	again->folder = image->layers[layer].path;
	again->is_aufs = image->is_aufs;
	again->sink = sink;
	again->progress = progress;
	if (open_record(again, image->layers[layer].tar_split, err) < 0)
		return -1;
	again->split = tar_split_open(&again->input, err);
	again->entries = again->split ? archive_read_new() : NULL;
	if (!again->split)
		return -1;
	if (!again->entries)
		return error_nomem(err);
	archive_read_support_format_tar(again->entries);
	archive_read_support_format_empty(again->entries);
	if (archive_read_open(again->entries, again, NULL, read_tar, NULL) <
	    ARCHIVE_WARN)
		return again->why.code ?
			       error_pass(err, &again->why) :
			       bundle_fail(again->entries, "the layer", err);
	return check_entries(again, err);
}
