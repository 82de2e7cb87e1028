/* context.h - all that one run of the tool knows
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * There is no global state: what the command line asked for, the open image
 * and the error are here, and are passed down.
 */
#ifndef BALIMG_CLI_CONTEXT_H
#define BALIMG_CLI_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

#include <balimg.h>

struct command;
struct option;
struct verb;

/* An option that was given; value is NULL for one that takes none. */
struct given {
	const struct option *option;
	const char *value;
};

enum color_mode {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
};

struct context {
	const struct command *command; /* NULL until it is known */
	const struct verb *verb;       /* NULL until it is known */
	struct given *given;	       /* in the order of the command line */
	size_t given_count;
	bool json, show_secrets, quiet;
	enum color_mode color;

	bool stdin_taken; /* by an operand "-" */
	char *path; /* the image, as it was named */
	char *key;  /* what opens encrypted volumes, or NULL */
	size_t key_len;
	struct balimg_image *image;
	struct balimg_edits *edits;
	struct balimg_error err;
};

/* Release all that @ctx holds. */
void context_clear(struct context *ctx);

/* Was the option with @id given? */
bool context_has(const struct context *ctx, int id);

/* The value that was given last for @id, or NULL. */
const char *context_value(const struct context *ctx, int id);

/* The balimg_flags that the options stand for; BALIMG_WRITE is left out. */
unsigned context_flags(const struct context *ctx);

#endif /* BALIMG_CLI_CONTEXT_H */
