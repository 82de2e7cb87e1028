/* development-parts.h - what made an image one for development, before 2.85
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_FEATURE_DEVELOPMENT_PARTS_H
#define BALIMG_FEATURE_DEVELOPMENT_PARTS_H

#include "feature/rootfs.h"

/* One file of the root, from release @since on and before @until (NULL: no
 * limit). */
struct development_part {
	const char *title; /* for people: "the password of root" */
	const char *path;
	const char *since, *until;
	const char *unit; /* of the engine, for its drop-in */
	/* Edit @text, the file's, to have the part on or off; what is so
	 * already, or in no known way otherwise, stays to the byte. */
	int (*edit)(const struct development_part *part,
		    const struct rootfs *root, const struct release *release,
		    bool on, struct buffer *text, struct balimg_error *err);
};

/* Ends with one that has no path. */
extern const struct development_part development_parts[];

#endif /* BALIMG_FEATURE_DEVELOPMENT_PARTS_H */
