/* trace-source.h - a writable source that remembers what was written when
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * It lies over a file, mapped.  Writes and barriers are kept as a list, from
 * which a test can put together every state that a medium may be left in.
 */
#ifndef BALIMG_TESTS_TRACE_SOURCE_H
#define BALIMG_TESTS_TRACE_SOURCE_H

#include "source/source.h"

struct trace_record {
	unsigned epoch;	 /* barriers before it */
	uint64_t offset; /* bytes */
	size_t len;
	uint8_t *data;
};

enum trace_kind {
	TRACE_PRIVATE, /* the file stays as it is */
	TRACE_SHARED,  /* writes go to the file, too */
};

/* Open the file @path; ends the program if that fails. */
struct source *trace_open(const char *path, enum trace_kind kind);

size_t trace_count(const struct source *source);
const struct trace_record *trace_get(const struct source *source, size_t at);

/* Barriers so far. */
unsigned trace_epoch(const struct source *source);

/* Forget the records, and count epochs from 0 again. */
void trace_reset(struct source *source);

/* Let the write number @at from now on fail with BALIMG_E_IO; 0: none. */
void trace_fail_at(struct source *source, size_t at);

/* Bytes read so far. */
uint64_t trace_bytes_read(const struct source *source);

#endif /* BALIMG_TESTS_TRACE_SOURCE_H */
