/* rm.c - remove files from an image
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "command.h"
#include "edit.h"

static int
remove_files(struct context *ctx, int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (edit_add(ctx, BALIMG_FILE_REMOVE, argv[i], NULL, 0) < 0)
			return -1;
	}
	return 0;
}

static const struct verb verbs[] = {
	{
		.name = "",
		.operands = "IMAGE:PART/PATH...",
		.summary = "remove files and empty folders from an image",
		.edit = remove_files,
	},
	{ 0 },
};

static const struct example examples[] = {
	{ "balimg rm sdcard.img:boot/notes.txt", "Remove a file:" },
	{ 0 },
};

const struct command cmd_rm = {
	.name = "rm",
	.group = GROUP_FILES,
	.summary = "remove files and empty folders from an image",
	.text = "What is to be removed must be there, and a folder must be "
		"empty. In a root with layers, nothing is removed that a "
		"lower layer would let show through.",
	.verbs = verbs,
	.examples = examples,
};
