/* complete.c - what may stand at a place of a command line
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "answer.h"
#include "cleanup.h"
#include "command.h"
#include "complete.h"
#include "options.h"
#include "synopsis.h"
#include "text.h"
#include "xalloc.h"

/* The line, as far as it is understood. */
struct line {
	FILE *out;
	const char *word; /* to be completed */
	int prefix;	  /* characters in front of it that stay: "--NAME=" */
	const struct command *command;
	const struct verb *verb;
	const struct option *pending; /* an option whose value is the word */
	char *image;
	int operands; /* in front of the word, without the verb */
	bool drive;   /* the image came with --drive */
	bool lost;    /* a word makes no sense */
};

static void
put(const struct line *line, const char *candidate, const char *text)
{
	if (strncmp(candidate, line->word, strlen(line->word)))
		return;
	if (strchr(candidate, '*'))
		return; /* stands for any name, as in os.udevRules.* */
	fprintf(line->out, "%.*s%s\t", line->prefix, line->word - line->prefix,
		candidate);
	text_put(line->out, text);
	fputc('\n', line->out);
}

static void
put_files(const struct line *line)
{
	fputs(":files\n", line->out);
}

static void
put_commands(const struct line *line)
{
	size_t i;

	for (i = 0; commands[i]; i++)
		put(line, commands[i]->name, commands[i]->summary);
}

static void
put_verbs(const struct line *line)
{
	const struct verb *verb;

	for (verb = line->command->verbs; verb && verb->name; verb++) {
		if (!verb->hidden)
			put(line, verb->name, verb->summary);
	}
}

static void
put_options(const struct line *line)
{
	const struct option *option;
	struct option_set set;
	size_t i;

	if (line->verb)
		option_set_verb(&set, line->verb);
	else
		option_set_command(&set, line->command);
	for (i = 0; i < set.count; i++) {
		for (option = set.tables[i]; option->id; option++) {
			AUTO_FREE char *name = NULL;

			name = xasprintf("--%s", option->name);
			if (option->summary)
				put(line, name, option->summary);
		}
	}
}

/* Every string member @key of the objects in the array @text. */
static void
put_members(const struct line *line, char *text, const char *key,
	    const char *explain)
{
	AUTO_TEXT char *owned = text;
	AUTO_JSON json_t *root = NULL;
	struct context ctx = { 0 };
	const json_t *item;
	size_t i;

	root = answer_parse(&ctx, owned);
	json_array_foreach(root, i, item) {
		if (*answer_string(item, key))
			put(line, answer_string(item, key),
			    answer_string(item, explain));
	}
}

/* What an image holds; nothing if it cannot be opened. */
static struct balimg_image *
open_image(const struct line *line)
{
	struct balimg_error err = { 0 };
	struct balimg_image *image = NULL;

	if (line->image)
		image = balimg_open(line->image, 0, &err);
	if (image)
		balimg_set_engine(image, BALIMG_ENGINE_DIRECT);
	return image;
}

static void
complete_files(const struct line *line)
{
	put_files(line);
}

static void
complete_keys(const struct line *line)
{
	put_members(line, balimg_config_schema(NULL), "key", "doc");
}

static void
complete_assignment(const struct line *line)
{
	const char *value = strchr(line->word, '=');

	if (value && value[1] == '@') {
		put_files(line);
		return;
	}
	complete_keys(line);
	fputs(":nospace\n", line->out);
}

static void
complete_rules(const struct line *line)
{
	struct balimg_image *image = open_image(line);

	if (image)
		put_members(line, balimg_udev_list(image, NULL), "name", "");
	balimg_close(image);
}

static void
complete_ssh_keys(const struct line *line)
{
	struct balimg_image *image = open_image(line);

	if (image)
		put_members(line, balimg_ssh_list(image, NULL), "fingerprint",
			    "comment");
	balimg_close(image);
}

static void
complete_connections(const struct line *line)
{
	struct balimg_image *image = open_image(line);

	if (image)
		put_members(line, balimg_network_list(image, 0, NULL), "file",
			    "ssid");
	balimg_close(image);
}

static void
complete_commands(const struct line *line)
{
	put_commands(line);
}

/* Partitions by role or label: "IMAGE:boot/". */
static void
put_parts(const struct line *line, struct balimg_image *image)
{
	AUTO_TEXT char *text = balimg_info(image, 0, NULL);
	AUTO_JSON json_t *root = NULL;
	struct context ctx = { 0 };
	const json_t *part;
	size_t i;

	root = answer_parse(&ctx, text);
	json_array_foreach(json_object_get(root, "partitions"), i, part) {
		AUTO_FREE char *word = NULL;
		const char *name = answer_string(part, "role");

		if (!*name)
			name = answer_string(part, "label");
		word = xasprintf("%s:%s/", line->image, name);
		if (*name)
			put(line, word, answer_string(part, "label"));
	}
}

/* What is in the folder of the typed path. */
static void
put_folder(const struct line *line, struct balimg_image *image,
	   const char *inside)
{
	AUTO_FREE char *part = NULL;
	AUTO_FREE char *folder = NULL;
	AUTO_TEXT char *text = NULL;
	AUTO_JSON json_t *list = NULL;
	struct context ctx = { 0 };
	const json_t *entry;
	const char *path;
	size_t i;

	address_inside(inside, &part, &path);
	folder = xasprintf("%.*s", (int)(strrchr(path, '/') - path + 1), path);
	text = balimg_file_list(image, part, folder, NULL);
	list = answer_parse(&ctx, text);
	json_array_foreach(list, i, entry) {
		AUTO_FREE char *word = NULL;
		bool is_folder = !strcmp(answer_string(entry, "type"),
					 "directory");

		word = xasprintf("%s:%s%s%s%s", line->image, part, folder,
				 answer_string(entry, "name"),
				 is_folder ? "/" : "");
		put(line, word, answer_string(entry, "type"));
	}
}

static void
complete_address(const struct line *line)
{
	struct line inner = *line;
	struct balimg_image *image;
	AUTO_FREE char *word = xasprintf("%s", line->word);
	AUTO_FREE char *path = NULL;
	char *inside;

	if (!strchr(line->word, ':')) {
		put_files(line);
		fputs(":nospace\n", line->out);
		return;
	}
	address_split(word, &path, &inside);
	inner.image = path;
	image = open_image(&inner);
	if (image && strchr(inside, '/'))
		put_folder(&inner, image, inside);
	else if (image)
		put_parts(&inner, image);
	balimg_close(image);
	fputs(":nospace\n", line->out);
}

/* What the words of a synopsis stand for; one that is not here is a file or
 * something that cannot be guessed. */
static const struct {
	const char *operand;
	void (*complete)(const struct line *line);
} completers[] = {
	{ "IMAGE", complete_files },
	{ "IMAGE:PART/PATH", complete_address },
	{ "IMAGE[:PART[/PATH]]", complete_address },
	{ "FILE", complete_files },
	{ "@FILE", complete_files },
	{ "BUNDLE", complete_files },
	{ "DIR", complete_files },
	{ "PNG", complete_files },
	{ "KEY", complete_keys },
	{ "KEY=VALUE", complete_assignment },
	{ "KEY:=JSON", complete_assignment },
	{ "RULES", complete_rules },
	{ "SSH-KEY", complete_ssh_keys },
	{ "CONNECTION", complete_connections },
	{ "COMMAND", complete_commands },
};

static void
complete_as(const struct line *line, const char *operand)
{
	size_t i;

	for (i = 0; i < sizeof(completers) / sizeof(*completers); i++) {
		if (!strcmp(completers[i].operand, operand))
			completers[i].complete(line);
	}
}

static void
complete_value(const struct line *line)
{
	const char *argument = line->pending->argument;

	if (!strcmp(argument, "ENGINE")) {
		put(line, "auto", "");
		put(line, "direct", "");
		put(line, "guestfs", "");
	} else if (!strcmp(argument, "WHEN")) {
		put(line, "auto", "");
		put(line, "always", "");
		put(line, "never", "");
	} else if (!strcmp(argument, "on|off")) {
		put(line, "on", "");
		put(line, "off", "");
	} else {
		complete_as(line, argument);
	}
}

static void
complete_operand(const struct line *line)
{
	const char *operands;
	struct synopsis synopsis;
	char name[64];

	if (!line->command) {
		put_commands(line);
		return;
	}
	if (!line->verb) {
		put_verbs(line);
		return;
	}
	operands = line->verb->operands;
	synopsis_read(operands, &synopsis);
	if (synopsis.place == IMAGE_LAST && strchr(line->word, ':'))
		complete_address(line);
	else if (synopsis_word(operands,
			       line->operands +
				       (line->drive && !synopsis.address),
			       name, sizeof(name)))
		complete_as(line, name);
}

/* An operand in front of the word. */
static void
take_operand(struct line *line, const char *word)
{
	if (!line->command) {
		line->command = command_find(word);
		line->lost = !line->command;
		if (line->command && !command_has_verbs(line->command))
			line->verb = &line->command->verbs[0];
	} else if (!line->verb) {
		line->verb = verb_find(line->command, word);
		line->lost = !line->verb;
	} else {
		if (line->operands == 0 && !line->image)
			line->image = xasprintf("%s", word);
		line->operands++;
	}
}

/* Its value is what follows "--@name" or "-@letter", if it takes one. */
static void
expect_value(struct line *line, const char *name, char letter)
{
	struct option_set set;

	option_set_command(&set, line->command);
	line->pending = option_set_find(&set, name, letter);
	if (line->pending && !line->pending->argument)
		line->pending = NULL;
}

/* An option in front of the word: its value may be still to come. */
static void
take_option(struct line *line, const char *word)
{
	if (!strchr(word, '='))
		expect_value(line, word[1] == '-' ? word + 2 : NULL,
			     word[strlen(word) - 1]);
}

/* Of "--NAME=VALUE" the value is to be completed. */
static void
part_option(struct line *line)
{
	const char *value = strchr(line->word, '=');
	AUTO_FREE char *name = NULL;

	if (!value || strncmp(line->word, "--", 2))
		return;
	name = xasprintf("%.*s", (int)(value - line->word) - 2,
			 line->word + 2);
	expect_value(line, name, 0);
	if (!line->pending)
		return;
	line->prefix = (int)(value - line->word) + 1;
	line->word = value + 1;
}

static void
take_word(struct line *line, const char *word)
{
	if (line->pending) {
		if (line->pending->id == OPTION_DRIVE && !line->image) {
			line->image = xasprintf("%s", word);
			line->drive = true;
		}
		line->pending = NULL;
	} else if (word[0] == '-' && word[1]) {
		take_option(line, word);
	} else {
		take_operand(line, word);
	}
}

void
complete_words(FILE *out, int count, char **words)
{
	struct line line = { .out = out, .word = "" };
	int i;

	for (i = 0; i < count - 1 && !line.lost; i++)
		take_word(&line, words[i]);
	if (count > 0)
		line.word = words[count - 1];
	if (!line.pending && !line.lost)
		part_option(&line);

	if (line.pending)
		complete_value(&line);
	else if (*line.word == '-' && !line.lost)
		put_options(&line);
	else if (!line.lost)
		complete_operand(&line);
	free(line.image);
}
