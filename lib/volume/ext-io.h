/* ext-io.h - libext2fs reads and writes through a source
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_VOLUME_EXT_IO_H
#define BALIMG_VOLUME_EXT_IO_H

#include <ext2fs/ext2fs.h>

#include "source/source.h"

/* Open the file system on @source, which is lent; @flags as for
 * ext2fs_open2().  Close with ext2fs_close_free(). */
errcode_t ext_io_open_filesystem(struct source *source, int flags,
				 ext2_filsys *fs);

#endif /* BALIMG_VOLUME_EXT_IO_H */
