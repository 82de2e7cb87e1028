/* udev.c - udev rules in config.json
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
#include "edit.h"
#include "input.h"
#include "output.h"
#include "report.h"
#include "table.h"
#include "text.h"
#include "udev.h"
#include "xalloc.h"

enum {
	OPTION_NAME = OPTION_OWN
};

int
udev_add_file(struct context *ctx, const char *path, const char *name)
{
	AUTO_FREE char *base = NULL;
	AUTO_FREE char *text = NULL;
	size_t len;

	if (!name && !strcmp(path, "-"))
		return fail_usage(ctx, "rules from standard input need "
				       "--name");
	if (input_read(ctx, path, &text, &len) < 0)
		return -1;
	if (!name && !text_stem(path, ".rules")) {
		fail(ctx, BALIMG_E_INVALID,
		     "%s: udev rules are in files whose names end in .rules",
		     path);
		return fail_hint(ctx, "if it holds rules, rename it, or use "
				      "balimg udev add --name NAME");
	}
	base = input_base_name(name ? name : path, ".rules");
	return edit_add(ctx, BALIMG_UDEV_ADD, base, text, len);
}

static int
add_rules(struct context *ctx, int argc, char **argv)
{
	const char *name = context_value(ctx, OPTION_NAME);
	int i;

	if (name && argc > 1)
		return fail_usage(ctx, "--name is for one file, not %d", argc);
	for (i = 0; i < argc; i++) {
		if (udev_add_file(ctx, argv[i], name) < 0)
			return -1;
	}
	return 0;
}

static int
remove_rules(struct context *ctx, int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		AUTO_FREE char *name = input_base_name(argv[i], ".rules");

		if (edit_add(ctx, BALIMG_UDEV_REMOVE, name, NULL, 0) < 0)
			return -1;
	}
	return 0;
}

static int
list_rules(struct context *ctx, int argc, char **argv)
{
	struct table table = { .heads = { "NAME", ">LINES" } };
	AUTO_TEXT char *text = NULL;
	AUTO_JSON json_t *rules = NULL;
	const json_t *rule;
	size_t i;

	(void)argc, (void)argv;
	text = balimg_udev_list(ctx->image, &ctx->err);
	rules = answer_parse(ctx, text);
	if (!rules)
		return -1;
	if (answer_passed_on(ctx, text))
		return 0;
	json_array_foreach(rules, i, rule) {
		AUTO_FREE char *lines = NULL;

		lines = xasprintf("%lld", answer_number(rule, "lines"));
		table_add(&table, answer_string(rule, "name"));
		table_add(&table, lines);
	}
	table_print(ctx, stdout, &table, 0);
	return 0;
}

static int
print_rules(struct context *ctx, const json_t *rule)
{
	const char *rules = answer_string(rule, "text");

	if (!ctx->json)
		return output_print(ctx, rules, strlen(rules));
	answer_put(json_object_get(rule, "text"));
	return 0;
}

static int
cat_rules(struct context *ctx, int argc, char **argv)
{
	AUTO_FREE char *name = input_base_name(argv[0], ".rules");
	AUTO_TEXT char *text = NULL;
	AUTO_JSON json_t *rules = NULL;
	const json_t *rule;
	size_t i;

	(void)argc;
	text = balimg_udev_list(ctx->image, &ctx->err);
	rules = answer_parse(ctx, text);
	if (!rules)
		return -1;
	json_array_foreach(rules, i, rule) {
		if (!strcmp(answer_string(rule, "name"), name))
			return print_rules(ctx, rule);
	}
	fail(ctx, BALIMG_E_NOT_FOUND, "%s: there is no rule \"%s\"", ctx->path,
	     name);
	return fail_hint(ctx, "`balimg udev list` shows those there are");
}

static const struct option add_options[] = {
	{ OPTION_NAME, 0, "name", "NAME",
	  "the rules' name, instead of the file's" },
	{ 0 },
};

static const struct verb verbs[] = {
	{
		.name = "add",
		.operands = "IMAGE FILE...",
		.summary = "add rules from files, or replace those of a name",
		.text = "The name is that of the file, without `.rules`. FILE "
			"may be - for standard input, with `--name`.",
		.options = add_options,
		.edit = add_rules,
	},
	{
		.name = "list",
		.operands = "IMAGE",
		.summary = "list the rules",
		.read = list_rules,
	},
	{
		.name = "cat",
		.operands = "IMAGE RULES",
		.summary = "print the rules of a name",
		.read = cat_rules,
	},
	{
		.name = "rm",
		.operands = "IMAGE RULES...",
		.summary = "remove rules",
		.edit = remove_rules,
	},
	{ 0 },
};

static const struct example examples[] = {
	{ "balimg udev add sdcard.img 99-serial.rules", "Add a file:" },
	{ "balimg udev cat sdcard.img 99-serial", "See what it says:" },
	{ 0 },
};

const struct command cmd_udev = {
	.name = "udev",
	.group = GROUP_CUSTOMISE,
	.summary = "udev rules that the device installs when it boots",
	.text = "The rules are kept in config.json, as os.udevRules, and "
		"before 2.20.0 in the root file system, in /etc/udev/rules.d, "
		"where the system may have some of its own. Names and texts "
		"that the device would lose or misread are "
		"refused, and what udev would not understand is warned of.",
	.verbs = verbs,
	.examples = examples,
};
