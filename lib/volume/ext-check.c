/* ext-check.c - what is visibly wrong with an ext volume
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The superblock's own word, the checksums of groups and bitmaps, and the
 * counts of what is free.  Whether every block has one owner is e2fsck's to
 * say, and so is the mending.
 */
#include <config.h>

#include <inttypes.h>

#include "volume/ext.h"

#define GROUPS_NAMED 4u /* with wrong checksums, the rest is counted */

static int
check_groups(struct ext_volume *ext, struct volume_faults *faults,
	     struct balimg_error *err)
{
	dgrp_t group;
	unsigned wrong = 0;

	for (group = 0; group < ext->fs->group_desc_count; group++) {
		if (ext2fs_group_desc_csum_verify(ext->fs, group))
			continue;
		if (++wrong <= GROUPS_NAMED &&
		    volume_faults_add(faults, false, false, err,
				      "the checksum of block group %u is "
				      "wrong",
				      group) < 0)
			return -1;
	}
	if (wrong <= GROUPS_NAMED)
		return 0;
	return volume_faults_add(faults, false, false, err,
				 "and those of %u other groups",
				 wrong - GROUPS_NAMED);
}

/* Compare a count of the superblock with its bitmap. */
static int
check_count(struct volume_faults *faults, const char *what, uint64_t said,
	    uint64_t found, struct balimg_error *err)
{
	if (said == found)
		return 0;
	return volume_faults_add(faults, false, false, err,
				 "%" PRIu64 " %s are free, but the superblock "
				 "says %" PRIu64,
				 found, what, said);
}

static int
check_counts(struct ext_volume *ext, struct volume_faults *faults,
	     struct balimg_error *err)
{
	struct ext2_super_block *super = ext->fs->super;
	struct ext_free have;

	ext_count_free(ext, &have);
	if (check_count(faults, "blocks", ext2fs_free_blocks_count(super),
			have.blocks, err) < 0)
		return -1;
	return check_count(faults, "inodes", super->s_free_inodes_count,
			   have.inodes, err);
}

/* What keeps the volume from being looked at or written is a fault of it,
 * unless it is the machine's.  A journal that waits for its replay is none:
 * a device that lost power leaves it so. */
static int
add_reason(struct ext_volume *ext, struct volume_faults *faults,
	   const struct balimg_error *why, struct balimg_error *err)
{
	bool refused = error_is(why, BALIMG_E_REFUSED);
	bool harmless = refused && !(ext->fs->super->s_state & EXT2_ERROR_FS);

	if (!refused && !error_is_finding(why))
		return error_pass(err, why);
	return volume_faults_add(faults, false, harmless, err, "%s",
				 why->message);
}

int
ext_check(struct volume *vol, struct volume_faults *faults,
	  struct balimg_error *err)
{
	struct ext_volume *ext = ext_of(vol);
	struct balimg_error why = { 0 };

	ext_io_begin(&ext->io, 0);
	if (ext_check_state(ext, &why) < 0 &&
	    add_reason(ext, faults, &why, err) < 0)
		return -1;
	if (check_groups(ext, faults, err) < 0)
		return -1;
	/* Before a replay the counts mean nothing. */
	if (ext2fs_has_feature_journal_needs_recovery(ext->fs->super) ||
	    ext2fs_has_feature_bigalloc(ext->fs->super))
		return 0;
	error_clear(&why);
	ext_io_begin(&ext->io, 0);
	if (ext_load_bitmaps(ext, &why) < 0)
		return add_reason(ext, faults, &why, err);
	return check_counts(ext, faults, err);
}
