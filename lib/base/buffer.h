/* buffer.h - bytes that grow
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A buffer may be appended to without looking at each result: once memory
 * ran out it stays failed, and buffer_take() says so.  Its bytes always end
 * with a NUL that @len does not count.
 */
#ifndef BALIMG_BASE_BUFFER_H
#define BALIMG_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct buffer {
	char *data; /* NULL until the first byte */
	size_t len;
	size_t size;
	bool failed;
};

#define BUFFER_INIT { NULL, 0, 0, false }
#define AUTO_BUFFER __attribute__((cleanup(buffer_free)))

/* Append @len bytes; a string; formatted text. */
void buffer_add(struct buffer *buf, const void *data, size_t len);
void buffer_puts(struct buffer *buf, const char *text);
void buffer_printf(struct buffer *buf, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Replace the @cut bytes at @at by @len bytes of @data; @at + @cut must lie
 * within the buffer. */
void buffer_splice(struct buffer *buf, size_t at, size_t cut, const void *data,
		   size_t len);

/* Move the bytes to the caller, who frees them ("" rather than NULL when
 * empty); *@len is set unless NULL.  NULL with @err set if memory ran out at
 * any time.  The buffer is empty afterwards. */
char *buffer_take(struct buffer *buf, size_t *len, struct balimg_error *err)
	MUST_USE;

/* Release the bytes; the buffer is empty and usable afterwards. */
void buffer_free(struct buffer *buf);

#endif /* BALIMG_BASE_BUFFER_H */
