/* sink.h - where bytes go, one after the other
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * What makes a file need not know whether its bytes are written, hashed or
 * compressed first.
 */
#ifndef BALIMG_BASE_SINK_H
#define BALIMG_BASE_SINK_H

#include <stddef.h>

#include "base/error.h"

struct sink {
	/* Take all @len bytes, lent for the call. */
	int (*write)(struct sink *sink, const void *data, size_t len,
		     struct balimg_error *err);
};

/* Writes at the position of @fd, which is the caller's; pipes, too. */
struct sink_file {
	struct sink head;
	int fd;
};

/* A sink_file for @fd. */
struct sink_file sink_to_file(int fd);

static inline int MUST_USE
sink_write(struct sink *sink, const void *data, size_t len,
	   struct balimg_error *err)
{
	return sink->write(sink, data, len, err);
}

#endif /* BALIMG_BASE_SINK_H */
