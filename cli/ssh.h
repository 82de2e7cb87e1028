/* ssh.h - what customize shares with the ssh command
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CLI_SSH_H
#define BALIMG_CLI_SSH_H

#include "context.h"

/* Append the edit that adds the keys in the file @path, or those of the
 * agent. */
int ssh_add_file(struct context *ctx, const char *path);
int ssh_add_agent(struct context *ctx);

#endif /* BALIMG_CLI_SSH_H */
