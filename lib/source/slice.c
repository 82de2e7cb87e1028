/* slice.c - a source that is part of another
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <inttypes.h>

#include "base/bytes.h"
#include "source/source.h"

struct window {
	struct source head;
	struct source *below; /* the caller's */
	uint64_t offset;      /* in below */
};

static void
slice_close(struct source *source)
{
	free(source);
}

static int
slice_read(struct source *source, uint64_t offset, void *data, size_t len,
	   struct balimg_error *err)
{
	const struct window *slice = (struct window *)source;

	return source_read(slice->below, slice->offset + offset, data, len,
			   err);
}

static int
slice_write(struct source *source, uint64_t offset, const void *data,
	    size_t len, struct balimg_error *err)
{
	const struct window *slice = (struct window *)source;

	return source_write(slice->below, slice->offset + offset, data, len,
			    err);
}

static int
slice_zero(struct source *source, uint64_t offset, uint64_t len,
	   struct balimg_error *err)
{
	const struct window *slice = (struct window *)source;

	return source_zero(slice->below, slice->offset + offset, len, err);
}

static int
slice_barrier(struct source *source, struct balimg_error *err)
{
	const struct window *slice = (struct window *)source;

	return source_barrier(slice->below, err);
}

static int
slice_extents(struct source *source, uint64_t offset, struct extent *extent,
	      struct balimg_error *err)
{
	const struct window *slice = (struct window *)source;

	if (source_extents(slice->below, slice->offset + offset, extent, err) <
	    0)
		return -1;
	extent->offset = offset;
	if (extent->len > source->size - offset)
		extent->len = source->size - offset;
	return 0;
}

static uint64_t
slice_cost(struct source *source, uint64_t offset)
{
	const struct window *slice = (struct window *)source;

	return source_cost(slice->below, slice->offset + offset);
}

static const struct source_ops slice_ops = {
	.kind = "slice",
	.close = slice_close,
	.read = slice_read,
	.extents = slice_extents,
	.cost = slice_cost,
};

static const struct source_ops writable_slice_ops = {
	.kind = "slice",
	.close = slice_close,
	.read = slice_read,
	.write = slice_write,
	.zero = slice_zero,
	.barrier = slice_barrier,
	.extents = slice_extents,
	.cost = slice_cost,
};

struct source *
source_slice_open(struct source *below, uint64_t offset, uint64_t len,
		  struct balimg_error *err)
{
	struct window *slice;

	if (!range_within(offset, len, source_size(below))) {
		error_set(err, BALIMG_E_INVALID,
			  "%" PRIu64 " bytes at byte %" PRIu64
			  " lie beyond the end (%" PRIu64 " bytes)",
			  len, offset, source_size(below));
		return NULL;
	}
	slice = malloc(sizeof(*slice));
	if (!slice) {
		error_nomem(err);
		return NULL;
	}
	*slice = (struct window){
		.head = { .ops = source_is_writable(below) ?
					 &writable_slice_ops :
					 &slice_ops,
			  .size = len },
		.below = below,
		.offset = offset,
	};
	return &slice->head;
}
