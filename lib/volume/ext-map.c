/* ext-map.c - where the bytes of a file lie
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A whole extent, or the hole before the next one, is found at once; blocks
 * that are mapped one by one are put together.
 */
#include <config.h>

#include "volume/ext.h"

/* Blocks of a file that are mapped alike. */
struct map {
	blk64_t block;	/* the first; 0: none, or not written */
	uint64_t count; /* of the file's blocks */
};

#define REST (UINT64_MAX / 2) /* as many as there are */

/* The hole at @number, behind which an extent may follow. */
static errcode_t
map_hole(ext2_extent_handle_t handle, uint64_t number, struct map *map)
{
	struct ext2fs_extent extent = { 0 };
	errcode_t failed;

	*map = (struct map){ .count = 1 };
	failed = ext2fs_extent_get(handle, EXT2_EXTENT_CURRENT, &extent);
	if (!failed && extent.e_lblk <= number)
		failed = ext2fs_extent_get(handle, EXT2_EXTENT_NEXT_LEAF,
					   &extent);
	if (failed == EXT2_ET_EXTENT_NO_NEXT ||
	    failed == EXT2_ET_NO_CURRENT_NODE)
		map->count = REST;
	else if (!failed && extent.e_flags & EXT2_EXTENT_FLAGS_LEAF &&
		 extent.e_lblk > number)
		map->count = extent.e_lblk - number;
	else if (failed)
		return failed;
	return 0;
}

static errcode_t
map_extent(struct ext_volume *ext, ext2_ino_t ino, struct ext2_inode *inode,
	   uint64_t number, struct map *map)
{
	struct ext2fs_extent extent;
	ext2_extent_handle_t handle;
	errcode_t failed;

	failed = ext2fs_extent_open2(ext->fs, ino, inode, &handle);
	if (failed)
		return failed;
	failed = ext2fs_extent_goto(handle, number);
	if (failed == EXT2_ET_EXTENT_NOT_FOUND) {
		failed = map_hole(handle, number, map);
	} else if (!failed) {
		failed = ext2fs_extent_get(handle, EXT2_EXTENT_CURRENT,
					   &extent);
		if (!failed && (number < extent.e_lblk ||
				number - extent.e_lblk >= extent.e_len))
			failed = EXT2_ET_EXTENT_INVALID_LENGTH;
		if (!failed) {
			number -= extent.e_lblk;
			map->count = extent.e_len - number;
			map->block = extent.e_flags &
						     EXT2_EXTENT_FLAGS_UNINIT ?
					     0 :
					     extent.e_pblk + number;
		}
	}
	ext2fs_extent_free(handle);
	return failed;
}

/* How the file's blocks from @number on are mapped. */
static errcode_t
map_blocks(struct ext_volume *ext, ext2_ino_t ino, struct ext2_inode *inode,
	   uint64_t number, struct map *map)
{
	*map = (struct map){ .count = 1 };
	if (inode->i_flags & EXT4_EXTENTS_FL)
		return map_extent(ext, ino, inode, number, map);
	return ext2fs_bmap2(ext->fs, ino, inode, NULL, 0, number, NULL,
			    &map->block);
}

int
ext_find_stretch(struct ext_volume *ext, ext2_ino_t ino,
		 struct ext2_inode *inode, uint64_t offset, uint64_t limit,
		 struct ext_stretch *stretch, struct balimg_error *err)
{
	uint64_t block_size = ext->fs->blocksize;
	uint64_t number = offset / block_size;
	uint64_t skip = offset % block_size;
	uint64_t wanted = (skip + limit - 1) / block_size + 1; /* blocks */
	uint64_t count;
	struct map first, next;
	errcode_t failed;

	failed = map_blocks(ext, ino, inode, number, &first);
	for (count = first.count; !failed && count < wanted;
	     count += next.count) {
		failed = map_blocks(ext, ino, inode, number + count, &next);
		if (failed)
			break;
		if (first.block ? next.block != first.block + count :
				  next.block != 0)
			break;
	}
	if (failed)
		return ext_error(ext, failed, err);
	stretch->at = first.block ? first.block * block_size + skip : 0;
	stretch->len = limit;
	if (count < wanted)
		stretch->len = count * block_size - skip;
	return 0;
}
