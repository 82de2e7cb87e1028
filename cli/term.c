/* term.c - how wide the terminal is, and whether it wants colour
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "term.h"

bool
term_is_terminal(FILE *out)
{
	return isatty(fileno(out)) == 1;
}

bool
term_has_color(const struct context *ctx, FILE *out)
{
	const char *term = getenv("TERM");
	const char *no_color = getenv("NO_COLOR");

	if (ctx->color != COLOR_AUTO)
		return ctx->color == COLOR_ALWAYS;
	if (no_color && *no_color)
		return false;
	return term && strcmp(term, "dumb") && term_is_terminal(out);
}

const char *
term_ink(const struct context *ctx, FILE *out, enum ink ink)
{
	static const char *const codes[] = {
		[INK_PLAIN] = "\033[0m",  [INK_BOLD] = "\033[1m",
		[INK_DIM] = "\033[2m",	  [INK_RED] = "\033[31m",
		[INK_GREEN] = "\033[32m", [INK_YELLOW] = "\033[33m",
		[INK_BLUE] = "\033[34m",  [INK_MAGENTA] = "\033[35m",
		[INK_CYAN] = "\033[36m",
	};

	return term_has_color(ctx, out) ? codes[ink] : "";
}

size_t
term_width(FILE *out)
{
	struct winsize size = { 0 };

	if (ioctl(fileno(out), TIOCGWINSZ, &size) < 0 || !size.ws_col)
		return 80;
	return size.ws_col < 40 ? 40 : size.ws_col;
}
