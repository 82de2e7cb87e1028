/* ext-format.c - make a new ext3 or ext4
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * With neither 64-bit block numbers nor sums of the metadata: bootloaders that
 * are as old as the images that lack a file system know of neither.
 */
#include <config.h>

#include <string.h>

#include "base/io.h"
#include "volume/ext.h"

#define BLOCK_LOG	2u /* 4 KiB: 1 KiB, twice doubled */
#define BLOCK		4096u
#define BYTES_PER_INODE 8192u
#define INODE_SIZE	256u
#define LOST_FOUND	16384u /* bytes that recovery finds there */

static void
describe(uint64_t blocks, bool is_ext4, struct ext2_super_block *param)
{
	*param = (struct ext2_super_block){
		.s_rev_level = EXT2_DYNAMIC_REV,
		.s_log_block_size = BLOCK_LOG,
		.s_log_cluster_size = BLOCK_LOG,
		.s_inode_size = INODE_SIZE,
		.s_inodes_count = (uint32_t)(blocks * BLOCK / BYTES_PER_INODE),
		.s_feature_compat = EXT2_FEATURE_COMPAT_DIR_INDEX |
				    EXT2_FEATURE_COMPAT_EXT_ATTR,
		.s_feature_incompat = EXT2_FEATURE_INCOMPAT_FILETYPE,
		.s_feature_ro_compat = EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER |
				       EXT2_FEATURE_RO_COMPAT_LARGE_FILE,
	};
	if (is_ext4) {
		param->s_feature_incompat |= EXT3_FEATURE_INCOMPAT_EXTENTS;
		param->s_feature_ro_compat |=
			EXT4_FEATURE_RO_COMPAT_HUGE_FILE |
			EXT4_FEATURE_RO_COMPAT_DIR_NLINK |
			EXT4_FEATURE_RO_COMPAT_EXTRA_ISIZE;
		param->s_min_extra_isize = param->s_want_extra_isize =
			sizeof(struct ext2_inode_large) -
			EXT2_GOOD_OLD_INODE_SIZE;
	}
	ext2fs_blocks_count_set(param, blocks);
}

static void
name(ext2_filsys fs, const struct volume_format *format)
{
	struct ext2_super_block *super = fs->super;
	time_t now = io_now();

	fs->now = now ? now : 1; /* to libext2fs, 0 means the clock */
	super->s_mkfs_time = super->s_lastcheck = super->s_wtime =
		(uint32_t)now;
	super->s_max_mnt_count = -1;
	super->s_def_hash_version = EXT2_HASH_HALF_MD4;
	memcpy(super->s_uuid, format->uuid, sizeof(super->s_uuid));
	memcpy(super->s_hash_seed, format->uuid, sizeof(super->s_hash_seed));
	memcpy(super->s_volume_name, format->label,
	       strnlen(format->label, sizeof(super->s_volume_name)));
}

/* The bitmaps and, zeroed, the tables of inodes. */
static errcode_t
make_tables(ext2_filsys fs)
{
	errcode_t failed = ext2fs_allocate_tables(fs);
	dgrp_t group;

	for (group = 0; !failed && group < fs->group_desc_count; group++)
		failed = ext2fs_zero_blocks2(
			fs, ext2fs_inode_table_loc(fs, group),
			(int)fs->inode_blocks_per_group, NULL, NULL);
	return failed;
}

static errcode_t
make_lost_found(ext2_filsys fs)
{
	errcode_t failed;
	ext2_ino_t ino;
	unsigned size;

	fs->umask = 077;
	failed = ext2fs_mkdir(fs, EXT2_ROOT_INO, 0, "lost+found");
	if (!failed)
		failed = ext2fs_lookup(fs, EXT2_ROOT_INO, "lost+found",
				       (int)strlen("lost+found"), NULL, &ino);
	for (size = BLOCK; !failed && size < LOST_FOUND; size += BLOCK)
		failed = ext2fs_expand_dir(fs, ino);
	return failed;
}

static errcode_t
make_inodes(ext2_filsys fs)
{
	errcode_t failed;
	ext2_ino_t ino;

	fs->umask = 022;
	failed = ext2fs_mkdir(fs, EXT2_ROOT_INO, EXT2_ROOT_INO, NULL);
	if (!failed)
		failed = make_lost_found(fs);
	if (failed)
		return failed;
	/* The first is for bad blocks; the root is made already. */
	ext2fs_inode_alloc_stats2(fs, EXT2_BAD_INO, 1, 0);
	for (ino = EXT2_ROOT_INO + 1; ino < EXT2_FIRST_INODE(fs->super); ino++)
		ext2fs_inode_alloc_stats2(fs, ino, 1, 0);
	failed = ext2fs_update_bb_inode(fs, NULL);
	if (failed)
		return failed;
	return ext2fs_add_journal_inode2(
		fs,
		(blk_t)ext2fs_default_journal_size(
			ext2fs_blocks_count(fs->super)),
		~0ULL, EXT2_MKJOURNAL_NO_MNT_CHECK);
}

static errcode_t
fill(struct ext_volume *ext, const struct volume_format *format)
{
	errcode_t failed;

	name(ext->fs, format);
	failed = make_tables(ext->fs);
	if (!failed)
		failed = make_inodes(ext->fs);
	return failed ? failed : ext2fs_flush(ext->fs);
}

static int
make(struct ext_volume *ext, const struct volume_format *format, bool is_ext4,
     struct balimg_error *err)
{
	uint64_t blocks = source_size(ext->io.below) / BLOCK;
	struct ext2_super_block param;
	errcode_t failed;

	if (blocks > UINT32_MAX)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "is too large for a file system of 32-bit "
				 "block numbers");
	if (ext_io_stage(&ext->io, err) < 0)
		return -1;
	ext_io_begin(&ext->io, blocks);
	describe(blocks, is_ext4, &param);
	failed = ext_io_new_filesystem(&ext->io, &param, &ext->fs);
	if (!failed)
		failed = fill(ext, format);
	return failed ? ext_error(ext, failed, err) :
			ext_io_commit(&ext->io, err);
}

int
ext_format(struct source *source, const struct volume_format *format,
	   struct balimg_error *err)
{
	struct ext_volume ext = { .io = { .below = source } };
	bool is_ext4 = !strcmp(format->type, "ext4");
	int rc;

	if (!is_ext4 && strcmp(format->type, "ext3") != 0)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "a file system of type %s cannot be made",
				 format->type);
	rc = make(&ext, format, is_ext4, err);
	if (ext.fs)
		ext2fs_free(ext.fs);
	source_close(ext.io.staged);
	return rc;
}
