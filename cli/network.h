/* network.h - what customize shares with the network command
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CLI_NETWORK_H
#define BALIMG_CLI_NETWORK_H

#include <jansson.h>

#include "context.h"

/* Append the edit that adds the connection file @path, called @name, or, if
 * that is NULL, like the file. */
int network_add_file(struct context *ctx, const char *path, const char *name);

/* Set @key of the new Wi-Fi network @wifi to @text ("@FILE" is read). */
int network_set(struct context *ctx, json_t *wifi, const char *key,
		const char *text);

/* Append the edit that adds @wifi; @name may be NULL. */
int network_add_wifi(struct context *ctx, const json_t *wifi,
		     const char *name);

#endif /* BALIMG_CLI_NETWORK_H */
