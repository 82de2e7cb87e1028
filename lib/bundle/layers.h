/* layers.h - which layers a docker archive's image has
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BUNDLE_LAYERS_H
#define BALIMG_BUNDLE_LAYERS_H

#include "bundle/bundle-private.h"

#define LAYERS 128u /* the engine takes 125 */

struct layers {
	size_t count;
	/* From the lowest up. */
	const char *paths[LAYERS];	    /* lent by the bundle's members */
	size_t members[LAYERS];		    /* their places among those */
	const struct bundle_member *config; /* the image's settings; lent */
	char delta[80]; /* the image that this is a delta to, or "" */
};

/* The layers of the one image in @bundle, whose texts have been read: by
 * manifest.json, else by index.json.  BALIMG_E_INVALID if there is none or a
 * layer is missing, BALIMG_E_UNSUPPORTED if there are more images. */
int layers_find(const struct bundle *bundle, struct layers *layers,
		struct balimg_error *err) MUST_USE;

/* Call @each for those of @layers from number @first up to @end, in their
 * order, with @archive at the layer's header; @fd is the bundle, which begins
 * at @start.  Layers may be stored in any order, so this takes as many
 * readings of the bundle as the order asks for. */
int layers_each(const struct layers *layers, int fd, off_t start, size_t first,
		size_t end,
		int (*each)(struct archive *archive, size_t layer, void *data,
			    struct balimg_error *err),
		void *data, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_BUNDLE_LAYERS_H */
