/* fat-check.c - look through a whole FAT volume for faults
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The tree comes first (fat-check-tree.c): it tells which clusters are in
 * use.  What the table holds besides is lost.  If the tree is damaged, what
 * looks lost may be the rest of a broken file, and a FAT that differs may be
 * the better one: then nothing of that is offered for repair.
 */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "volume/fat-check.h"
#include "volume/fat-info.h"

#define FAULTS_MAX 200	  /* said one by one */
#define PIECE	   65536u /* bytes of two FATs compared at once */

bool
fat_checker_uses(const struct fat_checker *ck, uint32_t cluster)
{
	return ck->used[cluster / 8] & 1u << cluster % 8;
}

void
fat_checker_use(struct fat_checker *ck, uint32_t cluster)
{
	ck->used[cluster / 8] |= (uint8_t)(1u << cluster % 8);
}

bool
fat_is_unclaimed(const struct fat_checker *ck, uint32_t cluster,
		 uint32_t value)
{
	return value && !fat_is_bad(&ck->vol->geo, value) &&
	       !fat_checker_uses(ck, cluster);
}

void
fat_checker_clear(struct fat_checker *ck)
{
	size_t i;

	for (i = 0; i < ck->visit_count; i++)
		free(ck->visits[i].name);
	free(ck->visits);
	free(ck->excesses);
	free(ck->orphans);
	free(ck->used);
}

int
fat_checker_say(struct fat_checker *ck, bool repairable, bool harmless,
		struct balimg_error *err, const char *fmt, ...)
{
	char text[768];
	va_list ap;

	if (!ck->faults)
		return 0;
	if (ck->faults->count >= FAULTS_MAX) {
		ck->unsaid++;
		return 0;
	}
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return volume_faults_add(
		ck->faults, repairable, harmless, err, "%s%s", text,
		repairable || harmless ? "" : " (fsck.fat is needed)");
}

/* ---- boot sector, FATs, FSInfo ---- */

/* The two entries that stand for no cluster: the first repeats the media
 * byte, the top bits of the second fall while a volume is mounted, or when a
 * bad sector was met. */
static int
check_first_entries(struct fat_checker *ck, struct balimg_error *err)
{
	const struct fat_geometry *geo = &ck->vol->geo;
	uint32_t end = fat_end_mark(geo);
	uint32_t first, second, clean;

	if (fat_get_stored(ck->vol, 0, &first, err) < 0 ||
	    fat_get_stored(ck->vol, 1, &second, err) < 0)
		return -1;
	if (first != ((end & ~0xffu) | geo->media) &&
	    fat_checker_say(ck, false, false, err,
			    "the FAT does not begin as one should") < 0)
		return -1;
	clean = geo->bits == 32 ? 0x0c000000 : geo->bits == 16 ? 0xc000 : 0;
	if (!geo->dirty && (second & clean) == clean)
		return 0;
	return fat_checker_say(ck, false, false, err,
			       "the volume was not unmounted cleanly");
}

static int
check_label(struct fat_checker *ck, struct balimg_error *err)
{
	const struct fat_geometry *geo = &ck->vol->geo;
	uint8_t label[FAT_SHORT];
	int rc = fat_root_label(ck->vol, label, err);

	if (rc < 0)
		return -1;
	if (!rc)
		memcpy(label, "NO NAME    ", FAT_SHORT);
	if (!geo->has_serial || !memcmp(label, geo->label, FAT_SHORT))
		return 0;
	return fat_checker_say(ck, false, true, err,
			       "the label in the boot sector differs from "
			       "that in the root directory");
}

static int
check_backup(struct fat_checker *ck, struct balimg_error *err)
{
	const struct fat_geometry *geo = &ck->vol->geo;
	uint8_t boot[FAT_SECTOR], backup[FAT_SECTOR];

	if (!geo->backup_offset)
		return 0;
	if (source_read(ck->vol->volume.source, 0, boot, FAT_SECTOR, err) <
		    0 ||
	    source_read(ck->vol->volume.source, geo->backup_offset, backup,
			FAT_SECTOR, err) < 0)
		return -1;
	if (!memcmp(boot, backup, FAT_SECTOR))
		return 0;
	return fat_checker_say(ck, false, true, err,
			       "the backup of the boot sector differs");
}

static uint32_t
count_differing(const uint8_t *a, const uint8_t *b, size_t len)
{
	uint32_t count = 0;
	size_t at, now;

	for (at = 0; at < len; at += now) {
		now = len - at < FAT_SECTOR ? len - at : FAT_SECTOR;
		count += memcmp(a + at, b + at, now) != 0;
	}
	return count;
}

static int
compare_table(struct fat_checker *ck, unsigned table, struct balimg_error *err)
{
	const struct fat_geometry *geo = &ck->vol->geo;
	struct source *source = ck->vol->volume.source;
	AUTO_FREE uint8_t *data = malloc(2 * (size_t)PIECE);
	uint64_t left = fat_table_used(geo);
	uint64_t at = geo->table_offset;
	uint32_t count = 0;
	size_t now;

	if (!data)
		return error_nomem(err);
	for (; left; left -= now, at += now) {
		now = left < PIECE ? (size_t)left : PIECE;
		if (source_read(source, at + geo->active * geo->table_size,
				data, now, err) < 0 ||
		    source_read(source, at + table * geo->table_size,
				data + PIECE, now, err) < 0)
			return -1;
		count += count_differing(data, data + PIECE, now);
	}
	ck->differing += count;
	if (!count)
		return 0;
	return fat_checker_say(ck, !ck->damaged, false, err,
			       "FAT copy %u differs from copy %u in %u "
			       "sector%s",
			       table + 1, geo->active + 1, count,
			       count == 1 ? "" : "s");
}

static int
compare_tables(struct fat_checker *ck, struct balimg_error *err)
{
	unsigned table;

	if (!ck->vol->geo.mirrored)
		return 0;
	for (table = 0; table < ck->vol->geo.table_count; table++)
		if (table != ck->vol->geo.active &&
		    compare_table(ck, table, err) < 0)
			return -1;
	return 0;
}

static int
check_info(struct fat_checker *ck, struct balimg_error *err)
{
	struct fat_info info;

	if (!ck->vol->geo.info_offset)
		return 0;
	if (fat_info_read(ck->vol, &info, err) < 0)
		return -1;
	if (!info.valid)
		return fat_checker_say(ck, false, false, err,
				       "the FSInfo sector is damaged");
	if (info.free == FAT_INFO_UNKNOWN)
		return fat_checker_say(ck, true, true, err,
				       "FSInfo does not know that %u clusters "
				       "are free",
				       ck->free_stored);
	if (info.free == ck->free_stored)
		return 0;
	return fat_checker_say(ck, true, false, err,
			       "FSInfo counts %u free cluster%s, there are "
			       "%u",
			       info.free, info.free == 1 ? "" : "s",
			       ck->free_stored);
}

/* ---- what no file holds ---- */

static int
count_clusters(struct fat_checker *ck, struct balimg_error *err)
{
	const struct fat_geometry *geo = &ck->vol->geo;
	uint32_t cluster, value;

	for (cluster = 2; cluster <= fat_last_cluster(geo); cluster++) {
		if (fat_get_stored(ck->vol, cluster, &value, err) < 0)
			return -1;
		ck->free_stored += !value;
		if (fat_get(ck->vol, cluster, &value, err) < 0)
			return -1;
		if (!fat_is_unclaimed(ck, cluster, value))
			continue;
		if (fat_is_end(geo, value) || fat_has_cluster(geo, value))
			ck->lost++;
		else
			ck->impossible++;
	}
	return 0;
}

static int
report_clusters(struct fat_checker *ck, struct balimg_error *err)
{
	if (ck->lost &&
	    fat_checker_say(ck, !ck->damaged, false, err,
			    "%u cluster%s lost: in use, but by no file",
			    ck->lost, ck->lost == 1 ? " is" : "s are") < 0)
		return -1;
	if (ck->impossible &&
	    fat_checker_say(ck, !ck->damaged, false, err,
			    "%u unused entr%s of the FAT %s out of range",
			    ck->impossible, ck->impossible == 1 ? "y" : "ies",
			    ck->impossible == 1 ? "is" : "are") < 0)
		return -1;
	if (ck->unsaid)
		return volume_faults_add(ck->faults, false, false, err,
					 "and %zu more faults", ck->unsaid);
	return 0;
}

int
fat_checker_run(struct fat_checker *ck, struct fat_volume *vol,
		struct volume_faults *faults, struct balimg_error *err)
{
	*ck = (struct fat_checker){ .vol = vol, .faults = faults };
	ck->used = calloc(fat_last_cluster(&vol->geo) / 8 + 1, 1);
	if (!ck->used)
		return error_nomem(err);
	if (check_first_entries(ck, err) < 0 || check_backup(ck, err) < 0 ||
	    fat_check_tree(ck, err) < 0 || check_label(ck, err) < 0 ||
	    compare_tables(ck, err) < 0 || count_clusters(ck, err) < 0 ||
	    check_info(ck, err) < 0)
		return -1;
	return report_clusters(ck, err);
}

int
fat_check(struct volume *vol, struct volume_faults *faults,
	  struct balimg_error *err)
{
	AUTO_CHECKER struct fat_checker ck;

	return fat_checker_run(&ck, fat_of(vol), faults, err);
}
