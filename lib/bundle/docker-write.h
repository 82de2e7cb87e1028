/* docker-write.h - a docker archive, member by member
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The layout is that of Docker 25, an image of OCI with a manifest.json
 * beside it, which every engine since 17.06 goes by.  Members are called by
 * their sums, which are known only when they were written: so their headers
 * are written afterwards.  All times are zero.
 */
#ifndef BALIMG_BUNDLE_DOCKER_WRITE_H
#define BALIMG_BUNDLE_DOCKER_WRITE_H

#include <stdbool.h>

#include "base/digest.h"
#include "base/sink.h"

#define DOCKER_HEX (2 * SHA256_SIZE)

struct docker_blob {
	char sum[DOCKER_HEX + 1];
	uint64_t size; /* bytes */
};

/* What gives a blob's bytes. */
struct docker_maker {
	int (*make)(struct docker_maker *maker, struct sink *sink,
		    struct balimg_error *err);
};

/* Begin an archive in @fd, which is empty. */
int docker_begin(int fd, struct balimg_error *err) MUST_USE;

/* Add what @maker makes; or nothing, unless its sum is @want, which may be
 * NULL: *@fits.  That is false, too, and no error, where @want is given and
 * the maker fails for what it finds. */
int docker_add_blob(int fd, struct docker_maker *maker, const char *want,
		    struct docker_blob *blob, bool *fits,
		    struct balimg_error *err) MUST_USE;

/* The same of @len bytes at hand. */
int docker_add_bytes(int fd, const char *data, size_t len,
		     struct docker_blob *blob, struct balimg_error *err)
	MUST_USE;

/* Add a member called @name. */
int docker_add_member(int fd, const char *name, const char *data, size_t len,
		      struct balimg_error *err) MUST_USE;

int docker_finish(int fd, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_BUNDLE_DOCKER_WRITE_H */
