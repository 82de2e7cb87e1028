/* transfer.c - the bytes of a base and its overlay go into a new file
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "base/bytes.h"
#include "base/io.h"
#include "base/os.h"
#include "commit/transfer.h"
#include "source/overlay.h"

#define RANGE_PIECE (16u * 1024u * 1024u) /* bytes copied by the system */
#define PIECE	    (1024u * 1024u)	  /* bytes copied through us */
#define BLOCK	    4096u		  /* zero blocks become holes */

static int
put(const struct transfer *transfer, const char *data, size_t len,
    uint64_t offset, struct balimg_error *err)
{
	if (transfer->to)
		return source_write(transfer->to, offset, data, len, err);
	return io_write_at(transfer->to_fd, data, len, offset, err);
}

/* ---- the base ------------------------------------------------------ */

/* Write what is not zero; the new file is all hole. */
static int
write_sparsely(const struct transfer *transfer, const char *piece, size_t len,
	       uint64_t offset, struct balimg_error *err)
{
	size_t at = 0, end, now;

	while (at < len) {
		now = len - at < BLOCK ? len - at : BLOCK;
		if (bytes_are_zero(piece + at, now)) {
			at += now;
			continue;
		}
		for (end = at + now; end < len; end += now) {
			now = len - end < BLOCK ? len - end : BLOCK;
			if (bytes_are_zero(piece + end, now))
				break;
		}
		if (put(transfer, piece + at, end - at, offset + at, err) < 0)
			return -1;
		at = end;
	}
	return 0;
}

/* Copy some of the @len bytes at @offset; *@done gets how much.  *@by_system,
 * until that is found not to work. */
static int
copy_piece(const struct transfer *transfer, char *piece, bool *by_system,
	   uint64_t offset, uint64_t len, uint64_t *done,
	   struct balimg_error *err)
{
	size_t now = len < RANGE_PIECE ? (size_t)len : RANGE_PIECE;

	if (*by_system) {
		*done = os_copy_range(transfer->from_fd, transfer->to_fd,
				      offset, now);
		if (*done)
			return 0;
		*by_system = false;
	}
	if (now > PIECE)
		now = PIECE;
	*done = now;
	if (source_read(transfer->from, offset, piece, now, err) < 0)
		return -1;
	return write_sparsely(transfer, piece, now, offset, err);
}

static int
copy_extent(const struct transfer *transfer, char *piece, bool *by_system,
	    const struct extent *extent, struct balimg_error *err)
{
	uint64_t offset = extent->offset;
	uint64_t end = offset + extent->len;
	uint64_t now;

	for (; offset < end; offset += now) {
		if (progress_report(transfer->progress, "copying", offset,
				    source_size(transfer->from), err) < 0 ||
		    copy_piece(transfer, piece, by_system, offset,
			       end - offset, &now, err) < 0)
			return -1;
	}
	return 0;
}

int
transfer_base(const struct transfer *transfer, struct balimg_error *err)
{
	AUTO_FREE char *piece = NULL;
	uint64_t size = source_size(transfer->from);
	bool by_system = transfer->from_fd >= 0 && !transfer->to;
	struct extent extent;
	uint64_t offset;

	if (by_system && os_clone_file(transfer->from_fd, transfer->to_fd))
		return 0;
	piece = malloc(PIECE);
	if (!piece)
		return error_nomem(err);
	if (!transfer->to && ftruncate(transfer->to_fd, (off_t)size) < 0)
		return error_sys(err, "cannot set the size of the new image");
	for (offset = 0; offset < size; offset += extent.len) {
		if (source_extents(transfer->from, offset, &extent, err) < 0)
			return -1;
		if (extent.kind == EXTENT_DATA &&
		    copy_extent(transfer, piece, &by_system, &extent, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- the overlay --------------------------------------------------- */

static int
lay_record(const struct transfer *transfer, struct source *overlay,
	   const struct overlay_record *record, char *piece,
	   struct balimg_error *err)
{
	uint64_t skip;
	size_t now;

	for (skip = 0; skip < record->len; skip += now) {
		now = record->len - skip < PIECE ?
			      (size_t)(record->len - skip) :
			      PIECE;
		if (overlay_read_record(overlay, record, skip, piece, now,
					err) < 0 ||
		    put(transfer, piece, now, record->offset + skip, err) < 0)
			return -1;
	}
	return 0;
}

int
transfer_overlay(const struct transfer *transfer, struct source *overlay,
		 struct balimg_error *err)
{
	AUTO_FREE char *piece = malloc(PIECE);
	size_t i;

	if (!piece)
		return error_nomem(err);
	for (i = 0; i < overlay_record_count(overlay); i++)
		if (lay_record(transfer, overlay,
			       overlay_get_record(overlay, i), piece, err) < 0)
			return -1;
	return 0;
}
