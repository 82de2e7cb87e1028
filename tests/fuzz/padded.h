/* padded.h - a fuzz input as the beginning of a larger image
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Zeroes follow, so that small inputs hold large partitions.
 */
#ifndef BALIMG_TESTS_FUZZ_PADDED_H
#define BALIMG_TESTS_FUZZ_PADDED_H

#include <string.h>

#include "source/source.h"

struct padded {
	struct source source;
	const uint8_t *data;
	size_t len; /* bytes at @data */
};

static inline void
padded_close(struct source *source)
{
	(void)source;
}

static inline int
padded_read(struct source *source, uint64_t offset, void *data, size_t len,
	    struct balimg_error *err)
{
	struct padded *padded = (struct padded *)source;
	size_t now = 0;

	(void)err;
	if (offset < padded->len) {
		now = padded->len - (size_t)offset;
		if (now > len)
			now = len;
		memcpy(data, padded->data + offset, now);
	}
	memset((char *)data + now, 0, len - now);
	return 0;
}

/* Begin an image of @size bytes, at least @len, with @data; nothing needs to
 * be closed. */
static inline void
padded_open(struct padded *padded, const uint8_t *data, size_t len,
	    uint64_t size)
{
	static const struct source_ops ops = {
		.kind = "padded input",
		.close = padded_close,
		.read = padded_read,
	};

	*padded = (struct padded){
		.source = { .ops = &ops, .size = size },
		.data = data,
		.len = len,
	};
}

#endif /* BALIMG_TESTS_FUZZ_PADDED_H */
