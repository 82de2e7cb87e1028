/* gzip.h - a gzip file, made by several threads
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The bytes are cut into pieces, which are deflated each by itself, but with
 * the end of the one before for a dictionary; put together they are one gzip
 * member, as any reader knows it.  What comes out depends on what goes in and
 * on nothing else: not on the number of threads, nor on the clock.  Memory is
 * half a MiB for each thread.
 */
#ifndef BALIMG_BASE_GZIP_H
#define BALIMG_BASE_GZIP_H

#include "base/cleanup.h"
#include "base/sink.h"

struct gzip;

/* Begin a file whose bytes go to @below, lent, from the thread that calls.
 * @threads deflate, 0: as many as there are processors.  Release with
 * gzip_close(). */
struct gzip *gzip_open(struct sink *below, unsigned threads,
		       struct balimg_error *err) MUST_USE;

/* Where the plain bytes are to be written; lent. */
struct sink *gzip_sink(struct gzip *gzip);

/* All was written: bring the rest to the sink below. */
int gzip_finish(struct gzip *gzip, struct balimg_error *err) MUST_USE;

/* Release @gzip; NULL is allowed. */
void gzip_close(struct gzip *gzip);
#define AUTO_GZIP __attribute__((cleanup(cleanup_gzip)))
DEFINE_AUTO(gzip, gzip_close)

#endif /* BALIMG_BASE_GZIP_H */
