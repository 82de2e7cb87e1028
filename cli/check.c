/* check.c - look for faults in an image
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "answer.h"
#include "cleanup.h"
#include "command.h"
#include "findings.h"

static int
check_image(struct context *ctx, int argc, char **argv)
{
	AUTO_TEXT char *text = NULL;
	AUTO_JSON json_t *root = NULL;
	const json_t *findings;

	(void)argc, (void)argv;
	text = balimg_check(ctx->image, &ctx->err);
	root = answer_parse(ctx, text);
	if (!root)
		return -1;
	findings = json_object_get(root, "findings");
	if (!answer_passed_on(ctx, text))
		findings_print(ctx, findings, "where", "");
	return findings_have_errors(findings);
}

static const struct verb verbs[] = {
	{
		.name = "",
		.operands = "IMAGE",
		.summary = "look for faults in an image",
		.read = check_image,
	},
	{ 0 },
};

static const struct example examples[] = {
	{ "balimg check sdcard.img && echo sound", "In a script:" },
	{ 0 },
};

const struct command cmd_check = {
	.name = "check",
	.group = GROUP_LOOK,
	.summary = "look for faults in an image",
	.text = "The partition table, the FAT file systems, the state, "
		"checksums and counts of ext file systems, and what balenaOS "
		"keeps in the boot partition, which must be there, are "
		"checked. Nothing is written; `balimg repair` mends what it "
		"can.",
	.verbs = verbs,
	.examples = examples,
	.exit_text = "errors were found",
};
