/* edit.h - how every edit is carried out
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * run_edit() has the verb put its edits into ctx->edits, opens the image,
 * stages them, shows the plan, and, unless it is a dry run, commits.  A verb
 * that needs the image (repair, undo, an editor that is asked again) says so
 * in its table, and may stage by itself with the calls below.
 */
#ifndef BALIMG_CLI_EDIT_H
#define BALIMG_CLI_EDIT_H

#include "context.h"

/* Run ctx->verb->edit on ctx->path.  Returns 0, or -1 with ctx->err set. */
int run_edit(struct context *ctx, int argc, char **argv);

/* Open ctx->path as the options ask for; drops what was staged before. */
int edit_open(struct context *ctx);

/* Append an edit to ctx->edits. */
int edit_add(struct context *ctx, enum balimg_op op, const char *name,
	     const void *data, size_t len);

/* Stage ctx->edits, and empty it. */
int edit_stage(struct context *ctx);

#endif /* BALIMG_CLI_EDIT_H */
