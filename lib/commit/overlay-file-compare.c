/* overlay-file-compare.c - is this file about that image?
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * An image whose commit was cut off holds, granule by granule, what was there
 * before, or what any epoch that wrote the granule brought: of the epoch under
 * way, any subset may have reached the medium.  So the image is swept from
 * front to back, with the entries that lie over each stretch at hand.
 */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/io.h"
#include "commit/overlay-format.h"

#define GRANULES (OVERLAY_PIECE / OVERLAY_GRANULE)

/* What is known of a granule. */
#define IS_OLD	 1u /* before the first epoch */
#define IS_FINAL 2u /* after the last */
#define IS_KNOWN 4u /* any of those, or between */

struct sweep {
	const struct overlay_file *file;
	struct source *image;
	const struct overlay_entry **order; /* by offset */
	/* Those that lie over the stretch, by epoch; room for one each. */
	const struct overlay_entry *over[OVERLAY_MAX_EPOCHS];
	size_t count;
	bool all_known;
	bool all_old;
	bool all_final;
	char image_piece[OVERLAY_PIECE];
	char file_piece[OVERLAY_PIECE];
	uint8_t crcs[GRANULES * CRC_SIZE];
	uint8_t known[GRANULES];
};

static int
compare_offsets(const void *a, const void *b)
{
	const struct overlay_entry *const *one = a;
	const struct overlay_entry *const *two = b;

	return ((*one)->offset > (*two)->offset) -
	       ((*one)->offset < (*two)->offset);
}

static size_t
granule_len(size_t len, size_t granule)
{
	size_t left = len - granule * OVERLAY_GRANULE;

	return left < OVERLAY_GRANULE ? left : OVERLAY_GRANULE;
}

/* Mark the granules that hold what the first epoch found there. */
static int
mark_old(struct sweep *sweep, uint64_t offset, size_t len, size_t granules,
	 struct balimg_error *err)
{
	const struct overlay_entry *first = sweep->over[0];
	uint64_t at = (offset - first->offset) / OVERLAY_GRANULE;
	uint32_t crc;
	size_t i;

	if (io_read_at(sweep->file->fd, sweep->crcs, granules * CRC_SIZE,
		       first->crc_at + at * CRC_SIZE, err) < 0)
		return -1;
	for (i = 0; i < granules; i++) {
		crc = digest_crc32(0, sweep->image_piece + i * OVERLAY_GRANULE,
				   granule_len(len, i));
		if (crc == le32_get(sweep->crcs + i * CRC_SIZE))
			sweep->known[i] |= IS_OLD | IS_KNOWN;
	}
	return 0;
}

/* Mark the granules that hold what @entry brings. */
static int
mark_new(struct sweep *sweep, const struct overlay_entry *entry,
	 uint64_t offset, size_t len, size_t granules, uint8_t mark,
	 struct balimg_error *err)
{
	size_t i, at;

	if (overlay_file_read_new(sweep->file, entry, offset - entry->offset,
				  sweep->file_piece, len, err) < 0)
		return -1;
	for (i = 0; i < granules; i++) {
		at = i * OVERLAY_GRANULE;
		if (!memcmp(sweep->image_piece + at, sweep->file_piece + at,
			    granule_len(len, i)))
			sweep->known[i] |= mark;
	}
	return 0;
}

static int
compare_piece(struct sweep *sweep, uint64_t offset, size_t len,
	      struct balimg_error *err)
{
	size_t granules = (len + OVERLAY_GRANULE - 1) / OVERLAY_GRANULE;
	size_t i;
	uint8_t mark;

	if (source_read(sweep->image, offset, sweep->image_piece, len, err) <
	    0)
		return -1;
	memset(sweep->known, 0, granules);
	if (mark_old(sweep, offset, len, granules, err) < 0)
		return -1;
	for (i = 0; i < sweep->count; i++) {
		mark = i + 1 == sweep->count ? IS_FINAL | IS_KNOWN : IS_KNOWN;
		if (mark_new(sweep, sweep->over[i], offset, len, granules,
			     mark, err) < 0)
			return -1;
	}
	for (i = 0; i < granules; i++) {
		sweep->all_known &= (sweep->known[i] & IS_KNOWN) != 0;
		sweep->all_old &= (sweep->known[i] & IS_OLD) != 0;
		sweep->all_final &= (sweep->known[i] & IS_FINAL) != 0;
	}
	return 0;
}

static int
compare_stretch(struct sweep *sweep, uint64_t offset, uint64_t end,
		struct balimg_error *err)
{
	size_t now;

	for (; offset < end && sweep->all_known; offset += now) {
		now = end - offset < OVERLAY_PIECE ? (size_t)(end - offset) :
						     OVERLAY_PIECE;
		if (compare_piece(sweep, offset, now, err) < 0)
			return -1;
	}
	return 0;
}

static void
enter(struct sweep *sweep, const struct overlay_entry *entry)
{
	size_t at = sweep->count++;

	for (; at && sweep->over[at - 1]->epoch > entry->epoch; at--)
		sweep->over[at] = sweep->over[at - 1];
	sweep->over[at] = entry;
}

/* Forget the entries that end at @offset. */
static void
leave(struct sweep *sweep, uint64_t offset)
{
	const struct overlay_entry *entry;
	size_t i, kept = 0;

	for (i = 0; i < sweep->count; i++) {
		entry = sweep->over[i];
		if (entry->offset + entry->len > offset)
			sweep->over[kept++] = entry;
	}
	sweep->count = kept;
}

static uint64_t
stretch_end(const struct sweep *sweep, const struct overlay_entry *next)
{
	uint64_t end = next ? next->offset : UINT64_MAX;
	size_t i;

	for (i = 0; i < sweep->count; i++)
		if (sweep->over[i]->offset + sweep->over[i]->len < end)
			end = sweep->over[i]->offset + sweep->over[i]->len;
	return end;
}

static int
run(struct sweep *sweep, struct balimg_error *err)
{
	size_t count = sweep->file->count;
	uint64_t offset = 0, end;
	size_t next = 0;

	while (sweep->all_known && (sweep->count || next < count)) {
		if (!sweep->count)
			offset = sweep->order[next]->offset;
		while (next < count && sweep->order[next]->offset == offset)
			enter(sweep, sweep->order[next++]);
		end = stretch_end(sweep,
				  next < count ? sweep->order[next] : NULL);
		if (compare_stretch(sweep, offset, end, err) < 0)
			return -1;
		offset = end;
		leave(sweep, offset);
	}
	return 0;
}

static bool
is_same_medium(const struct overlay_file *file, const struct backing *backing)
{
	return file->image_size == source_size(backing_source(backing)) &&
	       file->device == backing_is_device(backing) &&
	       !strcmp(file->serial, backing_serial(backing));
}

int
overlay_file_compare(struct overlay_file *file, const struct backing *backing,
		     enum overlay_file_state *state, struct balimg_error *err)
{
	AUTO_FREE const struct overlay_entry **order = calloc(file->count + 1,
							      sizeof(*order));
	AUTO_FREE struct sweep *sweep = calloc(1, sizeof(*sweep));
	size_t i;

	if (!order || !sweep)
		return error_nomem(err);
	for (i = 0; i < file->count; i++)
		order[i] = &file->entries[i];
	qsort(order, file->count, sizeof(*order), compare_offsets);
	sweep->file = file;
	sweep->order = order;
	sweep->image = backing_source(backing);
	sweep->all_known = is_same_medium(file, backing);
	sweep->all_old = true;
	sweep->all_final = true;

	if (run(sweep, err) < 0)
		return -1;
	if (!sweep->all_known)
		*state = OVERLAY_FILE_FOREIGN;
	else if (sweep->all_final)
		*state = OVERLAY_FILE_DONE;
	else
		*state = sweep->all_old ? OVERLAY_FILE_OLD :
					  OVERLAY_FILE_PARTLY;
	return 0;
}
