/* source.h - bytes at an offset
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Everything that looks inside an image reads through a source: a file, a
 * device, a slice of another source, memory, or an overlay.  Reading is
 * re-entrant; writing, zeroing and barriers belong to one thread at a time.
 * A source borrows the sources below it: close from the top down.
 */
#ifndef BALIMG_SOURCE_SOURCE_H
#define BALIMG_SOURCE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"

struct source;

enum extent_kind {
	EXTENT_DATA, /* bytes are stored */
	EXTENT_ZERO, /* stored, known to be zero */
	EXTENT_HOLE, /* not stored, reads as zero */
};

/* A run of bytes of one kind. */
struct extent {
	uint64_t offset; /* bytes */
	uint64_t len;	 /* bytes, not 0 */
	enum extent_kind kind;
};

/* What a kind of source does.  A NULL write, zero or barrier means: cannot
 * be written; a NULL extents: all is data; a NULL cost: any byte is near.
 * The generic calls below have checked the range before calling. */
struct source_ops {
	const char *kind; /* "file", "overlay", ... */
	/* Release what the source holds; accepts a half-open one. */
	void (*close)(struct source *source);
	int (*read)(struct source *source, uint64_t offset, void *data,
		    size_t len, struct balimg_error *err);
	int (*write)(struct source *source, uint64_t offset, const void *data,
		     size_t len, struct balimg_error *err);
	int (*zero)(struct source *source, uint64_t offset, uint64_t len,
		    struct balimg_error *err);
	int (*barrier)(struct source *source, struct balimg_error *err);
	/* The extent that begins at @offset. */
	int (*extents)(struct source *source, uint64_t offset,
		       struct extent *extent, struct balimg_error *err);
	/* Bytes that must be inflated to reach @offset. */
	uint64_t (*cost)(struct source *source, uint64_t offset);
};

/* The common head of every kind; only the kinds themselves look inside. */
struct source {
	const struct source_ops *ops;
	uint64_t size; /* bytes */
};

/* Release @source; NULL is allowed.  Nothing is flushed. */
void source_close(struct source *source);
DEFINE_AUTO(source, source_close)
#define AUTO_SOURCE __attribute__((cleanup(cleanup_source)))

/* Size in bytes. */
uint64_t source_size(const struct source *source);

bool source_is_writable(const struct source *source);

/* Read or write exactly @len bytes at @offset; a range beyond the end is
 * BALIMG_E_INVALID and nothing is done. */
int source_read(struct source *source, uint64_t offset, void *data, size_t len,
		struct balimg_error *err) MUST_USE;
int source_write(struct source *source, uint64_t offset, const void *data,
		 size_t len, struct balimg_error *err) MUST_USE;

/* Make @len bytes at @offset read as zero. */
int source_zero(struct source *source, uint64_t offset, uint64_t len,
		struct balimg_error *err) MUST_USE;

/* What was written before reaches the medium before what is written after:
 * an overlay begins a new epoch. */
int source_barrier(struct source *source, struct balimg_error *err) MUST_USE;

/* The extent that begins at @offset (below the size). */
int source_extents(struct source *source, uint64_t offset,
		   struct extent *extent, struct balimg_error *err) MUST_USE;

uint64_t source_cost(struct source *source, uint64_t offset);

/* Copy @len bytes between sources (offsets in bytes), in pieces. */
int source_copy(struct source *from, uint64_t from_offset, struct source *to,
		uint64_t to_offset, uint64_t len, struct balimg_error *err)
	MUST_USE;

/* ---- the simple kinds ---- */

/* The regular file or block device open as @fd, which the caller keeps open
 * and closes; its size as it is now.  Read only: commits write files, see
 * commit/. */
struct source *source_file_open(int fd, struct balimg_error *err) MUST_USE;

/* [@offset, @offset + @len) of @below, which stays the caller's. */
struct source *source_slice_open(struct source *below, uint64_t offset,
				 uint64_t len, struct balimg_error *err)
	MUST_USE;

/* @len bytes at @data, lent, read only. */
struct source *source_memory_open(const void *data, size_t len,
				  struct balimg_error *err) MUST_USE;

#endif /* BALIMG_SOURCE_SOURCE_H */
