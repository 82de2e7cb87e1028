/* hostapp-image.h - the engine's image that a hostapp was made of
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * As the engine's database has it: its settings, and its layers with what it
 * takes to make them into the same tar files again.  See image/fs.go and
 * layer/filestore.go in balena-engine.
 */
#ifndef BALIMG_BALENAOS_HOSTAPP_IMAGE_H
#define BALIMG_BALENAOS_HOSTAPP_IMAGE_H

#include "volume/volume.h"

struct hostapp_image_layer {
	char *path;	 /* of its files, in the raw volume */
	char *diff_id;	 /* the sum of its tar file, 64 hexadecimal digits */
	char *tar_split; /* the path of what tells how that was made; there may
			    be nothing */
};

/* All zero to begin with. */
struct hostapp_image {
	bool is_aufs; /* else overlay2 */
	char *config; /* its settings: JSON, the sum of which is its id */
	size_t config_len;
	char *tag; /* "repository:tag", or NULL */
	char *own; /* the path of the container's own layer */
	size_t count;
	struct hostapp_image_layer *layers; /* lowest first */
};

/* Read what the store in @raw tells.  BALIMG_E_NOT_FOUND if there is no
 * hostapp, BALIMG_E_INVALID if the database does not fit it. */
int hostapp_image_read(struct volume *raw, struct hostapp_image *image,
		       struct balimg_error *err) MUST_USE;

void hostapp_image_clear(struct hostapp_image *image);
#define AUTO_HOSTAPP_IMAGE __attribute__((cleanup(hostapp_image_clear)))

#endif /* BALIMG_BALENAOS_HOSTAPP_IMAGE_H */
