/* png.c - is this a picture? ask the module that has libpng
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "base/module.h"
#include "document/png.h"

int
png_check(const void *data, size_t len, struct png_info *info,
	  struct balimg_error *err)
{
	const struct png_calls *png = module_calls("png", err);

	return png ? png->check(data, len, info, err) : -1;
}

uint8_t *
png_decode(const void *data, size_t len, struct png_info *info,
	   struct balimg_error *err)
{
	const struct png_calls *png = module_calls("png", err);

	return png ? png->decode(data, len, info, err) : NULL;
}
