/* ext-io.h - libext2fs reads and writes through a source
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * What libext2fs writes is staged in an overlay of the volume's own, and
 * reaches the source with ext_io_commit(), so that a volume closed before
 * leaves its source untouched.  Each operation may transfer only so many
 * blocks: a damaged structure that sends libext2fs in circles ends as an
 * error.
 */
#ifndef BALIMG_VOLUME_EXT_IO_H
#define BALIMG_VOLUME_EXT_IO_H

#include <ext2fs/ext2fs.h>

#include "source/source.h"

struct ext_io {
	struct source *below;	 /* lent */
	struct source *staged;	 /* over it; NULL: nothing is edited */
	uint64_t budget;	 /* transfers left */
	struct balimg_error why; /* the first error that a transfer met */
};

/* Open the file system on @io->below; @flags as for ext2fs_open2().  Close
 * with ext2fs_free(), which writes nothing. */
errcode_t ext_io_open_filesystem(struct ext_io *io, int flags,
				 ext2_filsys *fs);

/* The same for a new one, of which @param says what it is to be; ext_io_stage()
 * comes before. */
errcode_t ext_io_new_filesystem(struct ext_io *io,
				struct ext2_super_block *param,
				ext2_filsys *fs);

/* The bytes as they are with what is staged; to be written after
 * ext_io_stage() only. */
struct source *ext_io_view(const struct ext_io *io);

/* Begin an operation that transfers about @blocks blocks beyond what any
 * may. */
void ext_io_begin(struct ext_io *io, uint64_t blocks);

/* From now on, stage what is written. */
int ext_io_stage(struct ext_io *io, struct balimg_error *err) MUST_USE;

/* Bring what is staged to the source, and end with a barrier. */
int ext_io_commit(struct ext_io *io, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_VOLUME_EXT_IO_H */
