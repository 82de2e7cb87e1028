/* development-logins.h - the logins at serial ports, before 2.85
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_FEATURE_DEVELOPMENT_LOGINS_H
#define BALIMG_FEATURE_DEVELOPMENT_LOGINS_H

#include "feature/development-private.h"

/* Where the links that start them are. */
#define DEVELOPMENT_LOGINS "/etc/systemd/system/getty.target.wants"

/* Remove every link that starts a login, or, where there is none, make one
 * for each serial port that the boot partition names; ->links keeps what there
 * was. */
int development_logins_switch(struct development_scene *scene,
			      struct balimg_error *err) MUST_USE;

/* Undo what @kept, ->links of another time, says that was done. */
int development_logins_give_back(struct development_scene *scene, json_t *kept,
				 struct balimg_error *err) MUST_USE;

/* *@state: 1 if there is a login at a serial port, 0 if there is none, -1 if
 * there cannot be any. */
int development_logins_look(const struct rootfs *root, int *state,
			    struct balimg_error *err) MUST_USE;

#endif /* BALIMG_FEATURE_DEVELOPMENT_LOGINS_H */
