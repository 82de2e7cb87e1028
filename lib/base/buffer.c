/* buffer.c - bytes that grow
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

/* Room for @more bytes and the NUL; false once memory ran out. */
static bool
reserve(struct buffer *buf, size_t more)
{
	size_t want;
	char *data;

	if (buf->failed)
		return false;
	if (more < buf->size - buf->len)
		return true;
	if (more > SIZE_MAX / 4 - buf->len) {
		buf->failed = true;
		return false;
	}

	want = 2 * (buf->len + more) + 64;
	data = realloc(buf->data, want);
	if (!data) {
		buf->failed = true;
		return false;
	}
	buf->data = data;
	buf->size = want;
	return true;
}

void
buffer_add(struct buffer *buf, const void *data, size_t len)
{
	if (!reserve(buf, len))
		return;
	if (len)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void
buffer_puts(struct buffer *buf, const char *text)
{
	buffer_add(buf, text, strlen(text));
}

void
buffer_printf(struct buffer *buf, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0) {
		buf->failed = true;
		return;
	}
	if (!reserve(buf, (size_t)len))
		return;

	va_start(ap, fmt);
	vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	buf->len += (size_t)len;
}

void
buffer_splice(struct buffer *buf, size_t at, size_t cut, const void *data,
	      size_t len)
{
	if (!reserve(buf, len))
		return;
	memmove(buf->data + at + len, buf->data + at + cut,
		buf->len - at - cut);
	if (len)
		memcpy(buf->data + at, data, len);
	buf->len = buf->len - cut + len;
	buf->data[buf->len] = '\0';
}

char *
buffer_take(struct buffer *buf, size_t *len, struct balimg_error *err)
{
	char *data;

	buffer_add(buf, "", 0);
	if (buf->failed) {
		error_nomem(err);
		return NULL;
	}
	if (len)
		*len = buf->len;
	data = buf->data;
	*buf = (struct buffer)BUFFER_INIT;
	return data;
}

void
buffer_free(struct buffer *buf)
{
	free(buf->data);
	*buf = (struct buffer)BUFFER_INIT;
}
