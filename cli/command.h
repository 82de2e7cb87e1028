/* command.h - what a sub-command is: one table for all that is said of it
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A command file ends with a `struct command`.  Dispatch, --help, usage
 * errors, shell completion and the manual pages are all made from it, so
 * that none of them can say something else than what is accepted.
 *
 * The synopsis counts, too: "IMAGE KEY=VALUE..." is one operand and one or
 * more; a word in brackets may be absent.  A word that begins with IMAGE
 * names the image; "IMAGE:PART/PATH" a file in it.  What the other words
 * mean to shell completion is told in complete.c.
 *
 * In the texts, `backquotes` mark what is to be typed, and an empty line
 * parts paragraphs.
 */
#ifndef BALIMG_CLI_COMMAND_H
#define BALIMG_CLI_COMMAND_H

#include <stdbool.h>

#include "context.h"

/* Options that more than one command has; a command's own ones follow. */
enum option_id {
	OPTION_END = 0,
	OPTION_JSON,
	OPTION_SHOW_SECRETS,
	OPTION_QUIET,
	OPTION_COLOR,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_DRIVE,
	OPTION_ENGINE,
	OPTION_KEY,
	OPTION_INNER,
	OPTION_OUTER,
	OPTION_DRY_RUN,
	OPTION_OUTPUT,
	OPTION_UNDO,
	OPTION_FORCE,
	OPTION_YES,
	OPTION_OWN, /* the first one that a command may use */
};

/* A row of a table that ends with an empty row. */
struct option {
	int id;
	char letter;	      /* 0: has none */
	const char *name;     /* without dashes */
	const char *argument; /* what it takes ("FILE"), NULL for nothing */
	const char *summary;
};

/* A verb of a command, or, where name is "", the command itself; a row of a
 * table that ends with an empty row.  Exactly one of edit, read and run is
 * set.  Each gets the operands without the image; for IMAGE:PART/PATH
 * operands, "PART/PATH".  They return 0, 1 for "the answer is no", or -1
 * with ctx->err set. */
struct verb {
	const char *name;
	const char *operands;
	const char *summary;
	const char *text;	      /* more for the manual, or NULL */
	const struct option *options; /* its own, or NULL */
	bool hidden;		      /* for scripts: not in help or manual */
	bool needs_image;	      /* edit: ctx->image must be open */
	bool tells_notes;	      /* read: the answer has what is noted */
	bool opens_itself;	      /* read: calls image_open(), or not */
	/* Put edits into ctx->edits (or stage them); see edit.h.  Returns the
	 * exit status, 0 or 1, or -1. */
	int (*edit)(struct context *ctx, int argc, char **argv);
	/* Answer from ctx->image, opened for reading. */
	int (*read)(struct context *ctx, int argc, char **argv);
	/* Needs no open image. */
	int (*run)(struct context *ctx, int argc, char **argv);
};

/* A row of a table that ends with an empty row. */
struct example {
	const char *line;
	const char *text;
};

/* The overview shows commands by what they are for. */
enum command_group {
	GROUP_CUSTOMISE,
	GROUP_LOOK,
	GROUP_FILES,
	GROUP_CARE,
	GROUP_BUNDLES,
	GROUP_HELP,
	GROUP_COUNT,
};

struct command {
	const char *name;
	const char *alias; /* another spelling, or NULL */
	enum command_group group;
	const char *summary;
	const char *text;
	const struct verb *verbs;
	const struct example *examples;
	const char *exit_text; /* what status 1 means, or NULL: never */
};

/* All of them, in the order of the overview, ended by NULL (commands.c). */
extern const struct command *const commands[];

/* Those options that every command, every verb with an image, and every edit
 * takes (options.c). */
extern const struct option options_global[];
extern const struct option options_image[];
extern const struct option options_edit[];

/* The command called @name, or NULL. */
const struct command *command_find(const char *name);

/* The verb of @command called @name ("" for the command itself), or NULL. */
const struct verb *verb_find(const struct command *command, const char *name);

/* Is @command made of verbs, or one thing by itself? */
bool command_has_verbs(const struct command *command);

/* The known name nearest to a mistyped @word, or NULL if none is near: among
 * the commands, or, with a @command, among its verbs. */
const char *command_suggest(const struct command *command, const char *word);

/* The name of a group in the overview. */
const char *group_name(enum command_group group);

#endif /* BALIMG_CLI_COMMAND_H */
