/* ext-space.c - the blocks of a file, and room for more
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Room is looked for in the bitmap, as libext2fs will do: its counters may
 * be wrong, and what is reserved for root may be used, as by the system.
 */
#include <config.h>

#include <stdlib.h>

#include "volume/ext.h"

void
ext_blocks_free(struct ext_blocks *blocks)
{
	free(blocks->runs);
	*blocks = (struct ext_blocks){ 0 };
}

static int
add_block(struct ext_blocks *blocks, blk64_t block)
{
	size_t count = blocks->count;
	struct ext_run *runs = blocks->runs;

	blocks->blocks++;
	if (count && runs[count - 1].first + runs[count - 1].count == block) {
		runs[count - 1].count++;
		return 0;
	}
	/* The list doubles whenever its length is a power of two. */
	if (!(count & (count - 1))) {
		runs = reallocarray(runs, count ? 2 * count : 1,
				    sizeof(*runs));
		if (!runs)
			return -1;
		blocks->runs = runs;
	}
	runs[blocks->count++] = (struct ext_run){ block, 1 };
	return 0;
}

/* ---- those of a file ----------------------------------------------- */

/* What a walk over blocks hands from call to call. */
struct walk {
	struct ext_blocks *blocks;
	bool nomem;
	bool wrong;
};

/* A block must be one of the volume's that is in use. */
static int
take_block(ext2_filsys fs, blk64_t *block, e2_blkcnt_t number, blk64_t ref,
	   int ref_offset, void *data)
{
	struct walk *walk = data;
	blk64_t total = ext2fs_blocks_count(fs->super);

	(void)number;
	(void)ref;
	(void)ref_offset;
	walk->wrong = *block < fs->super->s_first_data_block ||
		      *block >= total || walk->blocks->blocks >= total ||
		      !ext2fs_test_block_bitmap2(fs->block_map, *block);
	if (!walk->wrong)
		walk->nomem = add_block(walk->blocks, *block) < 0;
	return walk->wrong || walk->nomem ? BLOCK_ABORT : 0;
}

int
ext_blocks_find(struct ext_volume *ext, ext2_ino_t ino,
		struct ext2_inode *inode, struct ext_blocks *blocks,
		struct balimg_error *err)
{
	struct walk walk = { .blocks = blocks };
	errcode_t failed;

	if (!ext2fs_inode_has_valid_blocks2(ext->fs, inode))
		return 0;
	failed = ext2fs_block_iterate3(ext->fs, ino, BLOCK_FLAG_READ_ONLY,
				       NULL, take_block, &walk);
	if (walk.nomem)
		return error_nomem(err);
	if (walk.wrong)
		return error_set(err, BALIMG_E_INVALID,
				 "the file system is damaged: a file has "
				 "blocks that are not in use");
	return failed ? ext_error(ext, failed, err) : 0;
}

static int
wipe_run(struct ext_volume *ext, const struct ext_run *run,
	 struct balimg_error *err)
{
	uint64_t size = ext->fs->blocksize;

	return source_zero(ext->io.staged, run->first * size,
			   run->count * size, err);
}

int
ext_blocks_release(struct ext_volume *ext, const struct ext_blocks *blocks,
		   bool wipe, struct balimg_error *err)
{
	const struct ext_run *run;
	blk64_t block;
	size_t i;

	for (i = 0; i < blocks->count; i++) {
		run = &blocks->runs[i];
		if (wipe && wipe_run(ext, run, err) < 0)
			return -1;
		for (block = run->first; block < run->first + run->count;
		     block++) {
			/* A damaged file may hold one twice. */
			if (ext2fs_test_block_bitmap2(ext->fs->block_map,
						      block))
				ext2fs_block_alloc_stats2(ext->fs, block, -1);
		}
	}
	return 0;
}

/* ---- room ---------------------------------------------------------- */

static void
count_free_inodes(ext2_filsys fs, struct ext_free *have)
{
	ext2_ino_t last = fs->super->s_inodes_count;
	ext2_ino_t at = 1;
	ext2_ino_t first, end;

	while (at <= last && !ext2fs_find_first_zero_inode_bitmap2(
				     fs->inode_map, at, last, &first)) {
		if (ext2fs_find_first_set_inode_bitmap2(fs->inode_map, first,
							last, &end))
			end = last + 1;
		have->inodes += end - first;
		at = end;
	}
}

void
ext_count_free(struct ext_volume *ext, struct ext_free *have)
{
	ext2_filsys fs = ext->fs;
	blk64_t last = ext2fs_blocks_count(fs->super) - 1;
	blk64_t at = fs->super->s_first_data_block;
	blk64_t first, end;

	*have = (struct ext_free){ 0 };
	while (at <= last && !ext2fs_find_first_zero_block_bitmap2(
				     fs->block_map, at, last, &first)) {
		if (ext2fs_find_first_set_block_bitmap2(fs->block_map, first,
							last, &end))
			end = last + 1;
		have->blocks += end - first;
		have->runs++;
		at = end;
	}
	count_free_inodes(fs, have);
}

/* Blocks of pointers for @data blocks of a file of @size bytes: all of a
 * full tree, but no more than one on each level for each block. */
static uint64_t
count_indirect(uint64_t data, uint64_t size, uint64_t block_size)
{
	uint64_t each = block_size / 4;
	uint64_t total = size / block_size + 1;
	uint64_t full = total / each + total / each / each + 3 + 3;

	if (size <= EXT2_NDIR_BLOCKS * block_size)
		return 0;
	return full < 3 * data ? full : 3 * data;
}

/* Blocks of extents when @data blocks lie in @runs runs at most: nodes that
 * were split may stay half full. */
static uint64_t
count_extents(uint64_t data, uint64_t runs, uint64_t block_size)
{
	uint64_t each = (block_size - 12) / 12;
	uint64_t extents = data < runs ? data : runs;

	/* A long run is several extents. */
	extents += data >> 15;
	return extents <= 4 ? 0 : 2 * (extents / each) + 5;
}

int
ext_need_space(struct ext_volume *ext, const struct ext2_inode *inode,
	       uint64_t size, uint64_t data, uint64_t more,
	       const struct ext_blocks *freed, struct balimg_error *err)
{
	uint64_t block_size = ext->fs->blocksize;
	struct ext_free have;
	uint64_t runs, need;

	ext_count_free(ext, &have);
	if (freed) {
		have.blocks += freed->blocks;
		have.runs += freed->count;
	}
	/* Each hole may begin an extent. */
	runs = have.runs + size / block_size + 1 - data;
	need = inode->i_flags & EXT4_EXTENTS_FL ?
		       count_extents(data, runs, block_size) :
		       count_indirect(data, size, block_size);
	need += data + more;
	if (need <= have.blocks)
		return 0;
	return error_set(err, BALIMG_E_NO_SPACE,
			 "takes %llu blocks of %llu bytes, and %llu are free",
			 (unsigned long long)need,
			 (unsigned long long)block_size,
			 (unsigned long long)have.blocks);
}
