/* volume-tree.c - make any kind of node, and remove whole trees
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "base/buffer.h"
#include "volume/volume-ops.h"

#define DEPTH_MAX 128u /* directories within each other */

/* ---- making -------------------------------------------------------- */

/* A stream for an engine that takes a source, and reads it once, from front
 * to back. */
struct stream_source {
	struct source head; /* first */
	struct volume_stream *stream;
	uint64_t at; /* bytes that came by */
};

static int
read_stream(struct source *source, uint64_t offset, void *data, size_t len,
	    struct balimg_error *err)
{
	struct stream_source *self = (struct stream_source *)source;

	if (offset != self->at)
		return error_set(err, BALIMG_E_USAGE,
				 "a stream comes by once, in order");
	self->at += len;
	return self->stream->read(self->stream, data, len, err);
}

static void
close_stream(struct source *source)
{
	(void)source;
}

static const struct source_ops stream_ops = {
	.kind = "stream",
	.close = close_stream,
	.read = read_stream,
};

/* There are no links: a file system that knows files and directories only. */
static int
make_plain(struct volume *vol, const char *path, const struct volume_entry *as,
	   struct volume_stream *content, struct balimg_error *err)
{
	struct stream_source source = {
		.head = { .ops = &stream_ops,
			  .size = content ? content->size : 0 },
		.stream = content,
	};
	bool exists;

	if (as->special)
		return error_set(
			err, BALIMG_E_UNSUPPORTED,
			"is a %s, which an %s file system cannot hold",
			as->special, vol->ops->type);
	if (as->directory)
		return vol->ops->mkdir(vol, path, err);
	if (volume_exists(vol, path, &exists, err) < 0)
		return -1;
	if (exists)
		return error_set(err, BALIMG_E_REFUSED, "exists already");
	return vol->ops->write_from(vol, path, &source.head, 0, err);
}

static int
say_cannot(struct balimg_error *err)
{
	error_set(err, BALIMG_E_UNSUPPORTED,
		  "files cannot be made here with all that they have");
	return error_hint(err, "try --engine direct");
}

int
volume_create(struct volume *vol, const char *path,
	      const struct volume_entry *as,
	      const struct volume_xattrs *xattrs,
	      struct volume_stream *content, struct balimg_error *err)
{
	int rc = volume_check_edit(vol, path, err);

	if (rc == 0 && vol->ops->create)
		rc = vol->ops->create(vol, path, as, xattrs, content, err);
	else if (rc == 0 && !vol->ops->stat_link)
		rc = make_plain(vol, path, as, content, err);
	else if (rc == 0)
		rc = say_cannot(err);
	return volume_at_path(rc, path, err);
}

int
volume_dress(struct volume *vol, const char *path,
	     const struct volume_entry *as, const struct volume_xattrs *xattrs,
	     struct balimg_error *err)
{
	int rc = volume_check_edit(vol, path, err);

	if (rc == 0 && vol->ops->dress)
		rc = vol->ops->dress(vol, path, as, xattrs, err);
	else if (rc == 0 && vol->ops->stat_link)
		rc = say_cannot(err);
	return volume_at_path(rc, path, err);
}

int
volume_link(struct volume *vol, const char *path, const char *existing,
	    struct balimg_error *err)
{
	int rc = volume_check_edit(vol, path, err);

	if (rc == 0)
		rc = volume_check_edit(vol, existing, err);
	if (rc == 0 && !vol->ops->link)
		rc = error_set(err, BALIMG_E_UNSUPPORTED,
			       "a file of an %s file system cannot be given "
			       "one more name here",
			       vol->ops->type);
	if (rc == 0)
		rc = vol->ops->link(vol, path, existing, err);
	return volume_at_path(rc, path, err);
}

/* ---- removing ------------------------------------------------------ */

static int remove_below(struct volume *vol, struct buffer *path,
			unsigned flags, unsigned depth,
			struct balimg_error *err);

static int
remove_entry(struct volume *vol, struct buffer *path,
	     const struct volume_entry *entry, unsigned flags, unsigned depth,
	     struct balimg_error *err)
{
	if (entry->directory &&
	    remove_below(vol, path, flags, depth + 1, err) < 0)
		return -1;
	return volume_remove(vol, path->data, flags, err);
}

/* Remove all that directory @path has, which is as long again afterwards. */
static int
remove_below(struct volume *vol, struct buffer *path, unsigned flags,
	     unsigned depth, struct balimg_error *err)
{
	AUTO_LISTING struct volume_listing listing = { 0 };
	size_t len = path->len;
	size_t i;

	if (depth > DEPTH_MAX)
		return error_set(err, BALIMG_E_INVALID,
				 "more than %u directories within each other",
				 DEPTH_MAX);
	if (volume_list(vol, len ? path->data : "/", &listing, err) < 0)
		return -1;
	for (i = 0; i < listing.count; i++) {
		const struct volume_entry *entry = &listing.entries[i];

		if (!len && !strcmp(entry->name, "lost+found"))
			continue;
		buffer_printf(path, "/%s", entry->name);
		if (path->failed)
			return error_nomem(err);
		if (remove_entry(vol, path, entry, flags, depth, err) < 0)
			return -1;
		buffer_splice(path, len, path->len - len, "", 0);
	}
	return 0;
}

int
volume_remove_tree(struct volume *vol, const char *path, unsigned flags,
		   struct balimg_error *err)
{
	AUTO_BUFFER struct buffer below = BUFFER_INIT;
	struct volume_entry entry = { 0 };
	bool directory;

	if (!path[1])
		return remove_below(vol, &below, flags, 0, err);
	buffer_puts(&below, path);
	if (below.failed)
		return error_nomem(err);
	if (volume_stat_link(vol, path, &entry, err) < 0)
		return -1;
	directory = entry.directory;
	volume_entry_clear(&entry);
	if (directory && remove_below(vol, &below, flags, 0, err) < 0)
		return -1;
	return volume_remove(vol, path, flags, err);
}
