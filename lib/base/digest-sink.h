/* digest-sink.h - a sum of bytes, worked out beside what else is done to them
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Bytes go on to the sink below in the thread that writes them, and are
 * hashed in another one meanwhile.  Memory is 1 MiB.
 */
#ifndef BALIMG_BASE_DIGEST_SINK_H
#define BALIMG_BASE_DIGEST_SINK_H

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/sink.h"

struct digest_sink;

/* Sum up by @kind what is passed on to @below, lent.  Release with
 * digest_sink_close(). */
struct digest_sink *digest_sink_open(enum digest_kind kind, struct sink *below,
				     struct balimg_error *err) MUST_USE;

/* Where the bytes are to be written; lent. */
struct sink *digest_sink_head(struct digest_sink *sink);

/* How many there were; and, of all of them, the sum (SHA256_SIZE or MD5_SIZE
 * bytes), after which none may follow. */
uint64_t digest_sink_size(const struct digest_sink *sink);
void digest_sink_finish(struct digest_sink *sink, uint8_t *sum);

/* Release @sink; NULL is allowed. */
void digest_sink_close(struct digest_sink *sink);
#define AUTO_DIGEST_SINK __attribute__((cleanup(cleanup_digest_sink)))
DEFINE_AUTO(digest_sink, digest_sink_close)

#endif /* BALIMG_BASE_DIGEST_SINK_H */
