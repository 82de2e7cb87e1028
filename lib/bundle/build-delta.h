/* build-delta.h - a docker archive, made of another and a delta to it
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * balena's builders make an image whose settings have two labels: the id of
 * the image that it is a delta to, and the settings of the image that it
 * stands for.  For each layer of that it has one in which the first file is
 * what delta-patch.h tells of, the basis being what delta-basis.h tells of;
 * but where both images begin with the same layers, it has empty ones.  Layers
 * must come out as the settings have their sums.  See image_delta.go and
 * tarexport/load.go in balena-engine.
 */
#ifndef BALIMG_BUNDLE_BUILD_DELTA_H
#define BALIMG_BUNDLE_BUILD_DELTA_H

#include "bundle/build-docker.h"

/* Read the delta that @docker's request is about: ->delta is owned, and
 * ->image is what it stands for.  BALIMG_E_UNSUPPORTED if it is none. */
int build_delta_read(struct docker *docker, struct balimg_error *err) MUST_USE;

/* Add its layers, each patched; BALIMG_E_REFUSED if the basis that was given
 * is not the one. */
int build_delta_layers(struct docker *docker, struct balimg_error *err)
	MUST_USE;

/* NULL is allowed. */
void build_delta_free(struct build_delta *delta);

#endif /* BALIMG_BUNDLE_BUILD_DELTA_H */
