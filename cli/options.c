/* options.c - reading the options of a command line
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "options.h"
#include "report.h"
#include "xalloc.h"

const struct option options_global[] = {
	{ OPTION_JSON, 0, "json", NULL,
	  "answer with one JSON value, errors included" },
	{ OPTION_SHOW_SECRETS, 0, "show-secrets", NULL,
	  "do not hide keys and passwords" },
	{ OPTION_QUIET, 'q', "quiet", NULL,
	  "print errors and what was asked for, nothing else" },
	{ OPTION_COLOR, 0, "color", "WHEN",
	  "`auto` (on a terminal, unless NO_COLOR is set), `always`, "
	  "`never`" },
	{ OPTION_HELP, 'h', "help", NULL, "explain the command" },
	{ OPTION_VERSION, 'V', "version", NULL, "print the version" },
	{ 0 },
};

const struct option options_image[] = {
	{ OPTION_DRIVE, 'd', "drive", "IMAGE",
	  "the image or device, instead of the IMAGE operand" },
	{ OPTION_ENGINE, 0, "engine", "ENGINE",
	  "who opens file systems: `auto` (libguestfs where balimg itself "
	  "cannot), `direct` (balimg itself), `guestfs` (libguestfs)" },
	{ OPTION_KEY, 0, "key", "KEY",
	  "what opens encrypted volumes: `@FILE`, or `-` for standard "
	  "input" },
	{ OPTION_INNER, 0, "inner", NULL,
	  "of an installer (flasher): all of it is about the image that it "
	  "installs" },
	{ OPTION_OUTER, 0, "outer", NULL,
	  "of an installer: files are its own, not those of the image that "
	  "it installs" },
	{ 0 },
};

const struct option options_edit[] = {
	{ OPTION_DRY_RUN, 'n', "dry-run", NULL,
	  "show what would change, and write nothing" },
	{ OPTION_OUTPUT, 'o', "output", "FILE",
	  "write a changed copy to FILE, and leave IMAGE as it is; .qcow2 at "
	  "its end makes it a qcow2 image" },
	{ OPTION_UNDO, 0, "undo", "FILE",
	  "write FILE, with which `balimg undo` takes the change back" },
	{ OPTION_FORCE, 0, "force", NULL,
	  "go ahead where you may know better, replace FILE if it exists" },
	{ OPTION_YES, 'y', "yes", NULL,
	  "answer questions with yes, finish an interrupted write to a "
	  "device" },
	{ 0 },
};

static void
add_table(struct option_set *set, const struct option *table)
{
	if (table && set->count < sizeof(set->tables) / sizeof(*set->tables))
		set->tables[set->count++] = table;
}

static void
add_shared(struct option_set *set, bool image, bool edit)
{
	if (edit)
		add_table(set, options_edit);
	if (image)
		add_table(set, options_image);
	add_table(set, options_global);
}

void
option_set_verb(struct option_set *set, const struct verb *verb)
{
	set->count = 0;
	add_table(set, verb->options);
	add_shared(set, verb->edit || verb->read, verb->edit != NULL);
}

void
option_set_command(struct option_set *set, const struct command *command)
{
	const struct verb *verb;
	bool image = false;
	bool edit = false;

	set->count = 0;
	for (verb = command ? command->verbs : NULL; verb && verb->name;
	     verb++) {
		add_table(set, verb->options);
		edit |= verb->edit != NULL;
		image |= verb->edit || verb->read;
	}
	add_shared(set, image, edit);
}

const struct option *
option_set_find(const struct option_set *set, const char *name, char letter)
{
	const struct option *option;
	size_t i;

	for (i = 0; i < set->count; i++) {
		for (option = set->tables[i]; option->id; option++) {
			if (name ? !strcmp(option->name, name) :
				   option->letter == letter)
				return option;
		}
	}
	return NULL;
}

bool
options_visible(const struct option *table)
{
	for (; table && table->id; table++) {
		if (table->summary)
			return true;
	}
	return false;
}

bool
verb_has_options(const struct verb *verb)
{
	return verb->edit || options_visible(verb->options);
}

static int
set_color(struct context *ctx, const char *value)
{
	if (!strcmp(value, "auto"))
		ctx->color = COLOR_AUTO;
	else if (!strcmp(value, "always"))
		ctx->color = COLOR_ALWAYS;
	else if (!strcmp(value, "never"))
		ctx->color = COLOR_NEVER;
	else
		return fail_usage(ctx,
				  "--color takes auto, always or never, "
				  "not \"%s\"",
				  value);
	return 0;
}

/* Note that @option was given. */
static int
give(struct context *ctx, const struct option *option, const char *value)
{
	ctx->given = xreallocarray(ctx->given, ctx->given_count + 1,
				   sizeof(*ctx->given));
	ctx->given[ctx->given_count].option = option;
	ctx->given[ctx->given_count].value = value;
	ctx->given_count++;

	switch (option->id) {
	case OPTION_JSON:
		ctx->json = true;
		break;
	case OPTION_SHOW_SECRETS:
		ctx->show_secrets = true;
		break;
	case OPTION_QUIET:
		ctx->quiet = true;
		break;
	case OPTION_COLOR:
		return value ? set_color(ctx, value) : 0;
	}
	return 0;
}

/* Take "--name" or "--name=value"; @next is the word after it, or NULL.
 * Returns how many words were taken, or -1. */
static int
take_long(struct context *ctx, const struct option_set *set, char *word,
	  const char *next)
{
	const struct option *option;
	char *value = strchr(word, '=');

	if (value)
		*value++ = '\0';
	option = option_set_find(set, word + 2, 0);
	if (!option)
		return fail_usage(ctx, "there is no option %s here", word);
	if (!option->argument && value)
		return fail_usage(ctx, "%s takes no value", word);
	if (!option->argument)
		return give(ctx, option, NULL) < 0 ? -1 : 1;
	if (value)
		return give(ctx, option, value) < 0 ? -1 : 1;
	if (!next)
		return fail_usage(ctx, "%s needs a value: %s", word,
				  option->argument);
	return give(ctx, option, next) < 0 ? -1 : 2;
}

/* Take "-n", "-nq", "-oFILE" or "-o FILE"; as take_long(). */
static int
take_short(struct context *ctx, const struct option_set *set, const char *word,
	   const char *next)
{
	const struct option *option;
	const char *letter;

	for (letter = word + 1; *letter; letter++) {
		option = option_set_find(set, NULL, *letter);
		if (!option)
			return fail_usage(ctx, "there is no option -%c here",
					  *letter);
		if (!option->argument) {
			if (give(ctx, option, NULL) < 0)
				return -1;
			continue;
		}
		if (letter[1])
			return give(ctx, option, letter + 1) < 0 ? -1 : 1;
		if (!next)
			return fail_usage(ctx, "-%c needs a value: %s",
					  *letter, option->argument);
		return give(ctx, option, next) < 0 ? -1 : 2;
	}
	return 1;
}

int
options_stop(struct context *ctx, int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "--json"))
			ctx->json = true;
	}
	return -1;
}

int
options_parse(struct context *ctx, const struct option_set *set, bool leading,
	      int argc, char **argv)
{
	int operands = 0;
	int at = 0;

	while (at < argc) {
		char *word = argv[at];
		const char *next = at + 1 < argc ? argv[at + 1] : NULL;
		int taken;

		if (!strcmp(word, "--"))
			break;
		if (word[0] != '-' || !word[1]) {
			if (leading)
				return at;
			argv[operands++] = word;
			at++;
			continue;
		}
		taken = word[1] == '-' ? take_long(ctx, set, word, next) :
					 take_short(ctx, set, word, next);
		if (taken < 0)
			return options_stop(ctx, argc - at, argv + at);
		at += taken;
	}
	if (leading)
		return at;
	for (at++; at < argc; at++)
		argv[operands++] = argv[at];
	return operands;
}

int
options_check(struct context *ctx, const struct verb *verb)
{
	struct option_set set;
	size_t i;

	option_set_verb(&set, verb);
	for (i = 0; i < ctx->given_count; i++) {
		const char *name = ctx->given[i].option->name;

		ctx->given[i].option = option_set_find(&set, name, 0);
		if (!ctx->given[i].option) {
			ctx->given_count = i;
			return fail_usage(ctx, "there is no option --%s here",
					  name);
		}
	}
	return 0;
}
