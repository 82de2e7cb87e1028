/* ext-mode.c - who may do what with a file
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "volume/ext.h"

#define PERMISSIONS 07777u

static int
stage(struct ext_volume *ext, ext2_ino_t ino, struct ext2_inode_large *inode,
      const struct volume_xattrs *lists, struct balimg_error *err)
{
	if (ext_write_large(ext, ino, inode, err) < 0)
		return -1;
	return ext_set_xattrs(ext, ino, lists, err);
}

int
ext_set_mode(struct volume *vol, const char *path, unsigned mode,
	     struct balimg_error *err)
{
	AUTO_XATTRS struct volume_xattrs lists = { 0 };
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
	if (ext_list_for_mode(ext, place.ino, mode, &lists, err) < 0 ||
	    (lists.count &&
	     ext_need_space(ext, &place.inode, 0, 0,
			    ext_xattr_blocks(ext, &lists), NULL, err) < 0))
		return -1;
	inode.i_mode = wanted;
	inode.i_ctime = (__u32)ext->fs->now;
	ext_stage(ext);
	return ext_staged(ext, stage(ext, place.ino, &inode, &lists, err));
}
