/* options.h - reading the options of a command line
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Options may stand anywhere among the operands; "--" ends them.  "-nq" is
 * "-n -q", "-oFILE" is "-o FILE", "--output=FILE" is "--output FILE".  Names
 * are not abbreviated: a script must not break when an option is added.
 */
#ifndef BALIMG_CLI_OPTIONS_H
#define BALIMG_CLI_OPTIONS_H

#include "command.h"

/* Tables of options that hold together; of two with one name, the one in the
 * earlier table counts. */
struct option_set {
	const struct option *tables[16];
	size_t count;
};

/* What @verb takes. */
void option_set_verb(struct option_set *set, const struct verb *verb);

/* What any verb of @command takes; @command NULL: the global ones only. */
void option_set_command(struct option_set *set, const struct command *command);

/* The option called @name, or with @letter (where @name is NULL). */
const struct option *option_set_find(const struct option_set *set,
				     const char *name, char letter);

/* Does @table (NULL: no) have options that are told of? */
bool options_visible(const struct option *table);

/* Does @verb have options beyond those of every command and image? */
bool verb_has_options(const struct verb *verb);

/* Move the options in @argv[0..@argc) to ctx->given.  Returns how many
 * operands are left at the front of @argv, or, with @leading, how many words
 * stand before the first operand; -1 with a usage error in ctx->err. */
int options_parse(struct context *ctx, const struct option_set *set,
		  bool leading, int argc, char **argv);

/* A usage error should be told as the words @argv[0..@argc), which are not
 * parsed any more, ask for.  Returns -1. */
int options_stop(struct context *ctx, int argc, char **argv);

/* Of each option given, take the row that @verb has for it; a usage error if
 * there is none. */
int options_check(struct context *ctx, const struct verb *verb);

#endif /* BALIMG_CLI_OPTIONS_H */
