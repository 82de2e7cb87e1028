/* places.c - where things live, in which version of the OS
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "balenaos/places.h"

int
place_splash(struct volume *boot, const struct release *release,
	     const char **path, struct balimg_error *err)
{
	bool has_new, has_old;

	if (release->parsed) {
		*path = release_at_least(release, SINCE_NEW_SPLASH) ?
				PLACE_SPLASH_NEW :
				PLACE_SPLASH_OLD;
		return 0;
	}
	if (volume_exists(boot, PLACE_SPLASH_NEW, &has_new, err) < 0 ||
	    volume_exists(boot, PLACE_SPLASH_OLD, &has_old, err) < 0)
		return -1;
	*path = has_old && !has_new ? PLACE_SPLASH_OLD : PLACE_SPLASH_NEW;
	return 0;
}
