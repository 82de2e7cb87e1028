/* slice.c - a part of a text
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "base/slice.h"

bool
slice_is(struct slice slice, const char *text)
{
	return slice.at && slice.len == strlen(text) &&
	       !memcmp(slice.at, text, slice.len);
}

struct slice
slice_next_line(struct slice *text)
{
	const char *end = text->len ? memchr(text->at, '\n', text->len) : NULL;
	struct slice line = *text;
	size_t step = text->len;

	if (end) {
		line.len = (size_t)(end - text->at);
		step = line.len + 1;
	}
	text->at += step;
	text->len -= step;
	if (line.len && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}
