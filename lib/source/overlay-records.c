/* overlay-records.c - which granules each epoch of an overlay wrote
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "source/overlay-records.h"

#define FIRST_ROOM 64u /* records */

int
overlay_records_init(struct overlay_records *records, struct balimg_error *err)
{
	*records = (struct overlay_records){
		.array = calloc(FIRST_ROOM, sizeof(*records->array)),
		.room = FIRST_ROOM,
		.starts = calloc(1, sizeof(*records->starts)),
	};
	return records->array && records->starts ? 0 : error_nomem(err);
}

void
overlay_records_release(struct overlay_records *records)
{
	free(records->array);
	free(records->starts);
}

int
overlay_records_barrier(struct overlay_records *records,
			struct balimg_error *err)
{
	size_t *starts;

	if (records->count == records->starts[records->epoch])
		return 0;
	starts = reallocarray(records->starts, records->epoch + 2u,
			      sizeof(*starts));
	if (!starts)
		return error_nomem(err);
	records->starts = starts;
	records->starts[++records->epoch] = records->count;
	return 0;
}

static uint64_t
record_end(const struct overlay_record *record)
{
	return record->offset + record->len;
}

static size_t
epoch_end(const struct overlay_records *records, unsigned epoch)
{
	return epoch < records->epoch ? records->starts[epoch + 1] :
					records->count;
}

/* The first record of @epoch that ends behind @offset, or the epoch's end. */
static size_t
find_record(const struct overlay_records *records, unsigned epoch,
	    uint64_t offset)
{
	size_t low = records->starts[epoch];
	size_t high = epoch_end(records, epoch);
	size_t middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (record_end(&records->array[middle]) > offset)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

const struct overlay_record *
overlay_records_newest(const struct overlay_records *records, unsigned epochs,
		       uint64_t offset, uint64_t *end)
{
	const struct overlay_record *record;
	size_t at;

	while (epochs-- > 0) {
		at = find_record(records, epochs, offset);
		if (at == epoch_end(records, epochs))
			continue;
		record = &records->array[at];
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

const struct overlay_record *
overlay_records_current(const struct overlay_records *records, uint64_t offset)
{
	size_t at = find_record(records, records->epoch, offset);

	if (at == records->count || records->array[at].offset > offset)
		return NULL;
	return &records->array[at];
}

int
overlay_records_make_room(struct overlay_records *records,
			  struct balimg_error *err)
{
	size_t room = records->room * 2;
	struct overlay_record *array;

	/* A cut may split one record in two, and a run adds one. */
	if (records->count + 2 <= records->room)
		return 0;
	array = reallocarray(records->array, room, sizeof(*array));
	if (!array)
		return error_nomem(err);
	records->array = array;
	records->room = room;
	return 0;
}

static void
insert_record(struct overlay_records *records, size_t at,
	      struct overlay_record record)
{
	struct overlay_record *place = &records->array[at];

	memmove(place + 1, place, (records->count - at) * sizeof(*place));
	*place = record;
	records->count++;
}

static void
remove_records(struct overlay_records *records, size_t at, size_t count)
{
	struct overlay_record *place = &records->array[at];

	records->count -= count;
	memmove(place, place + count, (records->count - at) * sizeof(*place));
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

void
overlay_records_cut(struct overlay_records *records, uint64_t offset,
		    uint64_t end)
{
	size_t at = find_record(records, records->epoch, offset);
	struct overlay_record rest;
	size_t behind;

	if (at == records->count || records->array[at].offset >= end)
		return;

	if (records->array[at].offset < offset) {
		rest = records->array[at];
		records->array[at].len = offset - rest.offset;
		trim_head(&rest, offset - rest.offset);
		insert_record(records, ++at, rest);
	}
	behind = find_record(records, records->epoch, end);
	remove_records(records, at, behind - at);
	if (at < records->count && records->array[at].offset < end)
		trim_head(&records->array[at],
			  end - records->array[at].offset);
}

/* Does what lies at @at continue @before? */
static bool
continues(const struct overlay_record *before, uint64_t offset, bool zero,
	  uint64_t at)
{
	return record_end(before) == offset && before->zero == zero &&
	       (zero || before->at + before->len == at);
}

void
overlay_records_put(struct overlay_records *records, uint64_t offset,
		    uint64_t len, bool zero, uint64_t at)
{
	size_t place;

	overlay_records_cut(records, offset, offset + len);
	place = find_record(records, records->epoch, offset);
	if (place > records->starts[records->epoch] &&
	    continues(&records->array[place - 1], offset, zero, at)) {
		records->array[place - 1].len += len;
		return;
	}
	insert_record(records, place,
		      (struct overlay_record){ .epoch = records->epoch,
					       .offset = offset,
					       .len = len,
					       .zero = zero,
					       .at = at });
}
