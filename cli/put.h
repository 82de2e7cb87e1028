/* put.h - what customize shares with the put command
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CLI_PUT_H
#define BALIMG_CLI_PUT_H

#include "context.h"

/* Append the edit that copies the file @path to @inside, "PART/PATH"; where
 * that ends in a slash, or has none, the file keeps its name. */
int put_add_file(struct context *ctx, const char *path, const char *inside);

/* The same for "FILE=PART/PATH". */
int put_add_assignment(struct context *ctx, const char *word);

#endif /* BALIMG_CLI_PUT_H */
