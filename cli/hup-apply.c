/* hup-apply.c - install an update bundle into an image
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>

#include "command.h"
#include "hup-apply.h"
#include "hup.h"
#include "image.h"
#include "progress.h"
#include "report.h"
#include "xalloc.h"

enum {
	HUP_REPLACE = OPTION_OWN,
	HUP_AGAINST,
	HUP_BASIS,
};

const struct option hup_apply_options[] = {
	{ HUP_REPLACE, 0, "replace", NULL,
	  "into the root that is started, not into the other one: an old "
	  "download becomes a new one" },
	{ 0 },
};

const struct option hup_verify_options[] = {
	{ HUP_AGAINST, 0, "against", "IMAGE",
	  "does it fit this image: device type, release, room?" },
	{ HUP_BASIS, 0, "basis", "FILE",
	  "verify what a delta makes of this bundle or image" },
	{ HUP_REPLACE, 0, "replace", NULL,
	  "with --against: in the root that is started" },
	{ 0 },
};

int
hup_check_verify(struct context *ctx)
{
	if (hup_has_match(ctx) && hup_basis(ctx))
		return fail_usage(ctx, "--against and --basis do not go "
				       "together: make the whole bundle by "
				       "hup build");
	if (context_has(ctx, HUP_REPLACE) && !hup_has_match(ctx))
		return fail_usage(ctx, "--replace goes with --against");
	return 0;
}

static unsigned
choose_flags(const struct context *ctx)
{
	unsigned flags = context_flags(ctx) & BALIMG_FORCE;

	if (context_has(ctx, HUP_REPLACE))
		flags |= BALIMG_REPLACE;
	return flags;
}

int
hup_apply(struct context *ctx, int argc, char **argv)
{
	struct progress progress;
	int ret;

	(void)argc;
	progress_show(&progress, ctx);
	ret = balimg_bundle_apply(ctx->image, hup_file(argv[0]),
				  choose_flags(ctx), &ctx->err);
	progress_hide(&progress);
	return ret;
}

const char *
hup_basis(const struct context *ctx)
{
	return context_value(ctx, HUP_BASIS);
}

bool
hup_has_match(const struct context *ctx)
{
	return context_has(ctx, HUP_AGAINST);
}

char *
hup_match(struct context *ctx, const char *path)
{
	struct progress progress;
	char *text;

	ctx->path = xasprintf("%s", context_value(ctx, HUP_AGAINST));
	if (image_open(ctx, 0) < 0)
		return NULL;
	progress_begin(&progress, ctx);
	text = balimg_bundle_match(ctx->image, path, choose_flags(ctx),
				   &ctx->err);
	progress_end(&progress);
	free(ctx->path);
	ctx->path = xasprintf("%s", path);
	return text;
}
