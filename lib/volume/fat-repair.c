/* fat-repair.c - stage the mending of what can be mended safely
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Copies of the FAT, FSInfo, lost clusters, chains that are too long, parts
 * of long names without a file: nothing of that touches a file's contents.
 * All goes through the same epochs as edits do.
 */
#include <config.h>

#include <string.h>

#include "volume/fat-check.h"
#include "volume/fat-info.h"

#define LOST_MAX (1u << 22) /* clusters freed at once: bounds memory */

/* Clear the entries that belong to no file. */
static int
free_lost(struct fat_checker *ck, struct balimg_error *err)
{
	struct fat_volume *vol = ck->vol;
	uint32_t cluster, value;

	if (ck->lost + ck->impossible > LOST_MAX)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "%u clusters are lost: too many for this "
				 "repair, fsck.fat is needed",
				 ck->lost);
	if (fat_map_reserve(&vol->freed, ck->lost + ck->impossible, err) < 0)
		return -1;
	for (cluster = 2; cluster <= fat_last_cluster(&vol->geo); cluster++) {
		if (fat_get(vol, cluster, &value, err) < 0)
			return -1;
		if (fat_is_unclaimed(ck, cluster, value))
			fat_map_put(&vol->freed, cluster, 0);
	}
	return 0;
}

/* End a chain where the size ends. */
static int
cut_chain(struct fat_volume *vol, const struct fat_excess *excess,
	  struct balimg_error *err)
{
	AUTO_RUNS struct fat_runs rest = { 0 };
	struct fat_dir *dir = fat_dir_get(vol, excess->dir, err);
	uint8_t slot[FAT_SLOT];

	if (!dir || fat_dir_prepare(vol, dir, err) < 0 ||
	    fat_collect(vol, excess->first, UINT32_MAX, &rest, err) < 0 ||
	    fat_release_reserve(vol, &rest, err) < 0 ||
	    fat_map_reserve(&vol->link, 1, err) < 0)
		return -1;
	fat_release(vol, &rest, false);
	if (excess->last) {
		fat_map_put(&vol->link, excess->last, fat_end_mark(&vol->geo));
		return 0;
	}
	memcpy(slot, dir->slots + excess->slot * FAT_SLOT, FAT_SLOT);
	fat_slot_set_cluster(vol, slot, 0);
	fat_dir_put(dir, excess->slot, slot);
	return 0;
}

static int
erase_orphan(struct fat_volume *vol, const struct fat_orphan *orphan,
	     struct balimg_error *err)
{
	struct fat_dir *dir = fat_dir_get(vol, orphan->dir, err);

	if (!dir || fat_dir_prepare(vol, dir, err) < 0)
		return -1;
	fat_dir_erase(dir, orphan->slot);
	return 0;
}

static int
mend_info(struct fat_checker *ck, struct balimg_error *err)
{
	struct fat_info info;

	if (fat_info_read(ck->vol, &info, err) < 0)
		return -1;
	if (info.valid && info.free == ck->free_stored)
		return 0;
	ck->vol->mend_info = info.valid;
	ck->vol->free_known = true;
	ck->vol->free_clusters = ck->free_stored;
	return 0;
}

int
fat_repair(struct volume *vol_, struct balimg_error *err)
{
	struct fat_volume *vol = fat_of(vol_);
	AUTO_CHECKER struct fat_checker ck;
	size_t i;

	if (fat_checker_run(&ck, vol, NULL, err) < 0 ||
	    mend_info(&ck, err) < 0)
		return -1;
	for (i = 0; i < ck.orphan_count; i++)
		if (erase_orphan(vol, &ck.orphans[i], err) < 0)
			return -1;
	if (ck.damaged)
		return 0;
	for (i = 0; i < ck.excess_count; i++)
		if (cut_chain(vol, &ck.excesses[i], err) < 0)
			return -1;
	if (ck.lost + ck.impossible && free_lost(&ck, err) < 0)
		return -1;
	vol->mend_tables = ck.differing != 0;
	return 0;
}
