/* development-hostname.h - the name that development images had, before 2.85
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_FEATURE_DEVELOPMENT_HOSTNAME_H
#define BALIMG_FEATURE_DEVELOPMENT_HOSTNAME_H

#include "feature/development-private.h"

/* On: give config.json, if there is one, the hostname that builds of the
 * release did, unless it has one.  Off: remove it if @built, the image being
 * one for development; any other name was chosen by somebody.  ->hostname
 * keeps what was done. */
int development_hostname_switch(struct development_scene *scene, bool built,
				struct balimg_error *err) MUST_USE;

/* Undo what @kept, ->hostname of another time, says that was done, unless the
 * name was changed since; to the byte, if nothing else was. */
int development_hostname_give_back(struct development_scene *scene,
				   const json_t *kept,
				   struct balimg_error *err) MUST_USE;

#endif /* BALIMG_FEATURE_DEVELOPMENT_HOSTNAME_H */
