/* edit.c - how every edit is carried out
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "answer.h"
#include "cleanup.h"
#include "command.h"
#include "edit.h"
#include "image.h"
#include "output.h"
#include "plan.h"
#include "progress.h"
#include "report.h"

int
edit_open(struct context *ctx)
{
	unsigned flags = context_flags(ctx);

	if (!context_has(ctx, OPTION_DRY_RUN) &&
	    !context_has(ctx, OPTION_OUTPUT))
		flags |= BALIMG_WRITE;

	return image_open(ctx, flags);
}

int
edit_add(struct context *ctx, enum balimg_op op, const char *name,
	 const void *data, size_t len)
{
	return balimg_edits_add(ctx->edits, op, name, data, len, &ctx->err);
}

int
edit_stage(struct context *ctx)
{
	struct progress progress;
	int ret;

	progress_show(&progress, ctx);
	ret = balimg_apply(ctx->image, ctx->edits,
			   context_flags(ctx) & BALIMG_FORCE, &ctx->err);
	progress_hide(&progress);
	balimg_edits_free(ctx->edits);
	ctx->edits = NULL;
	if (ret < 0)
		return -1;
	ctx->edits = balimg_edits_new(&ctx->err);
	return ctx->edits ? 0 : -1;
}

static json_t *
commit(struct context *ctx)
{
	unsigned flags = context_flags(ctx) & BALIMG_FORCE;
	AUTO_TEXT char *text = NULL;
	struct progress progress;

	if (context_has(ctx, OPTION_DRY_RUN))
		flags |= BALIMG_DRY_RUN;

	progress_begin(&progress, ctx);
	text = balimg_commit(ctx->image, context_value(ctx, OPTION_OUTPUT),
			     context_value(ctx, OPTION_UNDO), flags,
			     &ctx->err);
	progress_end(&progress);
	return answer_parse(ctx, text);
}

/* Show the plan, and write. */
static int
finish(struct context *ctx)
{
	AUTO_JSON json_t *plan = NULL;
	AUTO_JSON json_t *done = NULL;

	plan = plan_read(ctx);
	if (!plan)
		return -1;
	plan_put_notes(ctx, plan);
	done = commit(ctx);
	if (!done)
		return -1;
	plan_put(ctx, plan, context_has(ctx, OPTION_DRY_RUN) ? NULL : done);
	return 0;
}

int
run_edit(struct context *ctx, int argc, char **argv)
{
	bool first = ctx->verb->needs_image;
	int status;

	if (output_check_file(ctx, "an image") < 0)
		return -1;
	ctx->edits = balimg_edits_new(&ctx->err);
	if (!ctx->edits || (first && edit_open(ctx) < 0))
		return -1;
	status = ctx->verb->edit(ctx, argc, argv);
	if (status < 0)
		return -1;
	if ((!first && edit_open(ctx) < 0) || edit_stage(ctx) < 0)
		return -1;
	return finish(ctx) < 0 ? -1 : status;
}
