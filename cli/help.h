/* help.h - the help pages, made from the tables of the commands
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CLI_HELP_H
#define BALIMG_CLI_HELP_H

#include <stdio.h>

#include "command.h"

/* "balimg 1.2.3", under --json an object. */
void help_version(const struct context *ctx, FILE *out);

/* All commands, a line each. */
void help_overview(const struct context *ctx, FILE *out);

/* All of a command. */
void help_command(const struct context *ctx, FILE *out,
		  const struct command *command);

/* One verb of it. */
void help_verb(const struct context *ctx, FILE *out,
	       const struct command *command, const struct verb *verb);

#endif /* BALIMG_CLI_HELP_H */
