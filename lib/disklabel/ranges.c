/* ranges.c - do a table's partitions fit together, and into the image?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <inttypes.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "disklabel/ranges.h"

#define FIRST_LOGICAL 5

int
ranges_check_end(uint64_t end, uint64_t size, struct balimg_error *err)
{
	if (end <= size)
		return 0;
	error_set(err, BALIMG_E_INVALID,
		  "the image is cut short: its partitions reach %" PRIu64
		  " bytes beyond its end",
		  end - size);
	return error_hint(err, "download or copy it again");
}

/* Where the last partition ends; false if that is beyond everything. */
static bool
find_end(const struct label *label, uint64_t *end)
{
	uint64_t this_end;
	size_t i;

	*end = 0;
	for (i = 0; i < label->count; i++) {
		if (!checked_add(label->partitions[i].start,
				 label->partitions[i].size, &this_end))
			return false;
		if (this_end > *end)
			*end = this_end;
	}
	return true;
}

static bool
overlap(const struct partition *a, const struct partition *b)
{
	return a->start < b->start + b->size && b->start < a->start + a->size;
}

static bool
contains(const struct partition *outer, const struct partition *inner)
{
	return inner->start >= outer->start &&
	       inner->start + inner->size <= outer->start + outer->size;
}

static int
check_extended(const struct label *label, const struct partition *extended,
	       struct balimg_error *err)
{
	const struct partition *part;

	for (part = label->partitions; part < label->partitions + label->count;
	     part++) {
		if (part == extended)
			continue;
		if (part->number < FIRST_LOGICAL && overlap(part, extended))
			return error_set(err, BALIMG_E_INVALID,
					 "partitions %u and %u overlap",
					 part->number, extended->number);
		if (part->number >= FIRST_LOGICAL && !contains(extended, part))
			return error_set(err, BALIMG_E_INVALID,
					 "logical partition %u lies outside "
					 "of the extended one",
					 part->number);
	}
	return 0;
}

static int
compare_start(const void *left, const void *right)
{
	const struct partition *const *a = left;
	const struct partition *const *b = right;

	return ((*a)->start > (*b)->start) - ((*a)->start < (*b)->start);
}

/* Neighbours by start are all that need comparing. */
static int
check_overlap(const struct label *label, struct balimg_error *err)
{
	AUTO_FREE const struct partition **sorted = NULL;
	size_t i, count = 0;

	sorted = calloc(label->count + 1, sizeof(*sorted));
	if (!sorted)
		return error_nomem(err);
	for (i = 0; i < label->count; i++)
		if (!label->partitions[i].extended)
			sorted[count++] = &label->partitions[i];
	qsort(sorted, count, sizeof(*sorted), compare_start);

	for (i = 1; i < count; i++)
		if (overlap(sorted[i - 1], sorted[i]))
			return error_set(err, BALIMG_E_INVALID,
					 "partitions %u and %u overlap",
					 sorted[i - 1]->number,
					 sorted[i]->number);
	return 0;
}

int
ranges_check(const struct label *label, uint64_t size,
	     struct balimg_error *err)
{
	uint64_t end;
	size_t i;

	if (!find_end(label, &end))
		return error_set(err, BALIMG_E_INVALID,
				 "a partition ends beyond every disk's end");
	if (ranges_check_end(end, size, err) < 0 ||
	    check_overlap(label, err) < 0)
		return -1;
	for (i = 0; i < label->count; i++) {
		if (!label->partitions[i].start)
			return error_set(err, BALIMG_E_INVALID,
					 "partition %u begins where the "
					 "table is",
					 label->partitions[i].number);
		if (label->partitions[i].extended &&
		    check_extended(label, &label->partitions[i], err) < 0)
			return -1;
	}
	return 0;
}
