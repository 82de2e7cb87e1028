/* ext-mode.c - who may do what with a file
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "volume/ext.h"

#define PERMISSIONS 07777u

int
ext_set_mode(struct volume *vol, const char *path, unsigned mode,
	     struct balimg_error *err)
{
	struct ext_volume *ext = ext_of(vol);
	struct ext2_inode_large inode;
	struct ext_place place;
	__u16 wanted;

	if (ext_begin(ext, err) < 0 ||
	    ext_need(ext, path, true, &place, err) < 0 ||
	    ext_read_large(ext, place.ino, &inode, err) < 0)
		return -1;
	wanted = (__u16)((inode.i_mode & ~PERMISSIONS) | (mode & PERMISSIONS));
	if (inode.i_mode == wanted)
		return 0;
	inode.i_mode = wanted;
	inode.i_ctime = (__u32)ext->fs->now;
	ext_stage(ext);
	return ext_staged(ext, ext_write_large(ext, place.ino, &inode, err));
}
