/* basis.h - update bundles, made whole where they are deltas
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_API_BASIS_H
#define BALIMG_API_BASIS_H

#include "bundle/archive.h"

struct balimg_image;

/* What a delta is applied to, opened; ->from is what it is. */
struct basis {
	struct build_basis from;
	struct balimg_image *image; /* or NULL; ours to close */
};

#define BASIS_INIT            \
	{                     \
		.from.fd = -1 \
	}

/* Open @path: a docker archive, or an image with a hostapp; lent. */
int basis_open(struct basis *basis, const char *path, struct balimg_error *err)
	MUST_USE;

void basis_close(struct basis *basis);
#define AUTO_BASIS __attribute__((cleanup(basis_close)))

/* Make *@fd, the bundle @bundle, whole: where @path, which may be NULL, names
 * what it is a delta to, *@fd becomes a scratch file in @folder (NULL:
 * elsewhere) with what it makes of that. */
int basis_apply(int *fd, const char *bundle, const char *path,
		const char *folder, const struct progress *progress,
		struct balimg_error *err) MUST_USE;

#endif /* BALIMG_API_BASIS_H */
