/* output.h - bytes of an image, written outside it
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A regular file appears whole or not at all, and replaces another only with
 * --force, but never the image.  A terminal gets text made harmless, and no
 * binary data.
 */
#ifndef BALIMG_CLI_OUTPUT_H
#define BALIMG_CLI_OUTPUT_H

#include <stddef.h>

#include "context.h"

struct output {
	const char *path; /* "-": standard output */
	char *temporary;  /* a new file beside it, to be renamed; or NULL */
	int fd;		  /* write here */
};

/* *@compress: the compression that the name of a file asks for by its end, in
 * letters of either case ("gz", ...); NULL: none.  Refused is an end that
 * stands for what is not written; @known are those to be named instead. */
int output_compression(struct context *ctx, const char *file,
		       const char *known, const char **compress);

/* Begin to write @path.  Returns 0, or -1 with ctx->err set. */
int output_open(struct context *ctx, struct output *output, const char *path);

/* All is written: let the file appear; under --json, say so. */
int output_commit(struct context *ctx, struct output *output);

/* Release @output; what was not committed is gone. */
void output_close(struct output *output);

#define AUTO_OUTPUT __attribute__((cleanup(output_close)))

/* Refuse -o where it names standard output, to which @what is not written, or
 * the undo file, and names that are empty. */
int output_check_file(struct context *ctx, const char *what);

/* Print @len bytes that came from an image to standard output. */
int output_print(struct context *ctx, const char *data, size_t len);

#endif /* BALIMG_CLI_OUTPUT_H */
