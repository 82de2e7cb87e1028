/* fat-file.c - the content of a file as a source
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The chain is followed once, at opening, and kept as runs of neighbouring
 * clusters, so that a read is one read of the source below per run, and
 * needs nothing of the volume that changes.
 */
#include <config.h>

#include <stdlib.h>

#include "volume/fat.h"

/* One run of clusters; they are ordered by what they hold. */
struct piece {
	uint64_t offset; /* in the file, bytes */
	uint64_t at;	 /* in the source below, bytes */
};

struct file {
	struct source source; /* first */
	struct source *below; /* lent */
	struct piece *pieces;
	size_t count;
};

static void
close_file(struct source *source)
{
	struct file *file = (struct file *)source;

	free(file->pieces);
	free(file);
}

/* The piece that holds byte @offset, and how far it goes on. */
static const struct piece *
find_piece(const struct file *file, uint64_t offset, uint64_t *left)
{
	size_t low = 0;
	size_t high = file->count;
	size_t middle;
	uint64_t end;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (file->pieces[middle].offset <= offset)
			low = middle;
		else
			high = middle;
	}
	end = high < file->count ? file->pieces[high].offset :
				   file->source.size;
	*left = end - offset;
	return &file->pieces[low];
}

static int
read_file(struct source *source, uint64_t offset, void *data, size_t len,
	  struct balimg_error *err)
{
	struct file *file = (struct file *)source;
	const struct piece *piece;
	uint8_t *to = data;
	uint64_t left;
	size_t now;

	while (len) {
		piece = find_piece(file, offset, &left);
		now = len < left ? len : (size_t)left;
		if (source_read(file->below,
				piece->at + (offset - piece->offset), to, now,
				err) < 0)
			return -1;
		to += now;
		offset += now;
		len -= now;
	}
	return 0;
}

static int
find_extent(struct source *source, uint64_t offset, struct extent *extent,
	    struct balimg_error *err)
{
	struct file *file = (struct file *)source;
	const struct piece *piece;
	uint64_t left;

	piece = find_piece(file, offset, &left);
	if (source_extents(file->below, piece->at + (offset - piece->offset),
			   extent, err) < 0)
		return -1;
	extent->offset = offset;
	if (extent->len > left)
		extent->len = left;
	return 0;
}

static uint64_t
find_cost(struct source *source, uint64_t offset)
{
	struct file *file = (struct file *)source;
	const struct piece *piece;
	uint64_t left;

	if (!file->count)
		return 0;
	piece = find_piece(file, offset, &left);
	return source_cost(file->below, piece->at + (offset - piece->offset));
}

static const struct source_ops file_ops = {
	.kind = "file of a FAT volume",
	.close = close_file,
	.read = read_file,
	.extents = find_extent,
	.cost = find_cost,
};

struct source *
fat_file_open(struct fat_volume *vol, const struct fat_runs *runs,
	      uint64_t size, struct balimg_error *err)
{
	struct file *file = calloc(1, sizeof(*file));
	uint64_t offset = 0;
	size_t i;

	if (file)
		file->pieces = calloc(runs->count + 1, sizeof(*file->pieces));
	if (!file || !file->pieces) {
		free(file);
		error_nomem(err);
		return NULL;
	}
	file->source.ops = &file_ops;
	file->source.size = size;
	file->below = vol->volume.source;
	file->count = runs->count;
	for (i = 0; i < runs->count; i++) {
		file->pieces[i].offset = offset;
		file->pieces[i].at = fat_cluster_offset(&vol->geo,
							runs->runs[i].first);
		offset += (uint64_t)runs->runs[i].count *
			  vol->geo.cluster_size;
	}
	return &file->source;
}
