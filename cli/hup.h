/* hup.h - what the files of the hup command share
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CLI_HUP_H
#define BALIMG_CLI_HUP_H

#include "command.h"

/* The file that an operand names: "-" is standard input. */
const char *hup_file(const char *word);

/* What a kind of bundle is called, for people. */
const char *hup_format_title(const char *format);

/* ---- hup-build.c ---- */

extern const struct option hup_build_options[];
int hup_build(struct context *ctx, int argc, char **argv);

/* ---- hup-diff.c ---- */

int hup_diff(struct context *ctx, int argc, char **argv);

/* ---- hup-unpack.c ---- */

extern const struct option hup_unpack_options[];
int hup_unpack(struct context *ctx, int argc, char **argv);

#endif /* BALIMG_CLI_HUP_H */
