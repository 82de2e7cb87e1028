/* places.h - where things live, in which version of the OS
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BALENAOS_PLACES_H
#define BALIMG_BALENAOS_PLACES_H

#include <stdbool.h>

#include "balenaos/release.h"
#include "volume/volume.h"

#define PLACE_CONFIG	       "/config.json"
#define PLACE_OS_RELEASE       "/os-release"
#define PLACE_ROOT_OS_RELEASE  "/etc/os-release" /* in the root */
#define PLACE_DEVICE_TYPE      "/device-type.json"
#define PLACE_CONNECTIONS      "/system-connections"
#define PLACE_SPLASH_FOLDER    "/splash"
#define PLACE_SPLASH_NEW       "/splash/balena-logo.png" /* since 2.53.0 */
#define PLACE_SPLASH_OLD       "/splash/resin-logo.png"	 /* until 2.52.x */
/* The supervisor's (12.3.0 and later) copy of the logo it found first. */
#define PLACE_SPLASH_DEFAULT   "/splash/balena-logo-default.png"

/* First versions, from the meta-balena tags that contain the change. */
#define SINCE_UDEV_RULES       "2.20.0"
#define SINCE_SSH_KEYS	       "2.20.0"
#define SINCE_NEW_SPLASH       "2.53.0"
#define SINCE_DEVELOPMENT_MODE "2.85.0"
#define SINCE_SYSTEM_CONNECTIONS "2.0.0"

/* The one right path of the splash in @boot: the name that @release reads,
 * whatever is there, as plymouth knows no other; if the version is unknown,
 * the name that is there, the new one if both or none are.  Lent, static. */
int place_splash(struct volume *boot, const struct release *release,
		 const char **path, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_BALENAOS_PLACES_H */
