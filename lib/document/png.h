/* png.h - is this a picture the device's boot splash can show?
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * plymouth paints the splash by libpng and takes what libpng takes.  So the
 * whole picture is decoded here, by libpng, within bounds on size and memory.
 */
#ifndef BALIMG_DOCUMENT_PNG_H
#define BALIMG_DOCUMENT_PNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct png_info {
	uint32_t width, height; /* pixels */
	unsigned bit_depth;	/* per channel, as stored */
	bool alpha, palette, grey, interlaced;
};

/* Decode @data fully, as plymouth would, and describe it; memory is that of a
 * row.  BALIMG_E_INVALID says what is wrong; BALIMG_E_REFUSED over 8192 pixels
 * in either direction.  @info may be NULL. */
int png_check(const void *data, size_t len, struct png_info *info,
	      struct balimg_error *err) MUST_USE;

/* Decode to @width x @height RGBA of 8 bits per channel (up to 256 MiB; freed
 * by the caller), composed on nothing.  For drawing it in a terminal. */
uint8_t *png_decode(const void *data, size_t len, struct png_info *info,
		    struct balimg_error *err) MUST_USE;

/* What the module, balimg-png.so, gives; both calls above fail with
 * BALIMG_E_UNSUPPORTED if it is not installed. */
struct png_calls {
	int (*check)(const void *data, size_t len, struct png_info *info,
		     struct balimg_error *err);
	uint8_t *(*decode)(const void *data, size_t len, struct png_info *info,
			   struct balimg_error *err);
};

#endif /* BALIMG_DOCUMENT_PNG_H */
