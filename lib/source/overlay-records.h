/* overlay-records.h - which granules each epoch of an overlay wrote
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * All records lie in one array, ordered by epoch and then offset, so that
 * only its tail, the current epoch, ever changes.  The records of an epoch
 * never overlap.
 */
#ifndef BALIMG_SOURCE_OVERLAY_RECORDS_H
#define BALIMG_SOURCE_OVERLAY_RECORDS_H

#include "source/overlay.h"

struct overlay_records {
	struct overlay_record *array;
	size_t count;
	size_t room;
	size_t *starts; /* the first record of each epoch */
	unsigned epoch; /* the current one */
};

/* Begin with epoch 0.  What was begun, even in vain, is to be released. */
int overlay_records_init(struct overlay_records *records,
			 struct balimg_error *err) MUST_USE;
void overlay_records_release(struct overlay_records *records);

/* Begin the next epoch, unless the current one has no record. */
int overlay_records_barrier(struct overlay_records *records,
			    struct balimg_error *err) MUST_USE;

/* Who says what lies at @offset after the first @epochs epochs: a record, or
 * NULL for the base.  *@end is lowered to where someone else begins to. */
const struct overlay_record *overlay_records_newest(
	const struct overlay_records *records, unsigned epochs,
	uint64_t offset, uint64_t *end);

/* The record of the current epoch at @offset, or NULL. */
const struct overlay_record *overlay_records_current(
	const struct overlay_records *records, uint64_t offset);

/* Have room for what one of the calls below may add. */
int overlay_records_make_room(struct overlay_records *records,
			      struct balimg_error *err) MUST_USE;

/* Take [@offset, @end) out of the current epoch. */
void overlay_records_cut(struct overlay_records *records, uint64_t offset,
			 uint64_t end);

/* Let the current epoch say that the @len bytes at @offset are @zero, or lie
 * at @at; what continues the record before it becomes part of that. */
void overlay_records_put(struct overlay_records *records, uint64_t offset,
			 uint64_t len, bool zero, uint64_t at);

#endif /* BALIMG_SOURCE_OVERLAY_RECORDS_H */
