/* dev.c - development mode
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>

#include "answer.h"
#include "cleanup.h"
#include "command.h"
#include "edit.h"
#include "text.h"

static int
turn_on(struct context *ctx, int argc, char **argv)
{
	(void)argc, (void)argv;
	return edit_add(ctx, BALIMG_DEV_ON, NULL, NULL, 0);
}

static int
turn_off(struct context *ctx, int argc, char **argv)
{
	(void)argc, (void)argv;
	return edit_add(ctx, BALIMG_DEV_OFF, NULL, NULL, 0);
}

static const char *
enabled_word(const json_t *enabled)
{
	if (json_is_true(enabled))
		return "on";
	return json_is_false(enabled) ? "off" : "unknown";
}

static int
show_status(struct context *ctx, int argc, char **argv)
{
	AUTO_TEXT char *text = NULL;
	AUTO_JSON json_t *status = NULL;
	const char *reason;

	(void)argc, (void)argv;
	text = balimg_development_status(ctx->image, &ctx->err);
	status = answer_parse(ctx, text);
	if (!status)
		return -1;
	if (answer_passed_on(ctx, text))
		return 0;
	fputs(enabled_word(json_object_get(status, "enabled")), stdout);
	reason = answer_string(status, "reason");
	if (*reason && !ctx->quiet) {
		fputs("  ", stdout);
		text_put(stdout, reason);
	}
	putchar('\n');
	return 0;
}

static const struct verb verbs[] = {
	{
		.name = "on",
		.operands = "IMAGE",
		.summary = "turn development mode on",
		.edit = turn_on,
	},
	{
		.name = "off",
		.operands = "IMAGE",
		.summary = "turn development mode off",
		.edit = turn_off,
	},
	{
		.name = "status",
		.operands = "IMAGE",
		.summary = "print `on`, `off` or `unknown`, and why",
		.read = show_status,
	},
	{ 0 },
};

static const struct example examples[] = {
	{ "balimg dev on sdcard.img", "For work at the desk:" },
	{ 0 },
};

const struct command cmd_dev = {
	.name = "dev",
	.group = GROUP_CUSTOMISE,
	.summary = "development mode: on or off",
	.text = "A device in development mode lets everyone in its network "
		"log in as root and use its container engine. It is a key of "
		"config.json since balenaOS 2.85.0. Earlier releases came as "
		"two images: the files of the root file system that tell one "
		"from the other (root's password, the SSH server, the "
		"engine's socket, the variant) are edited, and get their "
		"bytes back when it is switched back; until then these are "
		"kept in the root partition. So are the links that start "
		"logins at serial ports, for the ports that the boot "
		"partition names (console=ttyS0,115200), and the hostname "
		"that such images had, `balena` or `resin`, unless there is "
		"another. Logins at a screen stay as they were built.",
	.verbs = verbs,
	.examples = examples,
};
