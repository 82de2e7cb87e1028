/* picture.h - a picture, drawn in the characters of a terminal
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CLI_PICTURE_H
#define BALIMG_CLI_PICTURE_H

#include <stdint.h>
#include <stdio.h>

#include "context.h"

/* Draw @width x @height pixels of red, green, blue and alpha on @out, smaller
 * than its window: on white, as the device does; in colour where the terminal
 * has it, else the darker the denser. */
void picture_draw(const struct context *ctx, FILE *out, const uint8_t *pixels,
		  uint32_t width, uint32_t height);

#endif /* BALIMG_CLI_PICTURE_H */
