/* run.h - from the words of a command line to a verb at work
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CLI_RUN_H
#define BALIMG_CLI_RUN_H

#include "context.h"

/* Run ctx->command with the @argc words that followed it.  Returns 0, 1 for
 * "the answer is no", or -1 with ctx->err set. */
int run_command(struct context *ctx, int argc, char **argv);

#endif /* BALIMG_CLI_RUN_H */
