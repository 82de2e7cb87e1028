/* config.c - read and change config.json
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "cleanup.h"
#include "command.h"
#include "config-edit.h"
#include "edit.h"
#include "findings.h"
#include "input.h"
#include "output.h"
#include "table.h"
#include "topic.h"

enum {
	OPTION_SECRET_KEYS = OPTION_OWN
};

/* A value for people: a string as it is, anything else as JSON. */
static int
print_value(struct context *ctx, const char *text)
{
	AUTO_JSON json_t *value = answer_parse(ctx, text);

	if (!value)
		return -1;
	if (!json_is_string(value)) {
		answer_put_text(text);
		return 0;
	}
	if (output_print(ctx, json_string_value(value),
			 json_string_length(value)) < 0)
		return -1;
	putchar('\n');
	return 0;
}

/* The file may be anything; only JSON is an answer. */
static int
pass_on(struct context *ctx, const char *text)
{
	AUTO_JSON json_t *value = answer_parse(ctx, text);

	if (!value)
		return -1;
	answer_put_text(text);
	return 0;
}

static int
get_config(struct context *ctx, int argc, char **argv)
{
	const char *key = argc ? argv[0] : NULL;
	AUTO_TEXT char *text = NULL;

	text = balimg_config_get(ctx->image, key, context_flags(ctx),
				 &ctx->err);
	if (!text)
		return -1;
	if (ctx->json)
		return pass_on(ctx, text);
	if (key)
		return print_value(ctx, text);
	return output_print(ctx, text, strlen(text));
}

static int
set_config(struct context *ctx, int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (input_assignment(ctx, argv[i], false) < 0)
			return -1;
	}
	return 0;
}

static int
unset_config(struct context *ctx, int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (edit_add(ctx, BALIMG_CONFIG_UNSET, argv[i], NULL, 0) < 0)
			return -1;
	}
	return 0;
}

static int
add_document(struct context *ctx, enum balimg_op op, const char *path)
{
	AUTO_FREE char *text = NULL;
	size_t len;

	if (input_read(ctx, path, &text, &len) < 0)
		return -1;
	return edit_add(ctx, op, input_title(path), text, len);
}

static int
merge_config(struct context *ctx, int argc, char **argv)
{
	(void)argc;
	return add_document(ctx, BALIMG_CONFIG_MERGE, argv[0]);
}

static int
inject_config(struct context *ctx, int argc, char **argv)
{
	(void)argc;
	return add_document(ctx, BALIMG_CONFIG_INJECT, argv[0]);
}

static int
check_config(struct context *ctx, int argc, char **argv)
{
	AUTO_TEXT char *text = NULL;
	AUTO_JSON json_t *findings = NULL;

	(void)argc, (void)argv;
	text = balimg_config_check(ctx->image, &ctx->err);
	findings = answer_parse(ctx, text);
	if (!findings)
		return -1;
	if (!answer_passed_on(ctx, text))
		findings_print(ctx, findings, "key", "config.json");
	return findings_have_errors(findings);
}

static int
list_keys(struct context *ctx, int argc, char **argv)
{
	struct table table = { .heads = { "KEY", "TYPE", "SINCE",
					  "MEANING" } };
	AUTO_TEXT char *text = NULL;
	AUTO_JSON json_t *keys = NULL;
	const json_t *key;
	size_t i;

	(void)argc, (void)argv;
	text = balimg_config_schema(&ctx->err);
	keys = answer_parse(ctx, text);
	if (!keys)
		return -1;
	if (answer_passed_on(ctx, text))
		return 0;
	json_array_foreach(keys, i, key) {
		if (context_has(ctx, OPTION_SECRET_KEYS) &&
		    !answer_is_true(key, "secret"))
			continue;
		table_add(&table, answer_string(key, "key"));
		table_add(&table, answer_string(key, "type"));
		table_add(&table, answer_string(key, "since"));
		table_add(&table, answer_string(key, "doc"));
	}
	table_print(ctx, stdout, &table, 0);
	return 0;
}

static const struct option keys_options[] = {
	{ OPTION_SECRET_KEYS, 0, "secret", NULL,
	  "only those whose values are hidden" },
	{ 0 },
};

static const struct verb verbs[] = {
	{
		.name = "get",
		.operands = "IMAGE [KEY]",
		.summary = "print the value of KEY, or the whole file",
		.text = "A string is printed without quotes, anything else "
			"as JSON. If KEY is not set, the exit status is 4.",
		.read = get_config,
	},
	{
		.name = "set",
		.operands = "IMAGE KEY=VALUE...",
		.summary = "set keys",
		.text = topic_values,
		.edit = set_config,
	},
	{
		.name = "unset",
		.operands = "IMAGE KEY...",
		.summary = "remove keys",
		.edit = unset_config,
	},
	{
		.name = "merge",
		.operands = "IMAGE FILE",
		.summary = "merge a JSON object into config.json",
		.text = "Objects are merged key by key, any other value "
			"replaces the one that is there, and null removes "
			"it. FILE may be - for standard input.",
		.edit = merge_config,
	},
	{
		.name = "inject",
		.operands = "IMAGE FILE",
		.summary = "replace the whole config.json, byte for byte",
		.text = "What the old one had and FILE lacks is listed. FILE "
			"may be - for standard input.",
		.edit = inject_config,
	},
	{
		.name = "check",
		.operands = "IMAGE",
		.summary = "judge config.json as the device will",
		.read = check_config,
	},
	{
		.name = "edit",
		.operands = "IMAGE",
		.summary = "change config.json in an editor",
		.text = "The editor is VISUAL, else EDITOR, else `vi`; it "
			"gets "
			"a private copy, secrets included, and what it "
			"leaves is injected byte for byte. If that is "
			"refused and standard input is a terminal, you are "
			"asked whether to edit again.",
		.needs_image = true,
		.edit = edit_config,
	},
	{
		.name = "keys",
		.operands = "",
		.summary = "list the keys that devices read",
		.options = keys_options,
		.run = list_keys,
	},
	{ 0 },
};

static const struct example examples[] = {
	{ "balimg config get sdcard.img os.network",
	  "What the networks' settings are:" },
	{ "balimg config set sdcard.img hostname=kiosk "
	  "persistentLogging=true",
	  "Set two keys in one write:" },
	{ "balimg config set sdcard.img apiKey=@key.txt",
	  "Set a secret without showing it to anyone:" },
	{ "balimg config set -n sdcard.img "
	  "'os.sshKeys:=[\"ssh-ed25519 AAAA... me\"]'",
	  "See what JSON would do:" },
	{ 0 },
};

const struct command cmd_config = {
	.name = "config",
	.group = GROUP_CUSTOMISE,
	.summary = "read and change config.json",
	.text = "The device reads its configuration from config.json in the "
		"boot partition. balimg knows every key that something on a "
		"device reads, its type, and what would break the device, "
		"which is refused. The text outside the edited keys is kept "
		"byte for byte.",
	.verbs = verbs,
	.examples = examples,
	.exit_text = "`config check` found errors",
};
