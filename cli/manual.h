/* manual.h - the manual pages, made from the tables of the commands
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CLI_MANUAL_H
#define BALIMG_CLI_MANUAL_H

#include <stdio.h>

#include "command.h"

/* balimg(1), in mdoc. */
void manual_overview(FILE *out);

/* balimg-COMMAND(1). */
void manual_command(FILE *out, const struct command *command);

#endif /* BALIMG_CLI_MANUAL_H */
