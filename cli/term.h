/* term.h - how wide the terminal is, and whether it wants colour
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CLI_TERM_H
#define BALIMG_CLI_TERM_H

#include <stdbool.h>
#include <stdio.h>

#include "context.h"

enum ink {
	INK_PLAIN, /* ends any other */
	INK_BOLD,
	INK_DIM,
	INK_RED,
	INK_GREEN,
	INK_YELLOW,
	INK_BLUE,
	INK_MAGENTA,
	INK_CYAN,
};

/* What turns @ink on at @out, "" where it is not to be coloured. */
const char *term_ink(const struct context *ctx, FILE *out, enum ink ink);

/* Does @out show colour, and is it wanted? */
bool term_has_color(const struct context *ctx, FILE *out);

/* Columns of the terminal at @out, from 40; 80 if it is none. */
size_t term_width(FILE *out);

bool term_is_terminal(FILE *out);

#endif /* BALIMG_CLI_TERM_H */
