/* development-build.h - development mode where it was built into the root
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Before 2.85.0 there were images of two kinds; the files that tell one from
 * the other are edited.  What they held is kept, in a file of the root
 * partition that only root may read, until they are switched back: they then
 * get every byte again, unless somebody has changed them since.
 */
#ifndef BALIMG_FEATURE_DEVELOPMENT_BUILD_H
#define BALIMG_FEATURE_DEVELOPMENT_BUILD_H

#include <jansson.h>

#include "feature/customize.h"

int development_build_switch(struct customization *c, bool on,
			     struct balimg_error *err) MUST_USE;

/* As development_status(), with {"parts": [{"part", "file", "enabled"}]}. */
json_t *development_build_status(struct os *os, struct balimg_error *err)
	MUST_USE;

#endif /* BALIMG_FEATURE_DEVELOPMENT_BUILD_H */
