/* hup.h - what the files of the hup command share
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CLI_HUP_H
#define BALIMG_CLI_HUP_H

#include <jansson.h>

#include "command.h"

/* The file that an operand names: "-" is standard input. */
const char *hup_file(const char *word);

/* Print what every answer about a bundle begins with: its name, its kind, the
 * OS and the device type. */
void hup_put_head(const struct context *ctx, const char *title,
		  const json_t *answer);

/* ---- hup-build.c ---- */

extern const struct option hup_build_options[];
int hup_build(struct context *ctx, int argc, char **argv);

/* ---- hup-diff.c ---- */

int hup_diff(struct context *ctx, int argc, char **argv);

/* ---- hup-unpack.c ---- */

extern const struct option hup_unpack_options[];
int hup_unpack(struct context *ctx, int argc, char **argv);

#endif /* BALIMG_CLI_HUP_H */
