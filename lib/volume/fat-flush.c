/* fat-flush.c - bring a transaction to the source, epoch by epoch
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The only file of the engine that writes metadata.  Each sector is read,
 * its staged entries or slots of the epoch are put in, and it is written
 * back: what else it holds, in each copy of the FAT, stays as it is.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "volume/fat-dir.h"
#include "volume/fat-info.h"

#define WINDOW 65536u /* bytes of a FAT changed at once */

/* ---- directory slots ---- */

/* Does slot @at have something for the epoch? */
static bool
is_due(const struct fat_dir *dir, size_t at, enum fat_epoch epoch)
{
	if (epoch == FAT_CHAIN && (dir->marks[at] & FAT_MARK_CLEARED))
		return true;
	return (dir->marks[at] & FAT_MARK_EPOCH) == epoch;
}

static size_t
sector_end(const struct fat_dir *dir, size_t at)
{
	size_t end = at - at % FAT_SLOTS_EACH + FAT_SLOTS_EACH;

	return end < dir->count ? end : dir->count;
}

/* Write the sector that begins with slot @at. */
static int
write_slots(struct fat_volume *vol, const struct fat_dir *dir, size_t at,
	    enum fat_epoch epoch, struct balimg_error *err)
{
	uint64_t offset = fat_dir_offset(vol, dir, at);
	size_t end = sector_end(dir, at);
	uint8_t sector[FAT_SECTOR];
	uint8_t *slot = sector;

	/* All slots of a new cluster are ours. */
	if (epoch != FAT_NEW && source_read(vol->volume.source, offset, sector,
					    FAT_SECTOR, err) < 0)
		return -1;
	for (; at < end; at++, slot += FAT_SLOT) {
		if (!is_due(dir, at, epoch))
			continue;
		if (epoch == FAT_CHAIN)
			memset(slot, 0, FAT_SLOT);
		else
			memcpy(slot, dir->slots + at * FAT_SLOT, FAT_SLOT);
	}
	return source_write(vol->volume.source, offset, sector, FAT_SECTOR,
			    err);
}

static int
write_dir(struct fat_volume *vol, const struct fat_dir *dir,
	  enum fat_epoch epoch, bool *wrote, struct balimg_error *err)
{
	size_t at, begin, end;

	for (begin = 0; begin < dir->count; begin = end) {
		end = sector_end(dir, begin);
		for (at = begin; at < end; at++)
			if (is_due(dir, at, epoch))
				break;
		if (at == end)
			continue;
		if (write_slots(vol, dir, begin, epoch, err) < 0)
			return -1;
		*wrote = true;
	}
	return 0;
}

static int
write_dirs(struct fat_volume *vol, enum fat_epoch epoch, bool *wrote,
	   struct balimg_error *err)
{
	const struct fat_dir *dir;

	for (dir = vol->dirs; dir; dir = dir->next)
		if (dir->base && write_dir(vol, dir, epoch, wrote, err) < 0)
			return -1;
	return 0;
}

/* ---- the table ---- */

/* A FAT12 entry in two sectors is changed in two steps, each within one
 * sector, by way of a value that leads nowhere wrong: an end, a free mark,
 * or a cluster that is there.  Half of the new value is there already when
 * the low part comes first; it does if either is good. */
static uint32_t
middle_value(const struct fat_geometry *geo, uint32_t cluster, uint32_t old,
	     uint32_t value)
{
	uint32_t low = cluster & 1 ? 0x00f : 0x0ff;
	uint32_t first = (old & ~low) | (value & low);

	if (!first || fat_is_end(geo, first) || fat_has_cluster(geo, first))
		return first;
	return (old & low) | (value & ~low);
}

enum pass {
	PASS_MIDDLE, /* all entries, those in two sectors half way */
	PASS_REST,   /* the other half of these */
};

/* How many pairs from @pairs on lie in one window of sectors without a
 * sector between that none of them changes; its place in the FAT. */
static size_t
find_window(const struct fat_geometry *geo, const struct fat_pair *pairs,
	    size_t count, uint64_t *offset, size_t *len)
{
	uint64_t end, last;
	size_t n;

	*offset = fat_entry_offset(geo, pairs[0].cluster);
	*offset -= *offset % FAT_SECTOR;
	end = *offset;
	for (n = 0; n < count; n++) {
		last = fat_entry_offset(geo, pairs[n].cluster);
		if (last >= end + FAT_SECTOR || last + 4 > *offset + WINDOW)
			break;
		last += geo->bits == 32 ? 3 : 1;
		if (last >= end)
			end = last - last % FAT_SECTOR + FAT_SECTOR;
	}
	*len = (size_t)(end - *offset);
	return n;
}

/* Change the @count entries of @pairs in FAT number @table. */
static int
write_window(struct fat_volume *vol, const struct fat_pair *pairs,
	     size_t count, unsigned table, uint64_t offset, size_t len,
	     enum pass pass, struct balimg_error *err)
{
	const struct fat_geometry *geo = &vol->geo;
	uint64_t at = geo->table_offset + table * geo->table_size + offset;
	AUTO_FREE uint8_t *data = malloc(WINDOW);
	uint32_t value, old;
	size_t i;

	if (!data)
		return error_nomem(err);
	if (source_read(vol->volume.source, at, data, len, err) < 0)
		return -1;
	for (i = 0; i < count; i++) {
		value = pairs[i].value;
		if (pass == PASS_MIDDLE &&
		    fat_entry_straddles(geo, pairs[i].cluster)) {
			old = fat_decode(geo, data, offset, pairs[i].cluster);
			value = middle_value(geo, pairs[i].cluster, old,
					     value);
		}
		fat_encode(geo, data, offset, pairs[i].cluster, value);
	}
	return source_write(vol->volume.source, at, data, len, err);
}

/* Change the entries in every FAT that is kept up. */
static int
write_pairs(struct fat_volume *vol, const struct fat_pair *pairs, size_t count,
	    enum pass pass, struct balimg_error *err)
{
	const struct fat_geometry *geo = &vol->geo;
	unsigned table;
	uint64_t offset;
	size_t n, len;

	for (; count; pairs += n, count -= n) {
		n = find_window(geo, pairs, count, &offset, &len);
		for (table = 0; table < geo->table_count; table++) {
			if (!geo->mirrored && table != geo->active)
				continue;
			if (write_window(vol, pairs, n, table, offset, len,
					 pass, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* Keep the pairs that need two steps; returns how many. */
static size_t
keep_straddling(const struct fat_geometry *geo, struct fat_pair *pairs,
		size_t count)
{
	size_t i, n = 0;

	for (i = 0; i < count; i++)
		if (fat_entry_straddles(geo, pairs[i].cluster))
			pairs[n++] = pairs[i];
	return n;
}

static int
write_map(struct fat_volume *vol, const struct fat_map *map, bool *wrote,
	  struct balimg_error *err)
{
	AUTO_FREE struct fat_pair *pairs = NULL;
	size_t count = map->count;

	if (!count)
		return 0;
	pairs = fat_map_sorted(map, err);
	if (!pairs || write_pairs(vol, pairs, count, PASS_MIDDLE, err) < 0)
		return -1;
	*wrote = true;
	count = keep_straddling(&vol->geo, pairs, count);
	if (!count)
		return 0;
	if (source_barrier(vol->volume.source, err) < 0)
		return -1;
	return write_pairs(vol, pairs, count, PASS_REST, err);
}

/* Give the other FATs what the active one has. */
static int
copy_tables(struct fat_volume *vol, struct balimg_error *err)
{
	const struct fat_geometry *geo = &vol->geo;
	uint64_t active = geo->table_offset + geo->active * geo->table_size;
	unsigned table;

	for (table = 0; table < geo->table_count; table++) {
		if (table == geo->active)
			continue;
		if (source_copy(vol->volume.source, active, vol->volume.source,
				geo->table_offset + table * geo->table_size,
				fat_table_used(geo), err) < 0)
			return -1;
	}
	return 0;
}

/* ---- contents ---- */

static int
zero_run(struct fat_volume *vol, struct fat_run run, struct balimg_error *err)
{
	return source_zero(vol->volume.source,
			   fat_cluster_offset(&vol->geo, run.first),
			   (uint64_t)run.count * vol->geo.cluster_size, err);
}

/* Zero what was written and given up, unless it was given away again. */
static int
zero_dropped(struct fat_volume *vol, struct balimg_error *err)
{
	struct fat_run one = { .count = 1 };
	uint32_t left;
	size_t i;

	for (i = 0; i < vol->dropped.count; i++) {
		one.first = vol->dropped.runs[i].first;
		for (left = vol->dropped.runs[i].count; left; left--) {
			if (!fat_map_has(&vol->chain, one.first) &&
			    zero_run(vol, one, err) < 0)
				return -1;
			one.first++;
		}
	}
	return 0;
}

static int
zero_wiped(struct fat_volume *vol, struct balimg_error *err)
{
	size_t i;

	for (i = 0; i < vol->wiped.count; i++)
		if (zero_run(vol, vol->wiped.runs[i], err) < 0)
			return -1;
	return 0;
}

/* ---- the epochs ---- */

static int
end_epoch(struct fat_volume *vol, bool *wrote, struct balimg_error *err)
{
	if (*wrote && source_barrier(vol->volume.source, err) < 0)
		return -1;
	*wrote = false;
	return 0;
}

/* Bring FSInfo up to date; what it does not know stays unknown. */
static int
write_info(struct fat_volume *vol, struct balimg_error *err)
{
	struct fat_info info;
	uint32_t count;

	if (fat_info_read(vol, &info, err) < 0)
		return -1;
	if (!info.valid)
		return 0;
	if (info.free <= vol->geo.cluster_count || vol->mend_info) {
		if (fat_count_free(vol, &count, err) < 0)
			return -1;
		info.free = count;
	}
	if (vol->chain.count && fat_has_cluster(&vol->geo, info.next))
		info.next = vol->hint;
	return fat_info_write(vol, &info, err);
}

static int
write_last_epoch(struct fat_volume *vol, bool *wrote, struct balimg_error *err)
{
	bool changed = vol->chain.count || vol->freed.count || vol->mend_info;

	if (changed && write_info(vol, err) < 0)
		return -1;
	*wrote |= changed || vol->wiped.count || vol->mend_tables;
	if (write_map(vol, &vol->freed, wrote, err) < 0 ||
	    write_dirs(vol, FAT_FREE, wrote, err) < 0 ||
	    zero_wiped(vol, err) < 0)
		return -1;
	return vol->mend_tables ? copy_tables(vol, err) : 0;
}

static int
write_epochs(struct fat_volume *vol, struct balimg_error *err)
{
	bool wrote = vol->written || vol->dropped.count;

	if (zero_dropped(vol, err) < 0 ||
	    write_dirs(vol, FAT_NEW, &wrote, err) < 0 ||
	    end_epoch(vol, &wrote, err) < 0)
		return -1;
	if (write_map(vol, &vol->chain, &wrote, err) < 0 ||
	    write_dirs(vol, FAT_CHAIN, &wrote, err) < 0 ||
	    end_epoch(vol, &wrote, err) < 0)
		return -1;
	if (write_dirs(vol, FAT_NAMES, &wrote, err) < 0 ||
	    end_epoch(vol, &wrote, err) < 0)
		return -1;
	if (write_map(vol, &vol->link, &wrote, err) < 0 ||
	    write_dirs(vol, FAT_ENTRY, &wrote, err) < 0 ||
	    end_epoch(vol, &wrote, err) < 0)
		return -1;
	if (write_last_epoch(vol, &wrote, err) < 0)
		return -1;
	return end_epoch(vol, &wrote, err);
}

/* The source has it all: what was staged is what is stored. */
static int
settle(struct fat_volume *vol, struct balimg_error *err)
{
	struct fat_dir *dir;

	if (vol->free_known &&
	    fat_count_free(vol, &vol->free_clusters, err) < 0)
		return -1;
	for (dir = vol->dirs; dir; dir = dir->next)
		fat_dir_settle(dir);
	if (vol->chain.count || vol->link.count || vol->freed.count)
		fat_forget_pages(vol);
	fat_map_clear(&vol->chain);
	fat_map_clear(&vol->link);
	fat_map_clear(&vol->freed);
	fat_runs_free(&vol->dropped);
	fat_runs_free(&vol->wiped);
	vol->written = vol->mend_tables = vol->mend_info = false;
	return 0;
}

int
fat_flush(struct volume *vol_, struct balimg_error *err)
{
	struct fat_volume *vol = fat_of(vol_);

	if (vol->failed)
		return error_set(err, BALIMG_E_USAGE,
				 "an earlier flush of the volume failed");
	if (write_epochs(vol, err) < 0) {
		vol->failed = true;
		return -1;
	}
	return settle(vol, err);
}
