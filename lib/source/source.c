/* source.c - bytes at an offset: checks and dispatch
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <inttypes.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "source/source.h"

#define COPY_PIECE (1024u * 1024u) /* bytes */

void
source_close(struct source *source)
{
	if (source)
		source->ops->close(source);
}

uint64_t
source_size(const struct source *source)
{
	return source->size;
}

bool
source_is_writable(const struct source *source)
{
	return source->ops->write != NULL;
}

static int
check_range(const struct source *source, uint64_t offset, uint64_t len,
	    struct balimg_error *err)
{
	if (range_within(offset, len, source->size))
		return 0;
	return error_set(err, BALIMG_E_INVALID,
			 "%" PRIu64 " bytes at byte %" PRIu64
			 " lie beyond the end (%" PRIu64 " bytes)",
			 len, offset, source->size);
}

static int
check_writable(const struct source *source, struct balimg_error *err)
{
	if (source_is_writable(source))
		return 0;
	return error_set(err, BALIMG_E_USAGE, "a %s cannot be written",
			 source->ops->kind);
}

int
source_read(struct source *source, uint64_t offset, void *data, size_t len,
	    struct balimg_error *err)
{
	if (check_range(source, offset, len, err) < 0)
		return -1;
	return len ? source->ops->read(source, offset, data, len, err) : 0;
}

int
source_write(struct source *source, uint64_t offset, const void *data,
	     size_t len, struct balimg_error *err)
{
	if (check_writable(source, err) < 0 ||
	    check_range(source, offset, len, err) < 0)
		return -1;
	return len ? source->ops->write(source, offset, data, len, err) : 0;
}

int
source_zero(struct source *source, uint64_t offset, uint64_t len,
	    struct balimg_error *err)
{
	if (check_writable(source, err) < 0 ||
	    check_range(source, offset, len, err) < 0)
		return -1;
	return len ? source->ops->zero(source, offset, len, err) : 0;
}

int
source_barrier(struct source *source, struct balimg_error *err)
{
	if (check_writable(source, err) < 0)
		return -1;
	return source->ops->barrier(source, err);
}

int
source_extents(struct source *source, uint64_t offset, struct extent *extent,
	       struct balimg_error *err)
{
	if (check_range(source, offset, 1, err) < 0)
		return -1;
	if (source->ops->extents)
		return source->ops->extents(source, offset, extent, err);

	*extent = (struct extent){
		.offset = offset,
		.len = source->size - offset,
		.kind = EXTENT_DATA,
	};
	return 0;
}

uint64_t
source_cost(struct source *source, uint64_t offset)
{
	return source->ops->cost ? source->ops->cost(source, offset) : 0;
}

int
source_copy(struct source *from, uint64_t from_offset, struct source *to,
	    uint64_t to_offset, uint64_t len, struct balimg_error *err)
{
	AUTO_FREE char *piece = NULL;
	size_t size = len < COPY_PIECE ? (size_t)len : COPY_PIECE;
	size_t now;

	if (!len)
		return 0;
	piece = malloc(size);
	if (!piece)
		return error_nomem(err);

	while (len) {
		now = len < size ? (size_t)len : size;
		if (source_read(from, from_offset, piece, now, err) < 0 ||
		    source_write(to, to_offset, piece, now, err) < 0)
			return -1;
		from_offset += now;
		to_offset += now;
		len -= now;
	}
	return 0;
}
