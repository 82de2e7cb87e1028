/* slice.h - a part of a text
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BASE_SLICE_H
#define BALIMG_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of a text, lent; there need be no NUL behind them. */
struct slice {
	const char *at; /* may be NULL where a user's header says so */
	size_t len;
};

/* Is it there, and the same as @text? */
bool slice_is(struct slice slice, const char *text);

/* Cut the first line off the head of @text; without its end, LF or CR LF. */
struct slice slice_next_line(struct slice *text);

#endif /* BALIMG_BASE_SLICE_H */
