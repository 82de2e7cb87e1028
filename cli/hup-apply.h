/* hup-apply.h - update bundles and images, for cli/hup.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CLI_HUP_APPLY_H
#define BALIMG_CLI_HUP_APPLY_H

#include "command.h"

/* The options of hup apply, and of hup verify. */
extern const struct option hup_apply_options[];
extern const struct option hup_verify_options[];

/* Put bundle @argv[0] into the image. */
int hup_apply(struct context *ctx, int argc, char **argv);

/* The report on bundle @path, with what speaks against the image that
 * --against names; NULL with ctx->err set. */
char *hup_match(struct context *ctx, const char *path);

/* Refuse options of hup verify that do not go together. */
int hup_check_verify(struct context *ctx);

/* Was --against given? */
bool hup_has_match(const struct context *ctx);

/* What --basis of hup verify names, or NULL. */
const char *hup_basis(const struct context *ctx);

#endif /* BALIMG_CLI_HUP_APPLY_H */
