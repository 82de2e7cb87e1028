/* undo.c - take a change back
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "command.h"

static int
undo_change(struct context *ctx, int argc, char **argv)
{
	(void)argc;
	return balimg_undo(ctx->image, argv[0], &ctx->err);
}

static const struct verb verbs[] = {
	{
		.name = "",
		.operands = "IMAGE FILE",
		.summary = "take a change back",
		.needs_image = true,
		.edit = undo_change,
	},
	{ 0 },
};

static const struct example examples[] = {
	{ "balimg undo sdcard.img hostname.undo",
	  "After `balimg config set --undo hostname.undo sdcard.img "
	  "hostname=kiosk`:" },
	{ 0 },
};

const struct command cmd_undo = {
	.name = "undo",
	.group = GROUP_CARE,
	.summary = "take a change back",
	.text = "FILE was written by an edit's `--undo FILE`. The image "
		"becomes what it was before that edit, byte for byte. If it "
		"was changed since, it is left alone, with status 5.",
	.verbs = verbs,
	.examples = examples,
};
