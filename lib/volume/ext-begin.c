/* ext-begin.c - may this volume be written, and this inode?
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * libext2fs writes to nearly anything.  What it would then damage, or what
 * would be lost when the journal is replayed, is refused here.
 */
#include <config.h>

#include "base/bytes.h"
#include "base/io.h"
#include "volume/ext.h"

#define JOURNAL_MAGIC 0xc03b3998u
#define JOURNAL_START 28 /* offset: the first block to be replayed, or 0 */

static int
refuse(struct balimg_error *err, const char *what)
{
	error_set(err, BALIMG_E_REFUSED, "%s", what);
	return error_hint(err, "run e2fsck on the file system, or boot the "
			       "device once");
}

static int
check_marks(const struct ext2_super_block *super, struct balimg_error *err)
{
	if (ext2fs_has_feature_journal_needs_recovery(
		    (struct ext2_super_block *)super))
		return refuse(err, "the journal of the file system was not "
				   "replayed: what is written now would be "
				   "lost");
	if (super->s_state & EXT2_ERROR_FS)
		return refuse(err, "the file system is marked as damaged");
	if (!(super->s_state & EXT2_VALID_FS))
		return refuse(err, "the file system was not unmounted "
				   "cleanly");
	if (super->s_last_orphan || ext2fs_has_feature_orphan_present(
					    (struct ext2_super_block *)super))
		return refuse(err, "the file system has files that are still "
				   "to be deleted");
	return 0;
}

/* What we do not keep up to date. */
static int
check_features(const struct ext2_super_block *super, struct balimg_error *err)
{
	static const struct {
		uint32_t read_only; /* bits of s_feature_ro_compat */
		uint32_t incompat;  /* and s_feature_incompat */
		const char *name;
	} features[] = {
		{ EXT4_FEATURE_RO_COMPAT_BIGALLOC, 0, "bigalloc" },
		{ EXT4_FEATURE_RO_COMPAT_SHARED_BLOCKS, 0, "shared_blocks" },
		{ EXT4_FEATURE_RO_COMPAT_READONLY, 0, "read-only" },
		{ EXT4_FEATURE_RO_COMPAT_QUOTA, 0, "quota" },
		{ EXT4_FEATURE_RO_COMPAT_PROJECT, 0, "project" },
		{ 0, EXT4_FEATURE_INCOMPAT_MMP, "mmp" },
	};
	size_t i;

	if (super->s_feature_ro_compat &
	    ~(uint32_t)EXT2_LIB_FEATURE_RO_COMPAT_SUPP)
		return error_set(err, BALIMG_E_REFUSED,
				 "the file system has features that this "
				 "libext2fs can read but not write");
	for (i = 0; i < sizeof(features) / sizeof(*features); i++) {
		if (super->s_feature_ro_compat & features[i].read_only ||
		    super->s_feature_incompat & features[i].incompat)
			return error_set(err, BALIMG_E_REFUSED,
					 "the file system has the feature "
					 "\"%s\", with which it can only be "
					 "read",
					 features[i].name);
	}
	return 0;
}

/* A journal may hold what the superblock does not tell of. */
static int
check_journal(struct ext_volume *ext, struct balimg_error *err)
{
	ext2_filsys fs = ext->fs;
	uint8_t head[32];
	errcode_t failed;
	blk64_t block;

	if (!ext2fs_has_feature_journal(fs->super) ||
	    !fs->super->s_journal_inum)
		return 0;
	failed = ext2fs_bmap2(fs, fs->super->s_journal_inum, NULL, NULL, 0, 0,
			      NULL, &block);
	if (!failed)
		failed = io_channel_read_blk64(fs->io, block,
					       -(int)sizeof(head), head);
	if (failed)
		return ext_error(ext, failed, err);
	if (be32_get(head) == JOURNAL_MAGIC && be32_get(head + JOURNAL_START))
		return refuse(err, "the journal of the file system holds what "
				   "was not replayed");
	return 0;
}

static int
check_size(const struct ext_volume *ext, struct balimg_error *err)
{
	uint64_t size;

	if (checked_mul(ext2fs_blocks_count(ext->fs->super),
			ext->fs->blocksize, &size) &&
	    size <= source_size(ext->head.source))
		return 0;
	return error_set(err, BALIMG_E_INVALID,
			 "the file system is larger than what it lies in");
}

int
ext_check_state(struct ext_volume *ext, struct balimg_error *err)
{
	if (check_size(ext, err) < 0 || check_marks(ext->fs->super, err) < 0)
		return -1;
	return check_journal(ext, err);
}

/* libext2fs copies bitmaps without looking at their sizes. */
static bool
has_sane_groups(const struct ext_volume *ext)
{
	const struct ext2_super_block *super = ext->fs->super;
	uint32_t bits = 8 * ext->fs->blocksize; /* of a bitmap */

	return super->s_first_data_block == (ext->fs->blocksize == 1024) &&
	       super->s_inodes_per_group % 8 == 0 &&
	       super->s_inodes_per_group <= bits &&
	       super->s_blocks_per_group % 8 == 0 &&
	       super->s_blocks_per_group <= bits;
}

int
ext_load_bitmaps(struct ext_volume *ext, struct balimg_error *err)
{
	errcode_t failed;

	if (ext->fs->block_map && ext->fs->inode_map)
		return 0;
	/* One that is larger than its source may be of any size. */
	if (check_size(ext, err) < 0)
		return -1;
	if (!has_sane_groups(ext))
		return ext_error(ext, EXT2_ET_CORRUPT_SUPERBLOCK, err);
	failed = ext2fs_read_bitmaps(ext->fs);
	return failed ? ext_error(ext, failed, err) : 0;
}

static int
make_writable(struct ext_volume *ext, struct balimg_error *err)
{
	if (ext_check_state(ext, err) < 0 ||
	    check_features(ext->fs->super, err) < 0 ||
	    ext_load_bitmaps(ext, err) < 0 || ext_io_stage(&ext->io, err) < 0)
		return -1;
	ext->fs->flags |= EXT2_FLAG_RW;
	ext->writing = true;
	return 0;
}

int
ext_begin(struct ext_volume *ext, struct balimg_error *err)
{
	time_t now = io_now();

	if (ext->failed)
		return error_set(err, BALIMG_E_USAGE,
				 "an earlier edit of the volume failed");
	ext_io_begin(&ext->io, 0);
	ext_listed_forget(&ext->listed);
	if (!ext->writing && make_writable(ext, err) < 0)
		return -1;
	/* To libext2fs, 0 means the clock. */
	ext->fs->now = now ? now : 1;
	return 0;
}

int
ext_check_inode(const struct ext_volume *ext, ext2_ino_t ino,
		const struct ext2_inode *inode, struct balimg_error *err)
{
	const char *what = NULL;

	if (inode->i_flags & EXT4_ENCRYPT_FL)
		what = "encrypted";
	else if (inode->i_flags & EXT4_VERITY_FL)
		what = "sealed by verity";
	else if (inode->i_flags & EXT4_CASEFOLD_FL)
		what = "case-folded";
	else if (inode->i_flags & EXT2_COMPRBLK_FL)
		what = "compressed";
	else if (inode->i_flags & (EXT4_EA_INODE_FL | EXT4_SNAPFILE_FL) ||
		 (ino != EXT2_ROOT_INO &&
		  ino < EXT2_FIRST_INODE(ext->fs->super)))
		what = "part of the file system";
	if (!what)
		return 0;
	return error_set(err, BALIMG_E_REFUSED, "is %s, and can only be read",
			 what);
}

void
ext_stage(struct ext_volume *ext)
{
	ext->edited = true;
}

int
ext_staged(struct ext_volume *ext, int result)
{
	if (result < 0)
		ext->failed = true;
	return result;
}
