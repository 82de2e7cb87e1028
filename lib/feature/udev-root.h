/* udev-root.h - udev rules in the root file system
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Before 2.20.0 nothing takes rules from config.json; udevd reads what is in
 * the root's /etc/udev/rules.d, which is the system's own.
 */
#ifndef BALIMG_FEATURE_UDEV_ROOT_H
#define BALIMG_FEATURE_UDEV_ROOT_H

#include <jansson.h>

#include "feature/customize.h"

/* A new object: the text of each file of rules, by its name without ".rules";
 * null where that is not UTF-8. */
json_t *udev_root_rules(struct os *os, struct balimg_error *err) MUST_USE;

/* Put NAME.rules there, or remove it. */
int udev_root_put(struct customization *c, const char *name, const char *text,
		  size_t len, struct balimg_error *err) MUST_USE;
int udev_root_remove(struct customization *c, const char *name,
		     struct balimg_error *err) MUST_USE;

#endif /* BALIMG_FEATURE_UDEV_ROOT_H */
