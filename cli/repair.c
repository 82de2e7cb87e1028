/* repair.c - mend what check found
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "answer.h"
#include "ask.h"
#include "cleanup.h"
#include "command.h"
#include "edit.h"
#include "findings.h"
#include "report.h"

/* May it be done?  A dry run needs no leave. */
static int
get_leave(struct context *ctx)
{
	if (context_has(ctx, OPTION_YES) || context_has(ctx, OPTION_DRY_RUN))
		return 0;
	if (!ask_can()) {
		fail(ctx, BALIMG_E_REFUSED, "nothing was repaired");
		return fail_hint(ctx, "--yes repairs without asking");
	}
	if (ask("Repair?", false))
		return 0;
	return fail(ctx, BALIMG_E_REFUSED, "nothing was repaired");
}

static int
repair_image(struct context *ctx, int argc, char **argv)
{
	AUTO_TEXT char *text = NULL;
	AUTO_JSON json_t *root = NULL;
	const json_t *findings;
	bool lasting;

	(void)argc, (void)argv;
	text = balimg_check(ctx->image, &ctx->err);
	root = answer_parse(ctx, text);
	if (!root)
		return -1;
	findings = json_object_get(root, "findings");
	if (!ctx->json && !ctx->quiet)
		findings_print(ctx, findings, "where", "");
	lasting = findings_have_lasting(findings);
	if (!findings_repairable(findings))
		return lasting;
	if (get_leave(ctx) < 0 || balimg_repair(ctx->image, &ctx->err) < 0)
		return -1;
	return lasting;
}

static const struct verb verbs[] = {
	{
		.name = "",
		.operands = "IMAGE",
		.summary = "mend faults, and finish an interrupted write",
		.needs_image = true,
		.edit = repair_image,
	},
	{ 0 },
};

static const struct example examples[] = {
	{ "balimg repair -n sdcard.img", "See what would be done:" },
	{ "balimg repair --yes sdcard.img", "Do it without being asked:" },
	{ 0 },
};

const struct command cmd_repair = {
	.name = "repair",
	.group = GROUP_CARE,
	.summary = "mend faults, and finish an interrupted write",
	.text = "What `balimg check` finds is shown, and you are asked "
		"before anything is written; without a terminal, `--yes` is "
		"needed. Only what is shown as repairable is touched. A "
		"write that was interrupted is finished first; on a device "
		"that, too, needs `--yes`.",
	.verbs = verbs,
	.examples = examples,
	.exit_text = "there are errors that it cannot mend",
};
