/* development.h - development mode: root without a password, engine on TCP
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Since 2.85.0 one image serves both and config.json's developmentMode
 * decides; before, it was built into the root file system.
 */
#ifndef BALIMG_FEATURE_DEVELOPMENT_H
#define BALIMG_FEATURE_DEVELOPMENT_H

#include <jansson.h>

#include "feature/customize.h"

/* The edits. */
int development_on(struct customization *c, const struct edit *edit,
		   struct balimg_error *err) MUST_USE;
int development_off(struct customization *c, const struct edit *edit,
		    struct balimg_error *err) MUST_USE;

/* Would the device take @settings as development mode?  It compares text: the
 * string "true" counts. */
bool development_is_on(const json_t *settings);

/* {"enabled": true, false or null if unknown, "era": "config", "build" or
 * "unknown", "reason"}; of "build", {"parts"} too where the root tells, see
 * development-build.h. */
json_t *development_status(struct os *os, unsigned flags,
			   struct balimg_error *err) MUST_USE;

#endif /* BALIMG_FEATURE_DEVELOPMENT_H */
