/* overlay.c - what was edited, over a base that is never written
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * All records lie in one array, ordered by epoch and then offset, so that
 * only its tail, the current epoch, ever changes.  A view of the image after
 * the first N epochs takes each byte from the newest of these that wrote it,
 * else from the base.  A write is compared with the view before the current
 * epoch: what is equal there need not be recorded, and what was recorded is
 * cut out again; the rest is overwritten in the log where the epoch has it
 * already, else appended.
 */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "source/overlay-log.h"
#include "source/overlay.h"

#define PIECE (64u * 1024u) /* bytes compared at once */

struct overlay {
	struct source head;
	struct source *base; /* the caller's */
	struct overlay_record *records;
	size_t count;
	size_t room;
	size_t *starts; /* the first record of each epoch */
	unsigned epoch; /* the current one */
	struct overlay_log log;
	char below[PIECE]; /* what the current epoch lies over */
};

static const char zero_granule[OVERLAY_GRANULE];

static uint64_t
record_end(const struct overlay_record *record)
{
	return record->offset + record->len;
}

static void
overlay_close(struct source *source)
{
	struct overlay *overlay = (struct overlay *)source;

	overlay_log_release(&overlay->log);
	free(overlay->records);
	free(overlay->starts);
	free(overlay);
}

/* ---- views --------------------------------------------------------- */

static size_t
epoch_end(const struct overlay *overlay, unsigned epoch)
{
	return epoch < overlay->epoch ? overlay->starts[epoch + 1] :
					overlay->count;
}

/* The first record of @epoch that ends behind @offset, or the epoch's end. */
static size_t
find_record(const struct overlay *overlay, unsigned epoch, uint64_t offset)
{
	size_t low = overlay->starts[epoch];
	size_t high = epoch_end(overlay, epoch);
	size_t middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (record_end(&overlay->records[middle]) > offset)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Who says what lies at @offset after @epochs epochs: a record, or NULL for
 * the base.  *@end is lowered to where someone else begins to. */
static const struct overlay_record *
find_newest(const struct overlay *overlay, unsigned epochs, uint64_t offset,
	    uint64_t *end)
{
	const struct overlay_record *record;
	size_t at;

	while (epochs-- > 0) {
		at = find_record(overlay, epochs, offset);
		if (at == epoch_end(overlay, epochs))
			continue;
		record = &overlay->records[at];
		if (record->offset > offset) {
			if (record->offset < *end)
				*end = record->offset;
			continue;
		}
		if (record_end(record) < *end)
			*end = record_end(record);
		return record;
	}
	return NULL;
}

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
		record = find_newest(overlay, epochs, offset, &end);
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

static int
overlay_read(struct source *source, uint64_t offset, void *data, size_t len,
	     struct balimg_error *err)
{
	const struct overlay *overlay = (struct overlay *)source;

	return read_view(overlay, overlay->epoch + 1, offset, data, len, err);
}

static int
overlay_extents(struct source *source, uint64_t offset, struct extent *extent,
		struct balimg_error *err)
{
	const struct overlay *overlay = (struct overlay *)source;
	const struct overlay_record *record;
	uint64_t end = source->size;

	record = find_newest(overlay, overlay->epoch + 1, offset, &end);
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

	if (find_newest(overlay, overlay->epoch + 1, offset, &end))
		return 0;
	return source_cost(overlay->base, offset);
}

/* ---- recording ----------------------------------------------------- */

/* Have room for two more records: a cut may split one, and a run adds one. */
static int
make_room(struct overlay *overlay, struct balimg_error *err)
{
	size_t room = overlay->room ? overlay->room * 2 : 64;
	struct overlay_record *records;

	if (overlay->count + 2 <= overlay->room)
		return 0;
	records = reallocarray(overlay->records, room, sizeof(*records));
	if (!records)
		return error_nomem(err);
	overlay->records = records;
	overlay->room = room;
	return 0;
}

static void
insert_record(struct overlay *overlay, size_t at, struct overlay_record record)
{
	struct overlay_record *place = &overlay->records[at];

	memmove(place + 1, place, (overlay->count - at) * sizeof(*place));
	*place = record;
	overlay->count++;
}

static void
remove_records(struct overlay *overlay, size_t at, size_t count)
{
	struct overlay_record *place = &overlay->records[at];

	overlay->count -= count;
	memmove(place, place + count, (overlay->count - at) * sizeof(*place));
}

/* Drop the first @len bytes of @record. */
static void
trim_head(struct overlay_record *record, uint64_t len)
{
	record->offset += len;
	record->len -= len;
	if (!record->zero)
		record->at += len;
}

/* Take [@offset, @end) out of the current epoch. */
static void
cut(struct overlay *overlay, uint64_t offset, uint64_t end)
{
	size_t at = find_record(overlay, overlay->epoch, offset);
	struct overlay_record rest;
	size_t behind;

	if (at == overlay->count || overlay->records[at].offset >= end)
		return;

	if (overlay->records[at].offset < offset) {
		rest = overlay->records[at];
		overlay->records[at].len = offset - rest.offset;
		at++;
		if (record_end(&rest) <= offset)
			return;
		trim_head(&rest, offset - rest.offset);
		insert_record(overlay, at, rest);
	}
	behind = find_record(overlay, overlay->epoch, end);
	remove_records(overlay, at, behind - at);
	if (at < overlay->count && overlay->records[at].offset < end)
		trim_head(&overlay->records[at],
			  end - overlay->records[at].offset);
}

/* Record that @len bytes at @offset are zero, or lie at @at in the log; what
 * continues the record before it becomes part of that. */
static void
put_record(struct overlay *overlay, uint64_t offset, size_t len, bool zero,
	   uint64_t at)
{
	size_t place;
	struct overlay_record *before;

	cut(overlay, offset, offset + len);
	place = find_record(overlay, overlay->epoch, offset);
	before = &overlay->records[place] - 1;
	if (place > overlay->starts[overlay->epoch] &&
	    record_end(before) == offset && before->zero == zero &&
	    (zero || before->at + before->len == at)) {
		before->len += len;
		return;
	}
	insert_record(overlay, place, (struct overlay_record){
					      .epoch = overlay->epoch,
					      .offset = offset,
					      .len = len,
					      .zero = zero,
					      .at = at,
				      });
}

/* Record a run that differs from what lies below; NULL @data: zeroes. */
static int
store_run(struct overlay *overlay, uint64_t offset, const char *data,
	  size_t len, struct balimg_error *err)
{
	size_t at = find_record(overlay, overlay->epoch, offset);
	const struct overlay_record *record = &overlay->records[at];
	uint64_t place = overlay->log.len;

	if (data && at < overlay->count && !record->zero &&
	    record->offset <= offset && record_end(record) >= offset + len)
		return overlay_log_write(&overlay->log,
					 record->at + (offset - record->offset),
					 data, len, err);

	if (data && overlay_log_append(&overlay->log, data, len, err) < 0)
		return -1;
	put_record(overlay, offset, len, !data, data ? place : 0);
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
		now = len - run < OVERLAY_GRANULE ? len - run : OVERLAY_GRANULE;
		equal = !memcmp(data ? data + run : zero_granule, below + run,
				now);
		if (!run)
			*same = equal;
		else if (equal != *same)
			break;
	}
	return run;
}

/* Write whole granules (the last may end with the image); NULL @data:
 * zeroes. */
static int
put_granules(struct overlay *overlay, uint64_t offset, const char *data,
	     uint64_t len, struct balimg_error *err)
{
	size_t piece, done, run;
	bool same = false;

	for (; len; offset += piece, len -= piece) {
		piece = len < PIECE ? (size_t)len : PIECE;
		if (read_view(overlay, overlay->epoch, offset, overlay->below,
			      piece, err) < 0)
			return -1;
		for (done = 0; done < piece; done += run) {
			run = measure_run(data, overlay->below + done,
					  piece - done, &same);
			if (make_room(overlay, err) < 0)
				return -1;
			if (same)
				cut(overlay, offset + done,
				    offset + done + run);
			else if (store_run(overlay, offset + done, data, run,
					   err) < 0)
				return -1;
			if (data)
				data += run;
		}
	}
	return 0;
}

/* Write @len bytes that lie within one granule. */
static int
put_part(struct overlay *overlay, uint64_t offset, const char *data, size_t len,
	 struct balimg_error *err)
{
	char granule[OVERLAY_GRANULE];
	size_t skip = offset % OVERLAY_GRANULE;
	uint64_t start = offset - skip;
	uint64_t left = overlay->head.size - start;
	size_t size = left < sizeof(granule) ? (size_t)left : sizeof(granule);

	if (read_view(overlay, overlay->epoch + 1, start, granule, size, err) <
	    0)
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
	size_t *starts;

	if (overlay->count == overlay->starts[overlay->epoch])
		return 0;
	starts = reallocarray(overlay->starts, overlay->epoch + 2u,
			      sizeof(*starts));
	if (!starts)
		return error_nomem(err);
	overlay->starts = starts;
	overlay->starts[++overlay->epoch] = overlay->count;
	return 0;
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

	overlay->starts = calloc(1, sizeof(*overlay->starts));
	if (!overlay->starts) {
		error_nomem(err);
		return NULL;
	}
	return make_room(overlay, err) < 0 ? NULL : STEAL(source);
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
	return ((const struct overlay *)overlay)->count;
}

const struct overlay_record *
overlay_get_record(const struct source *overlay, size_t at)
{
	return &((const struct overlay *)overlay)->records[at];
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

	if (epoch > self->epoch + 1 ||
	    !range_within(offset, len, overlay->size))
		return error_set(err, BALIMG_E_USAGE,
				 "read of an epoch or range that is not there");
	return read_view(self, epoch, offset, data, len, err);
}
