/* describe.h - a file's content in a few words, for plans
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_FEATURE_DESCRIBE_H
#define BALIMG_FEATURE_DESCRIBE_H

#include "source/source.h"

#define DESCRIPTION_SIZE 112 /* bytes, the NUL included */

/* "13387 bytes, sha256 4f3d...": differs whenever the content does. */
void describe_bytes(const void *data, size_t len,
		    char text[DESCRIPTION_SIZE]);
int describe_source(struct source *source, char text[DESCRIPTION_SIZE],
		    struct balimg_error *err) MUST_USE;

#endif /* BALIMG_FEATURE_DESCRIBE_H */
