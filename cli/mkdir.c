/* mkdir.c - make folders in an image
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "command.h"
#include "edit.h"

static int
make_folders(struct context *ctx, int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (edit_add(ctx, BALIMG_FILE_MKDIR, argv[i], NULL, 0) < 0)
			return -1;
	}
	return 0;
}

static const struct verb verbs[] = {
	{
		.name = "",
		.operands = "IMAGE:PART/PATH...",
		.summary = "make folders in an image",
		.edit = make_folders,
	},
	{ 0 },
};

static const struct example examples[] = {
	{ "balimg mkdir sdcard.img:boot/dispatcher.d", "Make a folder:" },
	{ 0 },
};

const struct command cmd_mkdir = {
	.name = "mkdir",
	.group = GROUP_FILES,
	.summary = "make folders in an image",
	.text = "The folder that is to hold it must be there.",
	.verbs = verbs,
	.examples = examples,
};
