/* help.c - the help pages, and the command that shows them
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "cleanup.h"
#include "help.h"
#include "manual.h"
#include "options.h"
#include "report.h"
#include "term.h"
#include "text.h"
#include "topic.h"
#include "xalloc.h"

#define INDENT 22 /* where the right column begins */

void
help_version(const struct context *ctx, FILE *out)
{
	fprintf(out, ctx->json ? "{\"version\":\"%s\"}\n" : "balimg %s\n",
		balimg_version());
}

/* A heading, "Options". */
static void
put_heading(const struct context *ctx, FILE *out, const char *text)
{
	fprintf(out, "\n%s%s%s\n", term_ink(ctx, out, INK_BOLD), text,
		term_ink(ctx, out, INK_PLAIN));
}

/* "  left    right", the right one wrapped. */
static void
put_row(FILE *out, const char *left, const char *right)
{
	if (strlen(left) + 3 > INDENT)
		fprintf(out, "  %s\n%*s", left, INDENT, "");
	else
		fprintf(out, "  %-*s", INDENT - 2, left);
	text_wrap(out, right, INDENT, term_width(out));
}

static void
put_option(FILE *out, const struct option *option)
{
	AUTO_FREE char *left = NULL;
	char letter[] = "-x, ";

	letter[1] = option->letter;
	left = xasprintf("%s--%s%s%s", option->letter ? letter : "    ",
			 option->name, option->argument ? " " : "",
			 option->argument ? option->argument : "");
	put_row(out, left, option->summary);
}

static void
put_options(const struct context *ctx, FILE *out, const char *heading,
	    const struct option *options)
{
	const struct option *option;

	if (!options_visible(options))
		return;
	put_heading(ctx, out, heading);
	for (option = options; option->id; option++) {
		if (option->summary)
			put_option(out, option);
	}
}

static void
put_examples(const struct context *ctx, FILE *out,
	     const struct example *example)
{
	if (!example)
		return;
	put_heading(ctx, out, "Examples");
	for (; example->line; example++)
		fprintf(out, "  # %s\n  %s\n", example->text, example->line);
}

static void
put_usage(FILE *out, const char *head, const struct command *command,
	  const struct verb *verb)
{
	fprintf(out, "%s balimg %s%s%s%s%s%s\n", head, command->name,
		*verb->name ? " " : "", verb->name,
		verb_has_options(verb) ? " [OPTION]..." : "",
		*verb->operands ? " " : "", verb->operands);
}

static void
put_prose(FILE *out, const char *prose)
{
	fputc('\n', out);
	text_wrap(out, prose, 0, term_width(out));
}

void
help_overview(const struct context *ctx, FILE *out)
{
	int group;
	size_t i;

	fputs("usage: balimg COMMAND [OPTION]... IMAGE ...\n\n", out);
	text_wrap(out, topic_purpose, 0, term_width(out));
	for (group = 0; group < GROUP_COUNT; group++) {
		put_heading(ctx, out, group_name((enum command_group)group));
		for (i = 0; commands[i]; i++) {
			if ((int)commands[i]->group == group)
				put_row(out, commands[i]->name,
					commands[i]->summary);
		}
	}
	put_options(ctx, out, "Options of every command", options_global);
	put_examples(ctx, out, topic_examples);
	fputs("\n`balimg help COMMAND` explains a command.\n", out);
}

void
help_command(const struct context *ctx, FILE *out,
	     const struct command *command)
{
	const struct verb *verb;
	const char *head = "usage:";

	if (!command_has_verbs(command)) {
		help_verb(ctx, out, command, &command->verbs[0]);
		return;
	}
	for (verb = command->verbs; verb->name; verb++) {
		if (!verb->hidden)
			put_usage(out, head, command, verb);
		head = "      ";
	}
	fprintf(out, "\n%s: %s\n", command->name, command->summary);
	if (command->text)
		put_prose(out, command->text);
	put_heading(ctx, out, "Verbs");
	for (verb = command->verbs; verb->name; verb++) {
		if (!verb->hidden)
			put_row(out, verb->name, verb->summary);
	}
	put_examples(ctx, out, command->examples);
	fprintf(out,
		"\n`balimg help %s VERB` explains a verb and its "
		"options.\n",
		command->name);
}

void
help_verb(const struct context *ctx, FILE *out, const struct command *command,
	  const struct verb *verb)
{
	put_usage(out, "usage:", command, verb);
	fprintf(out, "\n%s%s%s: %s\n", command->name, *verb->name ? " " : "",
		verb->name, verb->summary);
	if (!*verb->name && command->text)
		put_prose(out, command->text);
	if (verb->text)
		put_prose(out, verb->text);
	put_options(ctx, out, "Options", verb->options);
	if (verb->edit)
		put_options(ctx, out, "Options of every edit", options_edit);
	if (verb->edit || verb->read)
		put_options(ctx, out, "Options for the image", options_image);
	put_options(ctx, out, "Options of every command", options_global);
	if (!*verb->name)
		put_examples(ctx, out, command->examples);
}

/* ---- the command --------------------------------------------------- */

enum {
	OPTION_MAN = OPTION_OWN
};

static int
find_command(struct context *ctx, const char *name,
	     const struct command **command)
{
	*command = command_find(name);
	if (*command)
		return 0;
	return fail(ctx, BALIMG_E_NOT_FOUND, "there is no command \"%s\"",
		    name);
}

static int
show_help(struct context *ctx, int argc, char **argv)
{
	const struct command *command = NULL;
	const struct verb *verb = NULL;
	bool man = context_has(ctx, OPTION_MAN);

	if (argc > 0 && find_command(ctx, argv[0], &command) < 0)
		return -1;
	if (argc > 1) {
		verb = verb_find(command, argv[1]);
		if (!verb)
			return fail(ctx, BALIMG_E_NOT_FOUND,
				    "%s has no verb \"%s\"", command->name,
				    argv[1]);
	}
	if (man && command)
		manual_command(stdout, command);
	else if (man)
		manual_overview(stdout);
	else if (verb)
		help_verb(ctx, stdout, command, verb);
	else if (command)
		help_command(ctx, stdout, command);
	else
		help_overview(ctx, stdout);
	return 0;
}

static const struct option help_options[] = {
	/* The build makes the manual pages with it. */
	{ OPTION_MAN, 0, "man", NULL, NULL },
	{ 0 },
};

static const struct verb verbs[] = {
	{
		.name = "",
		.operands = "[COMMAND [VERB]]",
		.summary = "explain balimg, a command, or one of its verbs",
		.options = help_options,
		.run = show_help,
	},
	{ 0 },
};

const struct command cmd_help = {
	.name = "help",
	.group = GROUP_HELP,
	.summary = "explain balimg, a command, or one of its verbs",
	.verbs = verbs,
};
