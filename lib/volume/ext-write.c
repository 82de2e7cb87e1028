/* ext-write.c - create files, and replace what they hold
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A file that is replaced keeps its inode, and with it owner, mode,
 * attributes and other names: its blocks are freed, and the new content gets
 * blocks as if it were empty.  A name that is a symbolic link stays one, and
 * the file it leads to is written.  A new file belongs to root, or to the
 * group of a directory that hands its group on, and takes over the default
 * access control list of the directory.
 */
#include <config.h>

#include <string.h>

#include "volume/ext.h"

/* The most bytes that such an inode can map. */
static uint64_t
size_limit(const struct ext_volume *ext, const struct ext2_inode *inode)
{
	uint64_t size = ext->fs->blocksize;
	uint64_t each = size / 4;

	if (inode->i_flags & EXT4_EXTENTS_FL)
		return size * UINT32_MAX;
	return size *
	       (EXT2_NDIR_BLOCKS + each + each * each + each * each * each);
}

int
ext_need_size(struct ext_volume *ext, const struct ext2_inode *inode,
	      uint64_t size, uint64_t more, const struct ext_blocks *freed,
	      struct balimg_error *err)
{
	uint64_t block_size = ext->fs->blocksize;
	uint64_t blocks = (size + block_size - 1) / block_size;

	if (size > size_limit(ext, inode))
		return ext_error(ext, EXT2_ET_FILE_TOO_BIG, err);
	return ext_need_space(ext, inode, size, blocks, more, freed, err);
}

/* Is there room for @content, and @more blocks?  Only a content that would
 * not fit by its length is looked through for zeroes. */
static int
check_room(struct ext_volume *ext, const struct ext2_inode *inode,
	   struct source *content, uint64_t more,
	   const struct ext_blocks *freed, struct balimg_error *err)
{
	uint64_t size = source_size(content);
	uint64_t blocks;

	if (ext_need_size(ext, inode, size, more, freed, NULL) == 0)
		return 0;
	if (size > size_limit(ext, inode))
		return ext_error(ext, EXT2_ET_FILE_TOO_BIG, err);
	if (ext_count_blocks(ext, content, &blocks, err) < 0)
		return -1;
	return ext_need_space(ext, inode, size, blocks, more, freed, err);
}

int
ext_make_empty(struct ext_volume *ext, ext2_ino_t ino,
	       struct ext2_inode *inode, struct balimg_error *err)
{
	ext2_extent_handle_t handle;
	errcode_t failed;

	memset(inode->i_block, 0, sizeof(inode->i_block));
	if (!(inode->i_flags & EXT4_EXTENTS_FL))
		return 0;
	/* Opening a tree that is nothing makes an empty one. */
	failed = ext2fs_extent_open2(ext->fs, ino, inode, &handle);
	if (failed)
		return ext_error(ext, failed, err);
	ext2fs_extent_free(handle);
	return 0;
}

/* libext2fs may leave a file short without a word. */
static int
check_stored(struct ext_volume *ext, ext2_ino_t ino, struct source *content,
	     struct balimg_error *err)
{
	AUTO_SOURCE struct source *file = ext_file_open(ext, ino, err);
	bool same;

	if (!file)
		return -1;
	if (source_size(file) == source_size(content)) {
		if (volume_compare(file, content, &same, err) < 0)
			return -1;
		if (same)
			return 0;
	}
	return ext_say_unlike(err);
}

/* ---- new files ----------------------------------------------------- */

static void
fill_inode(const struct ext_volume *ext, const struct ext2_inode *parent,
	   struct ext2_inode *inode)
{
	memset(inode, 0, sizeof(*inode));
	inode->i_mode = LINUX_S_IFREG | 0644;
	inode->i_links_count = 1;
	if (ext2fs_has_feature_extents(ext->fs->super))
		inode->i_flags = EXT4_EXTENTS_FL;
	if (parent->i_mode & LINUX_S_ISGID) {
		inode->i_gid = parent->i_gid;
		inode->osd2.linux2.l_i_gid_high =
			parent->osd2.linux2.l_i_gid_high;
	}
}

static int
stage_new(struct ext_volume *ext, const struct ext_place *place,
	  ext2_ino_t ino, struct ext2_inode *inode, struct source *content,
	  const struct ext_inherited *inherited, struct balimg_error *err)
{
	errcode_t failed;

	ext2fs_inode_alloc_stats2(ext->fs, ino, +1, 0);
	if (ext_make_empty(ext, ino, inode, err) < 0)
		return -1;
	failed = ext2fs_write_new_inode(ext->fs, ino, inode);
	if (failed)
		return ext_error(ext, failed, err);
	if (ext_store(ext, ino, inode, content, err) < 0 ||
	    ext_touch(ext, ino, err) < 0 ||
	    ext_take_over(ext, ino, inherited, err) < 0 ||
	    ext_link(ext, place->dir, place->name, ino, EXT2_FT_REG_FILE,
		     err) < 0)
		return -1;
	return check_stored(ext, ino, content, err);
}

static int
create(struct ext_volume *ext, const struct ext_place *place,
       struct source *content, struct balimg_error *err)
{
	AUTO_INHERITED struct ext_inherited inherited = { 0 };
	struct ext2_inode parent, inode;
	uint64_t more = EXT_NAME_BLOCKS;
	ext2_ino_t ino;

	if (ext_parent(ext, place, &parent, err) < 0 ||
	    ext_new_inode(ext, place->dir, LINUX_S_IFREG, &ino, err) < 0 ||
	    ext_inherit(ext, place->dir, false, &inherited, err) < 0)
		return -1;
	fill_inode(ext, &parent, &inode);
	more += ext_xattr_blocks(ext, &inherited.lists);
	if (check_room(ext, &inode, content, more, NULL, err) < 0)
		return -1;
	ext_stage(ext);
	return ext_staged(ext, stage_new(ext, place, ino, &inode, content,
					 &inherited, err));
}

/* ---- old files ----------------------------------------------------- */

/* Does the file hold @content already?  One that cannot be read does not. */
static int
holds_already(struct ext_volume *ext, ext2_ino_t ino, struct source *content,
	      bool *same, struct balimg_error *err)
{
	AUTO_SOURCE struct source *old = ext_file_open(ext, ino, NULL);

	*same = false;
	if (!old || source_size(old) != source_size(content))
		return 0;
	return volume_compare(old, content, same, err);
}

static int
stage_old(struct ext_volume *ext, ext2_ino_t ino, struct ext2_inode *inode,
	  struct source *content, bool wipe, struct balimg_error *err)
{
	AUTO_BLOCKS struct ext_blocks old = { 0 };
	errcode_t failed;

	if (ext_leave_inode(ext, ino, inode, err) < 0 ||
	    ext_blocks_find(ext, ino, inode, &old, err) < 0 ||
	    ext_blocks_release(ext, &old, wipe, err) < 0)
		return -1;
	failed = ext2fs_iblk_sub_blocks(ext->fs, inode, old.blocks);
	if (failed)
		return ext_error(ext, failed, err);
	if (ext_make_empty(ext, ino, inode, err) < 0 ||
	    ext_store(ext, ino, inode, content, err) < 0 ||
	    ext_touch(ext, ino, err) < 0)
		return -1;
	return check_stored(ext, ino, content, err);
}

static int
replace(struct ext_volume *ext, struct ext_place *place,
	struct source *content, bool wipe, struct balimg_error *err)
{
	AUTO_BLOCKS struct ext_blocks old = { 0 };
	bool same;

	if (ext_check_inode(ext, place->ino, &place->inode, err) < 0 ||
	    holds_already(ext, place->ino, content, &same, err) < 0)
		return -1;
	if (same)
		return 0;
	ext_io_begin(&ext->io, source_size(content) / ext->fs->blocksize);
	if (ext_blocks_find(ext, place->ino, &place->inode, &old, err) < 0 ||
	    check_room(ext, &place->inode, content, 1, &old, err) < 0)
		return -1;
	ext_stage(ext);
	return ext_staged(ext, stage_old(ext, place->ino, &place->inode,
					 content, wipe, err));
}

int
ext_write_from(struct volume *vol, const char *path, struct source *content,
	       unsigned flags, struct balimg_error *err)
{
	struct ext_volume *ext = ext_of(vol);
	struct ext_place place;

	if (ext_begin(ext, err) < 0)
		return -1;
	ext_io_begin(&ext->io, source_size(content) / ext->fs->blocksize);
	if (ext_find(ext, path, true, &place, err) < 0)
		return -1;
	if (!place.ino)
		return create(ext, &place, content, err);
	if (LINUX_S_ISDIR(place.inode.i_mode))
		return error_set(err, BALIMG_E_USAGE, "is a directory");
	if (!LINUX_S_ISREG(place.inode.i_mode))
		return error_set(err, BALIMG_E_REFUSED, "is no regular file");
	return replace(ext, &place, content, flags & VOLUME_WIPE_OLD, err);
}
