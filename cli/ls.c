/* ls.c - list partitions and folders of an image
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "address.h"
#include "answer.h"
#include "cleanup.h"
#include "command.h"
#include "parts.h"
#include "report.h"
#include "size.h"
#include "table.h"
#include "xalloc.h"

/* "2024-05-01 12:34" of "2024-05-01T12:34:56Z", new. */
static char *
short_time(const char *time)
{
	char *text = xasprintf("%.16s", time);
	char *mark = strchr(text, 'T');

	if (mark)
		*mark = ' ';
	return text;
}

static void
add_entry(struct table *table, const json_t *entry)
{
	const char *target = answer_string(entry, "target");
	const char *type = answer_string(entry, "type");
	bool folder = !strcmp(type, "directory");
	bool file = !strcmp(type, "file");
	AUTO_FREE char *name = NULL;
	AUTO_FREE char *size = NULL;
	AUTO_FREE char *when = NULL;

	name = xasprintf("%s%s%s%s", answer_string(entry, "name"),
			 folder ? "/" : "", *target ? " -> " : "", target);
	size = file ? xasprintf("%lld", answer_number(entry, "size")) :
		      xasprintf("%s", "-");
	when = short_time(answer_string(entry, "time"));
	table_add(table, size);
	table_add(table, when);
	table_add(table, name);
}

static int
list_folder(struct context *ctx, const char *inside)
{
	struct table table = { .heads = { ">SIZE", "TIME", "NAME" } };
	AUTO_FREE char *part = NULL;
	AUTO_TEXT char *text = NULL;
	AUTO_JSON json_t *entries = NULL;
	const json_t *entry;
	const char *path;
	size_t i;

	address_inside(inside, &part, &path);
	text = balimg_file_list(ctx->image, part, path, &ctx->err);
	entries = answer_parse(ctx, text);
	if (!entries)
		return -1;
	if (answer_passed_on(ctx, text))
		return 0;
	json_array_foreach(entries, i, entry)
		add_entry(&table, entry);
	table_print(ctx, stdout, &table, 0);
	return 0;
}

/* What needs the table says why it cannot be read. */
static int
fail_table(struct context *ctx)
{
	AUTO_TEXT char *text = balimg_file_list(ctx->image, "", "/",
						&ctx->err);

	return text ? fail(ctx, BALIMG_E_INVALID,
			   "%s: the partition table cannot be read",
			   ctx->path) :
		      -1;
}

static int
list_partitions(struct context *ctx)
{
	AUTO_TEXT char *text = NULL;
	AUTO_JSON json_t *info = NULL;
	json_t *partitions;

	text = balimg_info(ctx->image, context_flags(ctx), &ctx->err);
	info = answer_parse(ctx, text);
	if (!info)
		return -1;
	partitions = json_object_get(info, "partitions");
	if (!partitions)
		return fail_table(ctx);
	if (ctx->json)
		answer_put(partitions);
	else
		parts_print(ctx, partitions, 0);
	return 0;
}

static int
list(struct context *ctx, int argc, char **argv)
{
	if (argc == 0 || !*argv[0])
		return list_partitions(ctx);
	return list_folder(ctx, argv[0]);
}

static const struct verb verbs[] = {
	{
		.name = "",
		.operands = "IMAGE[:PART[/PATH]]",
		.summary = "list partitions, or a folder in one of them",
		.read = list,
	},
	{ 0 },
};

static const struct example examples[] = {
	{ "balimg ls sdcard.img", "What partitions there are:" },
	{ "balimg ls sdcard.img:boot", "What is in the boot partition:" },
	{ "balimg ls sdcard.img:boot/splash", "And in a folder there:" },
	{ "balimg ls sdcard.img:rootA/etc",
	  "What the running system would see in a folder:" },
	{ "balimg ls sdcard.img:rootA//", "What that partition holds:" },
	{ 0 },
};

const struct command cmd_ls = {
	.name = "ls",
	.group = GROUP_FILES,
	.summary = "list partitions, or a folder in one of them",
	.text = "Sizes are in bytes, times in UTC.",
	.verbs = verbs,
	.examples = examples,
};
