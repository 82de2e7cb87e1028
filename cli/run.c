/* run.c - from the words of a command line to a verb at work
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <limits.h>
#include <string.h>

#include "address.h"
#include "cleanup.h"
#include "command.h"
#include "edit.h"
#include "help.h"
#include "image.h"
#include "options.h"
#include "plan.h"
#include "progress.h"
#include "report.h"
#include "run.h"
#include "synopsis.h"
#include "xalloc.h"

/* Take the verb off the front of the operands. */
static int
choose_verb(struct context *ctx, int *argc, char ***argv)
{
	const struct command *command = ctx->command;
	const char *near;

	if (!command_has_verbs(command)) {
		ctx->verb = &command->verbs[0];
		return 0;
	}
	if (*argc == 0)
		return fail_usage(ctx, "%s: what shall be done?",
				  command->name);
	ctx->verb = verb_find(command, **argv);
	if (ctx->verb) {
		++*argv;
		--*argc;
		return 0;
	}
	near = command_suggest(command, **argv);
	if (near)
		fail_hint(ctx, "did you mean `balimg %s %s`?", command->name,
			  near);
	return fail_usage(ctx, "%s: there is no verb \"%s\"", command->name,
			  **argv);
}

static int
check_count(struct context *ctx, const struct synopsis *synopsis, int argc)
{
	char missing[64];

	if (argc < synopsis->least) {
		if (!synopsis_word(ctx->verb->operands, argc, missing,
				   sizeof(missing)))
			return fail_usage(ctx, "an operand is missing");
		return fail_usage(ctx, "%s is missing", missing);
	}
	if (argc > synopsis->most)
		return fail_usage(ctx, "too many operands");
	return 0;
}

/* Take the image out of an IMAGE:PART/PATH operand. */
static int
take_address(struct context *ctx, char **word)
{
	AUTO_FREE char *image = NULL;

	address_split(*word, &image, word);
	if (ctx->path && strcmp(ctx->path, image))
		return fail_usage(ctx, "one image at a time: %s, %s",
				  ctx->path, image);
	if (!ctx->path) {
		ctx->path = image;
		image = NULL;
	}
	return 0;
}

/* Find the image among the operands, and leave the others. */
static int
take_image(struct context *ctx, const struct synopsis *synopsis, int *argc,
	   char ***argv)
{
	int first = synopsis->place == IMAGE_LAST ? *argc - 1 : 0;
	int last = synopsis->place == IMAGE_EACH ? *argc - 1 : first;
	int i;

	if (!synopsis->address) {
		ctx->path = xasprintf("%s", (*argv)[first]);
		if (!first)
			++*argv;
		--*argc;
		return 0;
	}
	for (i = first; i <= last; i++) {
		if (take_address(ctx, &(*argv)[i]) < 0)
			return -1;
		if (synopsis->place != IMAGE_LAST)
			address_trim((*argv)[i]);
	}
	return 0;
}

/* With --drive, operands are as they are after take_image(). */
static int
take_drive(struct context *ctx, struct synopsis *synopsis, const char *drive)
{
	ctx->path = xasprintf("%s", drive);
	if (!synopsis->address) {
		synopsis->least--;
		if (synopsis->most < INT_MAX)
			synopsis->most--;
	}
	return 0;
}

/* The answer is there; how it came about may be worth a note. */
static int
put_notes(struct context *ctx)
{
	AUTO_JSON json_t *plan = plan_read(ctx);

	if (!plan)
		return -1;
	plan_put_notes(ctx, plan);
	return 0;
}

static int
run_read(struct context *ctx, int argc, char **argv)
{
	struct progress progress;
	int ret;

	if (ctx->verb->opens_itself)
		return ctx->verb->read(ctx, argc, argv);
	if (image_open(ctx, context_flags(ctx)) < 0)
		return -1;
	progress_show(&progress, ctx);
	ret = ctx->verb->read(ctx, argc, argv);
	progress_hide(&progress);
	if (ret >= 0 && !ctx->verb->tells_notes && put_notes(ctx) < 0)
		return -1;
	return ret;
}

static int
run_verb(struct context *ctx, int argc, char **argv)
{
	const struct verb *verb = ctx->verb;
	struct synopsis synopsis;
	const char *drive = context_value(ctx, OPTION_DRIVE);

	synopsis_read(verb->operands, &synopsis);
	if (context_has(ctx, OPTION_INNER) && context_has(ctx, OPTION_OUTER))
		return fail_usage(ctx, "--inner or --outer, not both");
	if (drive && take_drive(ctx, &synopsis, drive) < 0)
		return -1;
	if (check_count(ctx, &synopsis, argc) < 0)
		return -1;
	if (verb->run)
		return verb->run(ctx, argc, argv);
	if (!drive && take_image(ctx, &synopsis, &argc, &argv) < 0)
		return -1;
	if (!*ctx->path)
		return fail_usage(ctx, "IMAGE has an empty name");
	if (verb->read)
		return run_read(ctx, argc, argv);
	return run_edit(ctx, argc, argv);
}

int
run_command(struct context *ctx, int argc, char **argv)
{
	struct option_set set;
	bool help;

	if (command_has_verbs(ctx->command) && argc)
		ctx->verb = verb_find(ctx->command, *argv);
	option_set_command(&set, ctx->command);
	argc = options_parse(ctx, &set, false, argc, argv);
	if (argc < 0)
		return -1;

	if (context_has(ctx, OPTION_VERSION)) {
		help_version(ctx, stdout);
		return 0;
	}
	help = context_has(ctx, OPTION_HELP);
	if (help && argc == 0) {
		help_command(ctx, stdout, ctx->command);
		return 0;
	}
	if (choose_verb(ctx, &argc, &argv) < 0)
		return -1;
	if (help) {
		help_verb(ctx, stdout, ctx->command, ctx->verb);
		return 0;
	}
	if (options_check(ctx, ctx->verb) < 0)
		return -1;
	return run_verb(ctx, argc, argv);
}
