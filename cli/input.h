/* input.h - bytes from files, from standard input, and from operands
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CLI_INPUT_H
#define BALIMG_CLI_INPUT_H

#include <stddef.h>

#include "context.h"

/* Read all of @path ("-": standard input), at most 64 MiB, to a new buffer
 * that has a NUL behind its *@len bytes.  Returns 0, or -1 with ctx->err. */
int input_read(struct context *ctx, const char *path, char **data,
	       size_t *len);

/* What messages call @path: "standard input" for "-". */
const char *input_title(const char *path);

/* A value as it is written on a command line: "@FILE" and "@-" stand for the
 * content of the file less one final newline, "@@TEXT" for "@TEXT". */
int input_value(struct context *ctx, const char *word, char **data,
		size_t *len);

/* Append the edit that KEY=VALUE or KEY:=JSON asks for to ctx->edits; with
 * @json, KEY=JSON is read as KEY:=JSON. */
int input_assignment(struct context *ctx, const char *word, bool json);

/* The name in @path without folders, and without the ending @ending, new. */
char *input_base_name(const char *path, const char *ending);

/* Append the edit that makes the PNG file @path the splash. */
int input_splash(struct context *ctx, const char *path);

#endif /* BALIMG_CLI_INPUT_H */
