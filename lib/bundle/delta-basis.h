/* delta-basis.h - what a delta between two images is applied to
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The tar files of the layers that an image has, one behind the other, lowest
 * first.  They lie in a scratch file, since a delta copies from anywhere.
 * See GetTarSeekStream() in image/store.go in balena-engine.
 */
#ifndef BALIMG_BUNDLE_DELTA_BASIS_H
#define BALIMG_BUNDLE_DELTA_BASIS_H

#include "bundle/build.h"
#include "bundle/docker-write.h"
#include "source/source.h"

#define DELTA_ID (sizeof("sha256:") + DOCKER_HEX) /* of an image, with NUL */

/* One of the layers. */
struct delta_basis_layer {
	char *diff_id; /* the sum of its tar file, "sha256:" and digits */
	uint64_t end;  /* in ->source */
};

/* All zero to begin with, but for ->fd, which is -1. */
struct delta_basis {
	int fd;
	struct source *source;
	size_t count;
	struct delta_basis_layer *layers;
};

/* Read the image that @from is, which must be called @want, into a scratch
 * file in @folder (NULL: elsewhere).  BALIMG_E_REFUSED if it is another, and
 * BALIMG_E_INVALID if its layers are not what it says of them. */
int delta_basis_open(struct delta_basis *basis, const struct build_basis *from,
		     const char *want, const char *folder,
		     const struct progress *progress, struct balimg_error *err)
	MUST_USE;

void delta_basis_close(struct delta_basis *basis);

/* "sha256:" and the sum of the @len bytes at @config. */
void delta_image_id(const char *config, size_t len, char id[DELTA_ID]);

#endif /* BALIMG_BUNDLE_DELTA_BASIS_H */
