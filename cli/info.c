/* info.c - what an image is, and what is customised in it
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "cleanup.h"
#include "command.h"
#include "parts.h"
#include "report.h"
#include "size.h"
#include "table.h"
#include "term.h"
#include "text.h"
#include "xalloc.h"

#define MAX_NAMES 100u /* of a list */

static const char *
label_name(const char *label)
{
	if (!strcmp(label, "gpt"))
		return "GPT";
	if (!strcmp(label, "dos"))
		return "MBR";
	return *label ? "no partition table" : "damaged partition table";
}

/* Without a description: is there none, or one that cannot be read? */
static bool
has_boot(const json_t *partitions)
{
	const json_t *part;
	size_t i;

	json_array_foreach(partitions, i, part) {
		if (!strcmp(answer_string(part, "role"), "boot"))
			return true;
	}
	return false;
}

static void
put_os(const struct context *ctx, const json_t *info)
{
	const json_t *os = json_object_get(info, "os");

	if (!json_is_object(os)) {
		table_put_fact(ctx, "OS",
			       has_boot(json_object_get(info, "partitions")) ?
				       "cannot be read" :
				       "no balenaOS found");
		return;
	}
	table_put_fact(ctx, "OS",
		       *answer_string(os, "version") ?
			       answer_string(os, "version") :
			       "of an unknown version");
	table_put_fact(ctx, "variant", answer_string(os, "variant"));
	table_put_fact(ctx, "device type", answer_string(os, "deviceType"));
	table_put_fact(ctx, "kind",
		       answer_is_true(os, "flasher") ?
			       "flasher: installs the OS to "
			       "the internal disk" :
			       "");
}

static void
put_head(const struct context *ctx, const json_t *info)
{
	uint64_t size = (uint64_t)answer_number(info, "size");
	AUTO_FREE char *disk = NULL;
	char text[SIZE_TEXT];

	table_put_title(ctx, answer_string(info, "path"));
	put_os(ctx, info);
	disk = xasprintf("%s, %s", size_text(text, size),
			 label_name(answer_string(info, "label")));
	table_put_fact(ctx, "disk", disk);
}

/* A list of names as one line; of very many, the first. */
static char *
join(const json_t *names)
{
	char *joined = xasprintf("%s", "");
	size_t count = json_array_size(names);
	const json_t *name;
	size_t i;

	json_array_foreach(names, i, name) {
		if (i == MAX_NAMES)
			break;
		AUTO_FREE char *before = joined;

		joined = xasprintf(
			"%s%s%s", before, *before ? ", " : "",
			json_is_string(name) ? json_string_value(name) : "?");
	}
	if (count > MAX_NAMES) {
		AUTO_FREE char *before = joined;

		joined = xasprintf("%s, and %zu more", before,
				   count - MAX_NAMES);
	}
	return joined;
}

/* A member of "customised", whatever its kind. */
static char *
describe(const json_t *value)
{
	if (json_is_array(value))
		return join(value);
	if (json_is_string(value))
		return xasprintf("%s", json_string_value(value));
	if (json_is_integer(value) && json_integer_value(value))
		return xasprintf("%lld", (long long)json_integer_value(value));
	if (json_is_boolean(value))
		return xasprintf("%s", json_is_true(value) ? "on" : "off");
	return xasprintf("%s", "");
}

static void
put_customised(const struct context *ctx, const json_t *customised)
{
	static const struct {
		const char *key, *label;
	} facts[] = {
		{ "configKeys", "config keys" },
		{ "splash", "splash" },
		{ "udevRules", "udev rules" },
		{ "sshKeys", "SSH keys" },
		{ "networks", "networks" },
		{ "developmentMode", "development" },
	};
	size_t i;

	if (json_is_object(customised))
		putchar('\n');
	for (i = 0; i < sizeof(facts) / sizeof(*facts); i++) {
		AUTO_FREE char *text = NULL;

		text = describe(json_object_get(customised, facts[i].key));
		table_put_fact(ctx, facts[i].label, text);
	}
}

static void
put_partitions(const struct context *ctx, const json_t *of)
{
	const json_t *partitions = json_object_get(of, "partitions");

	putchar('\n');
	parts_draw(ctx, partitions, (uint64_t)answer_number(of, "size"), 2);
	parts_print(ctx, partitions, 2);
}

/* The image that an installer puts on the device. */
static void
put_inner(const struct context *ctx, const json_t *inner)
{
	uint64_t size = (uint64_t)answer_number(inner, "size");
	const json_t *os = json_object_get(inner, "os");
	AUTO_FREE char *disk = NULL;
	char text[SIZE_TEXT];

	if (!json_is_object(inner))
		return;
	printf("\n%sinstalls ", term_ink(ctx, stdout, INK_BOLD));
	text_put(stdout, answer_string(inner, "where"));
	putchar(':');
	text_put(stdout, answer_string(inner, "path"));
	printf("%s\n", term_ink(ctx, stdout, INK_PLAIN));
	table_put_fact(ctx, "OS", answer_string(os, "version"));
	table_put_fact(ctx, "device type", answer_string(os, "deviceType"));
	disk = xasprintf("%s, %s%s", size_text(text, size),
			 label_name(answer_string(inner, "label")),
			 answer_is_true(inner, "signed") ? ", signed" : "");
	table_put_fact(ctx, "disk", disk);
	put_partitions(ctx, inner);
}

static void
put_warnings(const struct context *ctx, const json_t *warnings)
{
	const json_t *warning;
	size_t i;

	fflush(stdout);
	json_array_foreach(warnings, i, warning)
		say_note(ctx, answer_string(warning, "severity"),
			 answer_string(warning, "where"),
			 answer_string(warning, "text"));
}

static int
show_info(struct context *ctx, int argc, char **argv)
{
	AUTO_TEXT char *text = NULL;
	AUTO_JSON json_t *info = NULL;

	(void)argc, (void)argv;
	text = balimg_info(ctx->image, context_flags(ctx), &ctx->err);
	info = answer_parse(ctx, text);
	if (!info)
		return -1;
	if (answer_passed_on(ctx, text))
		return 0;
	put_head(ctx, info);
	put_partitions(ctx, info);
	put_customised(ctx, json_object_get(info, "customised"));
	put_inner(ctx, json_object_get(info, "inner"));
	put_warnings(ctx, json_object_get(info, "warnings"));
	return 0;
}

static const struct verb verbs[] = {
	{
		.name = "",
		.operands = "IMAGE",
		.summary = "show what an image is, and what is customised",
		.tells_notes = true,
		.read = show_info,
	},
	{ 0 },
};

static const struct example examples[] = {
	{ "balimg info sdcard.img", "Look at an image:" },
	{ "balimg info --json sdcard.img | jq -r .os.version",
	  "Ask for one thing:" },
	{ 0 },
};

const struct command cmd_info = {
	.name = "info",
	.group = GROUP_LOOK,
	.summary = "show what an image is, and what is customised",
	.text = "The version of the OS, the device type, the partitions, the "
		"keys of config.json that are set, splash, udev rules, SSH "
		"keys and networks are shown, and warnings of what may go "
		"wrong.",
	.verbs = verbs,
	.examples = examples,
};
