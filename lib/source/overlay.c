/* overlay.c - what was edited, over a base that is never written
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A view of the image after the first N epochs takes each byte from the
 * newest of these that wrote it, else from the base.  A write is compared
 * with the view before the current epoch: what is equal there need not be
 * recorded, and what was recorded is cut out again; the rest is overwritten
 * in the log where the epoch has it already, else appended.
 */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "source/overlay-log.h"
#include "source/overlay-records.h"

#define PIECE (64u * 1024u) /* bytes compared at once */

struct overlay {
	struct source head;
	struct source *base; /* the caller's */
	struct overlay_records records;
	struct overlay_log log;
	char below[PIECE]; /* what the current epoch lies over */
};

static const char zero_granule[OVERLAY_GRANULE];

static void
overlay_close(struct source *source)
{
	struct overlay *overlay = (struct overlay *)source;

	overlay_log_release(&overlay->log);
	overlay_records_release(&overlay->records);
	free(overlay);
}

/* ---- views --------------------------------------------------------- */

static int
read_record(const struct overlay *overlay, const struct overlay_record *record,
	    uint64_t skip, void *data, size_t len, struct balimg_error *err)
{
	if (record->zero) {
		memset(data, 0, len);
		return 0;
	}
	return overlay_log_read(&overlay->log, record->at + skip, data, len,
				err);
}

/* Read what lies at @offset after the first @epochs epochs. */
static int
read_view(const struct overlay *overlay, unsigned epochs, uint64_t offset,
	  void *data, size_t len, struct balimg_error *err)
{
	const struct overlay_record *record;
	uint64_t last = offset + len;
	char *to = data;
	uint64_t end;
	size_t now;
	int result;

	while (offset < last) {
		end = last;
		record = overlay_records_newest(&overlay->records, epochs,
						offset, &end);
		now = (size_t)(end - offset);
		if (record)
			result = read_record(overlay, record,
					     offset - record->offset, to, now,
					     err);
		else
			result = source_read(overlay->base, offset, to, now,
					     err);
		if (result < 0)
			return -1;
		to += now;
		offset = end;
	}
	return 0;
}

static unsigned
all_epochs(const struct overlay *overlay)
{
	return overlay->records.epoch + 1;
}

static int
overlay_read(struct source *source, uint64_t offset, void *data, size_t len,
	     struct balimg_error *err)
{
	const struct overlay *overlay = (struct overlay *)source;

	return read_view(overlay, all_epochs(overlay), offset, data, len, err);
}

static int
overlay_extents(struct source *source, uint64_t offset, struct extent *extent,
		struct balimg_error *err)
{
	const struct overlay *overlay = (struct overlay *)source;
	const struct overlay_record *record;
	uint64_t end = source->size;

	record = overlay_records_newest(&overlay->records, all_epochs(overlay),
					offset, &end);
	*extent = (struct extent){
		.offset = offset,
		.len = end - offset,
		.kind = record && record->zero ? EXTENT_ZERO : EXTENT_DATA,
	};
	if (record)
		return 0;

	if (source_extents(overlay->base, offset, extent, err) < 0)
		return -1;
	if (extent->len > end - offset)
		extent->len = end - offset;
	return 0;
}

static uint64_t
overlay_cost(struct source *source, uint64_t offset)
{
	const struct overlay *overlay = (struct overlay *)source;
	uint64_t end = source->size;

	if (overlay_records_newest(&overlay->records, all_epochs(overlay),
				   offset, &end))
		return 0;
	return source_cost(overlay->base, offset);
}

/* ---- recording ----------------------------------------------------- */

/* Record a run that differs from what lies below; NULL @data: zeroes. */
static int
store_run(struct overlay *overlay, uint64_t offset, const char *data,
	  size_t len, struct balimg_error *err)
{
	const struct overlay_record *record =
		overlay_records_current(&overlay->records, offset);
	uint64_t place = overlay->log.len;

	if (data && record && !record->zero &&
	    record->offset + record->len >= offset + len)
		return overlay_log_write(
			&overlay->log, record->at + (offset - record->offset),
			data, len, err);

	if (overlay_records_make_room(&overlay->records, err) < 0)
		return -1;
	if (data && overlay_log_append(&overlay->log, data, len, err) < 0)
		return -1;
	overlay_records_put(&overlay->records, offset, len, !data,
			    data ? place : 0);
	return 0;
}

/* Forget what was recorded of a run that equals what lies below again. */
static int
drop_run(struct overlay *overlay, uint64_t offset, size_t len,
	 struct balimg_error *err)
{
	if (overlay_records_make_room(&overlay->records, err) < 0)
		return -1;
	overlay_records_cut(&overlay->records, offset, offset + len);
	return 0;
}

/* How many of the first @len bytes are granules that equal what lies below,
 * or granules that all differ; *@same says which. */
static size_t
measure_run(const char *data, const char *below, size_t len, bool *same)
{
	size_t run, now;
	bool equal;

	for (run = 0; run < len; run += now) {
		now = len - run < OVERLAY_GRANULE ? len - run :
						    OVERLAY_GRANULE;
		equal = !memcmp(data ? data + run : zero_granule, below + run,
				now);
		if (!run)
			*same = equal;
		else if (equal != *same)
			break;
	}
	return run;
}

/* Write up to a piece of whole granules (the last may end with the image);
 * NULL @data: zeroes. */
static int
put_piece(struct overlay *overlay, uint64_t offset, const char *data,
	  size_t len, struct balimg_error *err)
{
	const char *below = overlay->below;
	bool same = false;
	size_t run;
	int result;

	if (read_view(overlay, overlay->records.epoch, offset, overlay->below,
		      len, err) < 0)
		return -1;
	for (; len; len -= run, offset += run, below += run) {
		run = measure_run(data, below, len, &same);
		if (same)
			result = drop_run(overlay, offset, run, err);
		else
			result = store_run(overlay, offset, data, run, err);
		if (result < 0)
			return -1;
		if (data)
			data += run;
	}
	return 0;
}

static int
put_granules(struct overlay *overlay, uint64_t offset, const char *data,
	     uint64_t len, struct balimg_error *err)
{
	size_t now;

	for (; len; len -= now, offset += now) {
		now = len < PIECE ? (size_t)len : PIECE;
		if (put_piece(overlay, offset, data, now, err) < 0)
			return -1;
		if (data)
			data += now;
	}
	return 0;
}

/* Write @len bytes that lie within one granule. */
static int
put_part(struct overlay *overlay, uint64_t offset, const char *data,
	 size_t len, struct balimg_error *err)
{
	char granule[OVERLAY_GRANULE];
	size_t skip = offset % OVERLAY_GRANULE;
	uint64_t start = offset - skip;
	uint64_t left = overlay->head.size - start;
	size_t size = left < sizeof(granule) ? (size_t)left : sizeof(granule);

	if (read_view(overlay, all_epochs(overlay), start, granule, size,
		      err) < 0)
		return -1;
	memcpy(granule + skip, data ? data : zero_granule, len);
	return put_granules(overlay, start, granule, size, err);
}

/* Write any range: its first and last granules may be touched in part. */
static int
put(struct overlay *overlay, uint64_t offset, const char *data, uint64_t len,
    struct balimg_error *err)
{
	uint64_t head = (OVERLAY_GRANULE - offset % OVERLAY_GRANULE) %
			OVERLAY_GRANULE;
	uint64_t tail;

	if (head > len)
		head = len;
	tail = (len - head) % OVERLAY_GRANULE;
	if (offset + len == overlay->head.size)
		tail = 0;

	if (head && put_part(overlay, offset, data, (size_t)head, err) < 0)
		return -1;
	if (put_granules(overlay, offset + head, data ? data + head : NULL,
			 len - head - tail, err) < 0)
		return -1;
	if (!tail)
		return 0;
	return put_part(overlay, offset + len - tail,
			data ? data + (len - tail) : NULL, (size_t)tail, err);
}

static int
overlay_write(struct source *source, uint64_t offset, const void *data,
	      size_t len, struct balimg_error *err)
{
	return put((struct overlay *)source, offset, data, len, err);
}

static int
overlay_zero(struct source *source, uint64_t offset, uint64_t len,
	     struct balimg_error *err)
{
	return put((struct overlay *)source, offset, NULL, len, err);
}

static int
overlay_barrier(struct source *source, struct balimg_error *err)
{
	struct overlay *overlay = (struct overlay *)source;

	return overlay_records_barrier(&overlay->records, err);
}

static const struct source_ops overlay_ops = {
	.kind = "overlay",
	.close = overlay_close,
	.read = overlay_read,
	.write = overlay_write,
	.zero = overlay_zero,
	.barrier = overlay_barrier,
	.extents = overlay_extents,
	.cost = overlay_cost,
};

/* ---- what a commit asks -------------------------------------------- */

struct source *
overlay_open(struct source *base, struct balimg_error *err)
{
	AUTO_SOURCE struct source *source = NULL;
	struct overlay *overlay = calloc(1, sizeof(*overlay));

	if (!overlay) {
		error_nomem(err);
		return NULL;
	}
	source = &overlay->head;
	source->ops = &overlay_ops;
	source->size = source_size(base);
	overlay->base = base;
	overlay_log_init(&overlay->log);

	if (overlay_records_init(&overlay->records, err) < 0)
		return NULL;
	return STEAL(source);
}

int
overlay_spill_to(struct source *overlay, const char *folder,
		 struct balimg_error *err)
{
	return overlay_log_set_folder(&((struct overlay *)overlay)->log,
				      folder, err);
}

bool
overlay_is_empty(const struct source *overlay)
{
	return !overlay_record_count(overlay);
}

struct source *
overlay_base(const struct source *overlay)
{
	return ((const struct overlay *)overlay)->base;
}

size_t
overlay_record_count(const struct source *overlay)
{
	return ((const struct overlay *)overlay)->records.count;
}

const struct overlay_record *
overlay_get_record(const struct source *overlay, size_t at)
{
	return &((const struct overlay *)overlay)->records.array[at];
}

int
overlay_read_record(struct source *overlay,
		    const struct overlay_record *record, uint64_t skip,
		    void *data, size_t len, struct balimg_error *err)
{
	if (!range_within(skip, len, record->len))
		return error_set(err, BALIMG_E_USAGE,
				 "read beyond the end of an overlay record");
	return read_record((const struct overlay *)overlay, record, skip, data,
			   len, err);
}

int
overlay_read_before(struct source *overlay, unsigned epoch, uint64_t offset,
		    void *data, size_t len, struct balimg_error *err)
{
	const struct overlay *self = (const struct overlay *)overlay;

	if (epoch > all_epochs(self) ||
	    !range_within(offset, len, overlay->size))
		return error_set(
			err, BALIMG_E_USAGE,
			"read of an epoch or range that is not there");
	return read_view(self, epoch, offset, data, len, err);
}
