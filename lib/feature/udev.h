/* udev.h - udev rules that the OS takes from config.json
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * os.udevRules maps a name to the text of /etc/udev/rules.d/NAME.rules.
 */
#ifndef BALIMG_FEATURE_UDEV_H
#define BALIMG_FEATURE_UDEV_H

#include <jansson.h>

#include "feature/customize.h"

/* The edits. */
int udev_add(struct customization *c, const struct edit *edit,
	     struct balimg_error *err) MUST_USE;
int udev_remove(struct customization *c, const struct edit *edit,
		struct balimg_error *err) MUST_USE;

/* [{"name", "lines", "text"}]; text is null where a value is no string. */
json_t *udev_list(struct os *os, unsigned flags, struct balimg_error *err)
	MUST_USE;

#endif /* BALIMG_FEATURE_UDEV_H */
