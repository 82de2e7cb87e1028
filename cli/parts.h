/* parts.h - the partitions of an image, as a table and as a picture
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Both take the array "partitions" of balimg_info().
 */
#ifndef BALIMG_CLI_PARTS_H
#define BALIMG_CLI_PARTS_H

#include <jansson.h>
#include <stdint.h>

#include "context.h"

/* A line for each. */
void parts_print(const struct context *ctx, const json_t *partitions,
		 size_t indent);

/* A bar in which each has a share of the width, more or less as of the
 * image's @size bytes. */
void parts_draw(const struct context *ctx, const json_t *partitions,
		uint64_t size, size_t indent);

#endif /* BALIMG_CLI_PARTS_H */
