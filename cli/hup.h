/* hup.h - the verbs of hup that have a file of their own
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * See struct verb in command.h.
 */
#ifndef BALIMG_CLI_HUP_H
#define BALIMG_CLI_HUP_H

#include "command.h"

int hup_diff(struct context *ctx, int argc, char **argv);

extern const struct option hup_unpack_options[];
int hup_unpack(struct context *ctx, int argc, char **argv);

#endif /* BALIMG_CLI_HUP_H */
