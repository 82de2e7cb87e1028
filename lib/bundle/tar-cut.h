/* tar-cut.h - what of a layer's tar file is not in its files
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The engine keeps beside each layer's files the bytes of its tar file that
 * lie between their contents, so that it can put the very same tar file
 * together again.  The form is that of github.com/vbatts/tar-split: JSON, an
 * object a line, {"type", "name" or "name_raw", "size", "payload",
 * "position"}.  Type 2 is a run of bytes (base64).  Type 1 is the content of
 * the entry whose header came before, even if it has none, with the eight
 * bytes, most significant first, of its CRC-64 (polynomial of ISO 3309).
 */
#ifndef BALIMG_BUNDLE_TAR_CUT_H
#define BALIMG_BUNDLE_TAR_CUT_H

#include "base/cleanup.h"
#include "base/sink.h"

struct tar_cut;

/* The lines go to @lines, lent.  Release with tar_cut_close(). */
struct tar_cut *tar_cut_open(struct sink *lines, struct balimg_error *err)
	MUST_USE;

/* Where the tar file, compression undone, is to be written; lent. */
struct sink *tar_cut_sink(struct tar_cut *cut);

/* All was written: bring the rest to the lines.  *@entries, *@bytes: how many
 * entries there are, and bytes of their contents. */
int tar_cut_finish(struct tar_cut *cut, uint64_t *entries, uint64_t *bytes,
		   struct balimg_error *err) MUST_USE;

/* Release @cut; NULL is allowed. */
void tar_cut_close(struct tar_cut *cut);
#define AUTO_TAR_CUT __attribute__((cleanup(cleanup_tar_cut)))
DEFINE_AUTO(tar_cut, tar_cut_close)

#endif /* BALIMG_BUNDLE_TAR_CUT_H */
