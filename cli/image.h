/* image.h - opening the image that the command line names
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CLI_IMAGE_H
#define BALIMG_CLI_IMAGE_H

#include "context.h"

/* Open ctx->path as ctx->image, closing what was open before, with the engine
 * and the key that were asked for.  @flags: as balimg_open() takes them. */
int image_open(struct context *ctx, unsigned flags);

#endif /* BALIMG_CLI_IMAGE_H */
