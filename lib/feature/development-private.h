/* development-private.h - what the files of development mode share
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_FEATURE_DEVELOPMENT_PRIVATE_H
#define BALIMG_FEATURE_DEVELOPMENT_PRIVATE_H

#include <jansson.h>

#include "feature/development-parts.h"
#include "feature/rootfs.h"

/* An image of before 2.85.0 that is switched. */
struct development_scene {
	struct customization *c;
	const struct release *release;
	struct rootfs root;
	struct rootfs raw; /* the partition that it is in */
	bool on;
	/* What is kept, to be given back: objects of ours.  It may come from
	 * anywhere when it is read, and is not believed. */
	json_t *files;	  /* by path: {"before": base64 or null,
			     "after": MD5, "folder": it is new} */
	json_t *links;	  /* by name, see development-logins.c */
	json_t *hostname; /* see development-hostname.c; NULL: nothing */
};

/* ---- development-status.c ---- */

/* Is @part one of @release? */
bool development_part_applies(const struct development_part *part,
			      const struct release *release);

/* *@text: the part's file, NULL if there is none; @edited: as it would be,
 * *@differs from what it is. */
int development_part_try(const struct development_part *part,
			 const struct rootfs *root,
			 const struct release *release, bool on, char **text,
			 size_t *len, struct buffer *edited, bool *differs,
			 struct balimg_error *err) MUST_USE;

/* *@state: 1 on, 0 off, -1 neither to be told. */
int development_part_ask(const struct development_part *part,
			 const struct rootfs *root,
			 const struct release *release, int *state,
			 struct balimg_error *err) MUST_USE;

#endif /* BALIMG_FEATURE_DEVELOPMENT_PRIVATE_H */
