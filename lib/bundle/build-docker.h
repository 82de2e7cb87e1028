/* build-docker.h - a docker archive that is being made of an image
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BUNDLE_BUILD_DOCKER_H
#define BALIMG_BUNDLE_BUILD_DOCKER_H

#include "bundle/build-layer.h"
#include "bundle/docker-write.h"

struct docker {
	struct docker_maker maker; /* first: makes a layer */
	struct build_request *request;
	struct hostapp_image image; /* empty if it is made of a tree */
	struct build_delta *delta;  /* or NULL; see build-delta.h */
	size_t layer;		    /* that is to be made */
	int fd;			    /* the archive, not compressed */
	struct docker_blob *blobs;  /* of the layers */
	size_t count;
	json_t *layers; /* for the answer */
	struct archive_sum sum;
};

/* The next layer was added, which ->blobs tells of: note it for the answer, as
 * "identical" or "retarred". */
int docker_note_layer(struct docker *docker, const char *rebuilt,
		      struct balimg_error *err) MUST_USE;

/* Add the settings of the image, with the layers as they were written:
 * *@blob is their blob, and so the image. */
int docker_add_config(const struct docker *docker, struct docker_blob *blob,
		      struct balimg_error *err) MUST_USE;

/* Add what names settings and layers, in the forms of both docker and OCI. */
int docker_add_manifests(const struct docker *docker,
			 const struct docker_blob *config,
			 struct balimg_error *err) MUST_USE;

#endif /* BALIMG_BUNDLE_BUILD_DOCKER_H */
