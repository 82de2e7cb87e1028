/* splash.h - the picture a device shows while it boots
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The device paints one PNG of the boot volume, whose name depends on the
 * version.  The supervisor (12.3.0 and later) keeps a copy of the logo it
 * found first, balena-logo-default.png, and puts that back when the two
 * differ; so where the copy exists it gets the same bytes.  The first time a
 * logo is replaced, the one that was there is kept as SPLASH_SAVED, outside
 * the folder that supervisor and flasher look into, and splash_reset() brings
 * it back.  The boot fingerprint stays as it is: with the new logo's sum in
 * it, an OS update would take the logo for the stock one and replace it.
 */
#ifndef BALIMG_FEATURE_SPLASH_H
#define BALIMG_FEATURE_SPLASH_H

#include <jansson.h>

#include "feature/customize.h"

#define SPLASH_SAVED_FOLDER "/balimg"
#define SPLASH_SAVED	    "/balimg/splash-stock.png"
#define SPLASH_LIMIT	    (32u << 20) /* bytes of a PNG, at most */

/* The edits. */
int splash_set(struct customization *c, const struct edit *edit,
	       struct balimg_error *err) MUST_USE;
int splash_reset(struct customization *c, const struct edit *edit,
		 struct balimg_error *err) MUST_USE;

/* {"path", "width", "height", "size", "stock", "sha256"}; width and height
 * are null if it is no valid PNG.  BALIMG_E_NOT_FOUND if there is none. */
json_t *splash_status(struct os *os, unsigned flags, struct balimg_error *err)
	MUST_USE;

/* Its bytes, to be freed. */
int splash_get(struct os *os, char **data, size_t *len,
	       struct balimg_error *err) MUST_USE;

/* The picture decoded: *@width x *@height pixels of red, green, blue and
 * alpha, to be freed. */
int splash_pixels(struct os *os, uint8_t **pixels, uint32_t *width,
		  uint32_t *height, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_FEATURE_SPLASH_H */
