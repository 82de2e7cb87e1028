/* udev.h - what customize shares with the udev command
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CLI_UDEV_H
#define BALIMG_CLI_UDEV_H

#include "context.h"

/* Append the edit that adds the rules in the file @path, called @name, or, if
 * that is NULL, like the file. */
int udev_add_file(struct context *ctx, const char *path, const char *name);

#endif /* BALIMG_CLI_UDEV_H */
