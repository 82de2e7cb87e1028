/* manual.c - the manual pages, made from the tables of the commands
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The pages are mdoc, which mandoc and groff read.  As they like it, every
 * sentence begins a line, and lines are short.
 */
#include <config.h>

#include <ctype.h>
#include <string.h>

#include "manual.h"
#include "options.h"
#include "topic.h"

#define MANUAL_DATE "November 24, 2026"
#define LINE_LENGTH 72

/* Print one word; *@bold is toggled by its backquotes. */
static void
put_word(FILE *out, const char *word, size_t len, bool *bold)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (word[i] == '`') {
			*bold = !*bold;
			fputs(*bold ? "\\fB" : "\\fP", out);
		} else if (word[i] == '\\') {
			fputs("\\e", out);
		} else if (i == 0 && (word[i] == '.' || word[i] == '\'')) {
			fprintf(out, "\\&%c", word[i]);
		} else if (word[i] == '-' && *bold) {
			fputs("\\-", out);
		} else {
			fputc(word[i], out);
		}
	}
}

static bool
ends_sentence(const char *word, size_t len)
{
	while (len && strchr(")`", word[len - 1]))
		len--;
	return len && strchr(".?!:", word[len - 1]);
}

static void
put_prose(FILE *out, const char *prose)
{
	bool bold = false;
	size_t column = 0;

	while (*prose) {
		size_t len = strcspn(prose, " \n");

		if (column && column + 1 + len > LINE_LENGTH) {
			fputc('\n', out);
			column = 0;
		}
		if (column)
			fputc(' ', out);
		put_word(out, prose, len, &bold);
		column += len + 1;
		if (ends_sentence(prose, len) && prose[len] == ' ') {
			fputc('\n', out);
			column = 0;
		}
		prose += len;
		if (!strncmp(prose, "\n\n", 2)) {
			fputs("\n.Pp\n", out);
			prose += 2;
			column = 0;
		}
		prose += strspn(prose, " \n");
	}
	fputc('\n', out);
}

static void
put_upper(FILE *out, const char *text)
{
	for (; *text; text++)
		fputc(toupper((unsigned char)*text), out);
}

static void
put_head(FILE *out, const char *command, const char *summary)
{
	fprintf(out, ".Dd %s\n.Dt BALIMG", MANUAL_DATE);
	if (command) {
		fputc('-', out);
		put_upper(out, command);
	}
	fprintf(out, " 1\n.Os\n.Sh NAME\n.Nm balimg%s%s\n.Nd %s\n",
		command ? "-" : "", command ? command : "", summary);
}

/* Print words as arguments of a macro: what mdoc would take for a delimiter
 * or a macro is shielded. */
static void
put_arguments(FILE *out, const char *macro, const char *words)
{
	size_t len;

	if (!*words)
		return;
	fputs(macro, out);
	for (; *words; words += len, words += strspn(words, " ")) {
		len = strcspn(words, " ");
		fprintf(out, " %s%.*s", len <= 2 ? "\\&" : "", (int)len,
			words);
	}
	fputc('\n', out);
}

static void
put_synopsis(FILE *out, const struct command *command, const struct verb *verb)
{
	fprintf(out, ".Nm balimg\n.Cm %s%s%s\n", command->name,
		*verb->name ? " " : "", verb->name);
	if (verb_has_options(verb))
		fputs(".Op Ar OPTION ...\n", out);
	put_arguments(out, ".Ar", verb->operands);
}

static void
put_options(FILE *out, const struct option *options)
{
	const struct option *option;

	fputs(".Bl -tag -width Ds\n", out);
	for (option = options; option->id; option++) {
		if (!option->summary)
			continue;
		fputs(".It ", out);
		if (option->letter)
			fprintf(out, "Fl %c , ", option->letter);
		fprintf(out, "Fl -%s%s%s\n", option->name,
			option->argument ? " Ar " : "",
			option->argument ? option->argument : "");
		put_prose(out, option->summary);
	}
	fputs(".El\n", out);
}

static void
put_verb(FILE *out, const struct command *command, const struct verb *verb)
{
	fprintf(out, ".Ss balimg %s %s\n", command->name, verb->name);
	fprintf(out, ".D1 Nm balimg Cm %s %s Ar %s\n", command->name,
		verb->name, *verb->operands ? verb->operands : "\\&");
	fputs(".Pp\n", out);
	put_prose(out, verb->summary);
	if (verb->text) {
		fputs(".Pp\n", out);
		put_prose(out, verb->text);
	}
	if (options_visible(verb->options))
		put_options(out, verb->options);
}

static void
put_shared(FILE *out, const char *heading, const struct option *options)
{
	fprintf(out, ".Ss %s\n", heading);
	put_options(out, options);
}

static void
put_all_options(FILE *out, const struct command *command)
{
	const struct verb *verb;
	bool edit = false;
	bool image = false;

	for (verb = command->verbs; verb->name; verb++) {
		edit |= verb->edit != NULL;
		image |= verb->edit || verb->read;
	}
	fputs(".Sh OPTIONS\n", out);
	if (!command_has_verbs(command) &&
	    options_visible(command->verbs->options))
		put_options(out, command->verbs->options);
	if (edit) {
		put_shared(out, "Options of every edit", options_edit);
		fputs(".Pp\n", out);
		put_prose(out, topic_edits);
	}
	if (image)
		put_shared(out, "Options for the image", options_image);
	put_shared(out, "Options of every command", options_global);
}

static void
put_statuses(FILE *out, const char *no)
{
	const struct topic_status *status;

	fputs(".Sh EXIT STATUS\n.Bl -tag -width 130\n", out);
	for (status = topic_statuses; status->text; status++) {
		if (status->status == 1 && !no)
			continue;
		fprintf(out, ".It %d\n", status->status);
		put_prose(out, status->status == 1 ? no : status->text);
	}
	fputs(".El\n", out);
}

static void
put_examples(FILE *out, const struct example *example)
{
	bool bold = true;

	if (!example)
		return;
	fputs(".Sh EXAMPLES\n", out);
	for (; example->line; example++) {
		if (example->text)
			put_prose(out, example->text);
		fputs(".Bd -literal -offset indent\n", out);
		put_word(out, example->line, strlen(example->line), &bold);
		fputs("\n.Ed\n", out);
		if (example[1].line)
			fputs(".Pp\n", out);
	}
}

static void
put_see_also(FILE *out, const struct command *self)
{
	const struct command *last = NULL;
	const struct command *next;
	size_t i;

	fputs(".Sh SEE ALSO\n", out);
	if (self) {
		fputs(".Xr balimg 1\n", out);
		return;
	}
	/* The next one by name, until there is none: few, so slowly. */
	for (;;) {
		next = NULL;
		for (i = 0; commands[i]; i++) {
			if (last && strcmp(commands[i]->name, last->name) <= 0)
				continue;
			if (!next || strcmp(commands[i]->name, next->name) < 0)
				next = commands[i];
		}
		if (!next)
			break;
		fprintf(out, "%s.Xr balimg-%s 1", last ? " ,\n" : "",
			next->name);
		last = next;
	}
	fputc('\n', out);
}

void
manual_command(FILE *out, const struct command *command)
{
	const struct verb *verb;

	put_head(out, command->name, command->summary);
	fputs(".Sh SYNOPSIS\n", out);
	for (verb = command->verbs; verb->name; verb++) {
		if (!verb->hidden)
			put_synopsis(out, command, verb);
	}
	fputs(".Sh DESCRIPTION\n", out);
	put_prose(out, command->text ? command->text : command->summary);
	for (verb = command->verbs; verb->name; verb++) {
		if (!verb->hidden && *verb->name)
			put_verb(out, command, verb);
	}
	put_all_options(out, command);
	put_statuses(out, command->exit_text);
	put_examples(out, command->examples);
	put_see_also(out, command);
}

/* ---- the overview -------------------------------------------------- */

static void
put_group(FILE *out, enum command_group group)
{
	size_t i;

	fprintf(out, ".Ss %s\n.Bl -tag -width Ds\n", group_name(group));
	for (i = 0; commands[i]; i++) {
		if (commands[i]->group != group)
			continue;
		fprintf(out, ".It Cm %s\n", commands[i]->name);
		put_prose(out, commands[i]->summary);
	}
	fputs(".El\n", out);
}

static void
put_section(FILE *out, const char *heading, const char *prose)
{
	fprintf(out, ".Sh %s\n", heading);
	put_prose(out, prose);
}

static void
put_variables(FILE *out)
{
	const struct topic_variable *variable;

	fputs(".Sh ENVIRONMENT\n.Bl -tag -width Ds\n", out);
	for (variable = topic_variables; variable->name; variable++) {
		fprintf(out, ".It Ev %s\n", variable->name);
		put_prose(out, variable->text);
	}
	fputs(".El\n", out);
}

void
manual_overview(FILE *out)
{
	int group;

	put_head(out, NULL, "customise balenaOS disk images");
	fputs(".Sh SYNOPSIS\n.Nm balimg\n.Ar COMMAND\n.Op Ar OPTION ...\n"
	      ".Ar IMAGE ...\n.Sh DESCRIPTION\n",
	      out);
	put_prose(out, topic_purpose);
	fputs(".Pp\n", out);
	put_prose(out, topic_edits);
	fputs(".Sh COMMANDS\n", out);
	for (group = 0; group < GROUP_COUNT; group++)
		put_group(out, (enum command_group)group);
	fputs(".Sh OPTIONS\n", out);
	put_options(out, options_global);
	put_section(out, "IMAGES AND FILES IN THEM", topic_images);
	put_section(out, "VALUES", topic_values);
	put_section(out, "SECRETS", topic_secrets);
	put_variables(out);
	put_statuses(out, topic_statuses[1].text);
	put_examples(out, topic_examples);
	put_see_also(out, NULL);
}
