/* ext-remove.c - take names away, and what nobody names any more
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "volume/ext.h"

/* ---- may it go? ---------------------------------------------------- */

static int
meet_entry(ext2_ino_t dir, int kind, struct ext2_dir_entry *dirent, int offset,
	   int block_size, char *block, void *data)
{
	bool *empty = data;

	(void)dir;
	(void)kind;
	(void)offset;
	(void)block_size;
	(void)block;
	if (!ext_is_entry(dirent))
		return 0;
	*empty = false;
	return DIRENT_ABORT;
}

static int
check_empty(struct ext_volume *ext, ext2_ino_t dir, struct balimg_error *err)
{
	bool empty = true;
	errcode_t failed;

	failed = ext2fs_dir_iterate2(ext->fs, dir, 0, NULL, meet_entry,
				     &empty);
	if (failed)
		return ext_error(ext, failed, err);
	return empty ? 0 :
		       error_set(err, BALIMG_E_REFUSED,
				 "the directory is not empty");
}

/* Attributes may lie in inodes of their own, whose users are counted. */
static int
check_attributes(struct ext_volume *ext, ext2_ino_t ino,
		 struct balimg_error *err)
{
	struct ext2_xattr_handle *handle;
	size_t count = 0;
	errcode_t failed;

	if (!ext2fs_has_feature_ea_inode(ext->fs->super))
		return 0;
	failed = ext2fs_xattrs_open(ext->fs, ino, &handle);
	if (failed)
		return ext_error(ext, failed, err);
	failed = ext2fs_xattrs_read(handle);
	if (!failed)
		failed = ext2fs_xattrs_count(handle, &count);
	ext2fs_xattrs_close(&handle);
	if (failed)
		return ext_error(ext, failed, err);
	if (!count)
		return 0;
	return error_set(err, BALIMG_E_REFUSED,
			 "has attributes, which on a file system with the "
			 "feature \"ea_inode\" cannot be removed");
}

static int
check_removal(struct ext_volume *ext, const struct ext_place *place,
	      const struct ext2_inode_large *inode, struct balimg_error *err)
{
	struct ext2_inode parent;

	if (place->ino == EXT2_ROOT_INO ||
	    (place->dir == EXT2_ROOT_INO &&
	     !strcmp(place->name, "lost+found")))
		return error_set(err, BALIMG_E_REFUSED,
				 "is part of the file system");
	if (ext_check_inode(ext, place->ino, &place->inode, err) < 0 ||
	    ext_parent(ext, place, &parent, err) < 0 ||
	    check_attributes(ext, place->ino, err) < 0)
		return -1;
	return LINUX_S_ISDIR(inode->i_mode) ?
		       check_empty(ext, place->ino, err) :
		       0;
}

/* ---- removing ------------------------------------------------------ */

/* An inode without a name left: free what it has, and itself. */
static int
drop_inode(struct ext_volume *ext, ext2_ino_t ino,
	   struct ext2_inode_large *inode, const struct ext_blocks *blocks,
	   bool wipe, struct balimg_error *err)
{
	errcode_t failed;
	bool directory = LINUX_S_ISDIR(inode->i_mode);
	bool within = wipe || inode->i_flags & EXT4_INLINE_DATA_FL;

	failed = ext2fs_free_ext_attr(ext->fs, ino, inode);
	if (failed)
		return ext_error(ext, failed, err);
	if (ext_blocks_release(ext, blocks, wipe, err) < 0)
		return -1;
	inode->i_links_count = 0;
	inode->i_size = 0;
	inode->i_size_high = 0;
	inode->i_blocks = 0;
	inode->osd2.linux2.l_i_blocks_hi = 0;
	inode->i_dtime = (__u32)ext->fs->now;
	if (within || blocks->count) {
		inode->i_flags &= ~(__u32)(EXT4_INLINE_DATA_FL |
					   EXT4_EXTENTS_FL);
		memset(inode->i_block, 0, sizeof(inode->i_block));
	}
	ext_set_times(ext, inode);
	if (ext_write_large(ext, ino, inode, err) < 0)
		return -1;
	ext2fs_inode_alloc_stats2(ext->fs, ino, -1, directory);
	return 0;
}

/* One name less. */
static int
drop_link(struct ext_volume *ext, ext2_ino_t ino,
	  struct ext2_inode_large *inode, struct balimg_error *err)
{
	inode->i_links_count--;
	ext_set_times(ext, inode);
	return ext_write_large(ext, ino, inode, err);
}

/* The parent is one directory poorer, if it counts them. */
static int
count_out(struct ext_volume *ext, ext2_ino_t dir, struct balimg_error *err)
{
	struct ext2_inode_large inode;

	if (ext_read_large(ext, dir, &inode, err) < 0)
		return -1;
	if (inode.i_links_count <= 2)
		return 0;
	inode.i_links_count--;
	return ext_write_large(ext, dir, &inode, err);
}

static int
stage_removal(struct ext_volume *ext, const struct ext_place *place,
	      struct ext2_inode_large *inode, const struct ext_blocks *blocks,
	      bool wipe, struct balimg_error *err)
{
	errcode_t failed;
	bool directory = LINUX_S_ISDIR(inode->i_mode);
	int result;

	failed = ext2fs_unlink(ext->fs, place->dir, place->name, place->ino,
			       0);
	if (failed)
		return ext_error(ext, failed, err);
	if (ext_touch(ext, place->dir, err) < 0)
		return -1;
	if (directory || inode->i_links_count <= 1)
		result = drop_inode(ext, place->ino, inode, blocks, wipe, err);
	else
		result = drop_link(ext, place->ino, inode, err);
	if (result == 0 && directory)
		result = count_out(ext, place->dir, err);
	return result;
}

int
ext_remove(struct volume *vol, const char *path, unsigned flags,
	   struct balimg_error *err)
{
	struct ext_volume *ext = ext_of(vol);
	AUTO_BLOCKS struct ext_blocks blocks = { 0 };
	struct ext2_inode_large inode;
	struct ext_place place;

	if (ext_begin(ext, err) < 0 ||
	    ext_need(ext, path, false, &place, err) < 0)
		return -1;
	if (!*place.name)
		return error_set(err, BALIMG_E_USAGE,
				 "the root directory stays");
	if (ext_read_large(ext, place.ino, &inode, err) < 0 ||
	    check_removal(ext, &place, &inode, err) < 0 ||
	    ext_blocks_find(ext, place.ino, &place.inode, &blocks, err) < 0)
		return -1;
	ext_stage(ext);
	return ext_staged(ext, stage_removal(ext, &place, &inode, &blocks,
					     flags & VOLUME_WIPE_OLD, err));
}
