/* splash-private.h - what the splash files share among themselves
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_FEATURE_SPLASH_PRIVATE_H
#define BALIMG_FEATURE_SPLASH_PRIVATE_H

#include "balenaos/os.h"

/* Where the splash of an image lies. */
struct splash {
	struct volume *boot; /* lent by the os */
	size_t at;	     /* the boot partition */
	const char *path;    /* the one right name; static */
};

int splash_find(struct os *os, struct splash *splash, struct balimg_error *err)
	MUST_USE;

/* Pass on @ret; if it is a failure, @err says in which partition. */
int splash_within(struct os *os, const struct splash *splash, int ret,
		  struct balimg_error *err) MUST_USE;

/* Read @path of @vol, to be freed; if it is not there, *@data is NULL. */
int splash_read(struct volume *vol, const char *path, char **data, size_t *len,
		struct balimg_error *err) MUST_USE;

#endif /* BALIMG_FEATURE_SPLASH_PRIVATE_H */
