/* tar-split.h - a layer's tar file, made again from its files
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * When the engine unpacks a layer, it keeps, as lines of JSON, all bytes of
 * the tar file but the contents of files: {"type":2, "payload"} are bytes,
 * {"type":1, "name" or "name_raw", "size", "payload"} is where a file's
 * content was, the payload being its CRC-64.  See vbatts/tar-split in
 * balena-engine.
 */
#ifndef BALIMG_BUNDLE_TAR_SPLIT_H
#define BALIMG_BUNDLE_TAR_SPLIT_H

#include "source/source.h"

struct tar_split;

/* Where it all comes from. */
struct tar_split_input {
	/* More of the text, lent until the next call; *@len is 0 at its
	 * end. */
	int (*text)(struct tar_split_input *input, const char **text,
		    size_t *len, struct balimg_error *err);
	/* The file called @name, free of "..", empty parts and slashes at
	 * either end. */
	struct source *(*open)(struct tar_split_input *input, const char *name,
			       struct balimg_error *err);
};

/* Begin; @input is lent. */
struct tar_split *tar_split_open(struct tar_split_input *input,
				 struct balimg_error *err) MUST_USE;

/* The next bytes of the tar file: *@piece is lent until the next call, *@len
 * is 0 at its end.  BALIMG_E_INVALID if the text is not as described, or a
 * file is not what it was. */
int tar_split_read(struct tar_split *split, const void **piece, size_t *len,
		   struct balimg_error *err) MUST_USE;

/* Release @split; NULL is allowed. */
void tar_split_close(struct tar_split *split);
#define AUTO_TAR_SPLIT __attribute__((cleanup(cleanup_tar_split)))
DEFINE_AUTO(tar_split, tar_split_close)

#endif /* BALIMG_BUNDLE_TAR_SPLIT_H */
