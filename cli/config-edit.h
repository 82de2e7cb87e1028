/* config-edit.h - config.json in the user's editor
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CLI_CONFIG_EDIT_H
#define BALIMG_CLI_CONFIG_EDIT_H

#include "context.h"

/* The verb `config edit`. */
int edit_config(struct context *ctx, int argc, char **argv);

#endif /* BALIMG_CLI_CONFIG_EDIT_H */
