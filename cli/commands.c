/* commands.c - the list of all commands, and finding one in it
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "command.h"

extern const struct command cmd_cat;
extern const struct command cmd_check;
extern const struct command cmd_completion;
extern const struct command cmd_config;
extern const struct command cmd_customize;
extern const struct command cmd_dev;
extern const struct command cmd_get;
extern const struct command cmd_help;
extern const struct command cmd_hup;
extern const struct command cmd_info;
extern const struct command cmd_ls;
extern const struct command cmd_mkdir;
extern const struct command cmd_network;
extern const struct command cmd_put;
extern const struct command cmd_repair;
extern const struct command cmd_rm;
extern const struct command cmd_splash;
extern const struct command cmd_ssh;
extern const struct command cmd_tar;
extern const struct command cmd_udev;
extern const struct command cmd_undo;

/* clang-format off */
const struct command *const commands[] = {
	&cmd_customize,
	&cmd_config,
	&cmd_splash,
	&cmd_udev,
	&cmd_ssh,
	&cmd_network,
	&cmd_dev,
	&cmd_info,
	&cmd_check,
	&cmd_ls,
	&cmd_cat,
	&cmd_get,
	&cmd_put,
	&cmd_mkdir,
	&cmd_rm,
	&cmd_tar,
	&cmd_repair,
	&cmd_undo,
	&cmd_hup,
	&cmd_help,
	&cmd_completion,
	NULL,
};
/* clang-format on */

const char *
group_name(enum command_group group)
{
	static const char *const names[GROUP_COUNT] = {
		[GROUP_CUSTOMISE] = "Customise an image",
		[GROUP_LOOK] = "Look at it",
		[GROUP_FILES] = "Any file in it",
		[GROUP_CARE] = "Keep it sound",
		[GROUP_BUNDLES] = "Update the host OS",
		[GROUP_HELP] = "Find your way",
	};

	return names[group];
}

const struct command *
command_find(const char *name)
{
	size_t i;

	for (i = 0; commands[i]; i++) {
		const char *alias = commands[i]->alias;

		if (!strcmp(commands[i]->name, name) ||
		    (alias && !strcmp(alias, name)))
			return commands[i];
	}
	return NULL;
}

const struct verb *
verb_find(const struct command *command, const char *name)
{
	const struct verb *verb;

	for (verb = command->verbs; verb->name; verb++) {
		if (!strcmp(verb->name, name))
			return verb;
	}
	return NULL;
}

bool
command_has_verbs(const struct command *command)
{
	return *command->verbs[0].name != '\0';
}

static unsigned
min3(unsigned a, unsigned b, unsigned c)
{
	unsigned least = a < b ? a : b;

	return least < c ? least : c;
}

/* How many letters must be inserted, removed or changed to make @a of @b
 * (Levenshtein); words of more than 31 letters are never near. */
static unsigned
edit_distance(const char *a, const char *b)
{
	unsigned row[32];
	unsigned len = (unsigned)strlen(b);
	unsigned i, above;

	if (strlen(a) > 31 || len > 31)
		return 32;

	for (i = 0; i <= len; i++)
		row[i] = i;
	for (; *a; a++) {
		unsigned diagonal = row[0]++;

		for (i = 1; i <= len; i++) {
			above = row[i];
			row[i] = min3(above + 1, row[i - 1] + 1,
				      diagonal + (*a != b[i - 1]));
			diagonal = above;
		}
	}
	return row[len];
}

/* Keep @name in *@best if it is nearer to @word than what is there. */
static void
consider(const char *name, const char *word, const char **best,
	 unsigned *distance)
{
	unsigned away = edit_distance(name, word);

	if (away < *distance && away < strlen(name)) {
		*best = name;
		*distance = away;
	}
}

const char *
command_suggest(const struct command *command, const char *word)
{
	const char *best = NULL;
	unsigned distance = 3;
	size_t i;

	if (command) {
		const struct verb *verb;

		for (verb = command->verbs; verb->name; verb++) {
			if (!verb->hidden)
				consider(verb->name, word, &best, &distance);
		}
		return best;
	}
	for (i = 0; commands[i]; i++)
		consider(commands[i]->name, word, &best, &distance);
	return best;
}
