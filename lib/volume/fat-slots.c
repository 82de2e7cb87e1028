/* fat-slots.c - stage changes of directory slots
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Which epoch a slot belongs to follows from where it lies: what shares a
 * sector with its 8.3 slot appears and vanishes together with it
 * (FAT_ENTRY); other parts of a long name come before it (FAT_NAMES) and go
 * after it (FAT_FREE).  New clusters are complete before anything links to
 * them (FAT_NEW).  Behind the end mark a directory may hold garbage: where
 * an entry is put there, the slots that it and the new end mark will take
 * are blanked two epochs before (FAT_CHAIN), so that a sector that was not
 * yet written still ends the directory.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "volume/fat-dir.h"

#define PART_UNITS 13

int
fat_dir_prepare(struct fat_volume *vol, struct fat_dir *dir,
		struct balimg_error *err)
{
	size_t at = 0;

	if (dir->base)
		return 0;
	if (fat_dir_load(vol, dir, SIZE_MAX, err) < 0)
		return -1;
	dir->base = malloc(dir->count * FAT_SLOT + 1);
	if (!dir->base)
		return error_nomem(err);
	if (dir->count)
		memcpy(dir->base, dir->slots, dir->count * FAT_SLOT);

	while (at < dir->count && dir->slots[at * FAT_SLOT])
		at++;
	dir->end = dir->base_end = at;
	dir->base_count = dir->count;
	dir->new_from = dir->cluster_count;
	return 0;
}

static void
touch(struct fat_dir *dir, size_t at, enum fat_epoch epoch)
{
	if (at >= dir->base_count)
		epoch = FAT_NEW;
	dir->marks[at] &= FAT_MARK_CLEARED;
	dir->marks[at] |= (uint8_t)epoch;
}

/* May a new entry have this slot? */
static bool
is_spare(const struct fat_dir *dir, size_t at)
{
	if (at >= dir->end || (dir->marks[at] & FAT_MARK_SPARE))
		return true;
	return dir->slots[at * FAT_SLOT] == FAT_DELETED && !dir->marks[at];
}

static bool
same_sector(size_t a, size_t b)
{
	return a / FAT_SLOTS_EACH == b / FAT_SLOTS_EACH;
}

/* The first @want spare slots in a row.  If there are none, *@start is
 * where the spare ones at the end begin. */
static bool
find_spare(const struct fat_dir *dir, size_t want, size_t *start)
{
	size_t at;

	*start = 0;
	for (at = 0; at < dir->count; at++) {
		if (!is_spare(dir, at))
			*start = at + 1;
		else if (at - *start + 1 == want)
			return true;
	}
	return false;
}

/* ---- growing ---- */

/* Can the table entry of a directory's last cluster go from an end mark to
 * @to, one sector after the other, without pointing elsewhere between? */
static bool
links_safely(const struct fat_volume *vol, uint32_t from, uint32_t to)
{
	if (!fat_entry_straddles(&vol->geo, from))
		return true;
	/* The low part is written first: it must leave an end mark. */
	return from & 1 ? (to & 0xf) >= 8 : (to & 0xff) >= 0xf8;
}

/* Allocate @count clusters to follow @last. */
static int
allocate_after(struct fat_volume *vol, uint32_t last, uint32_t count,
	       struct fat_runs *runs, struct balimg_error *err)
{
	uint32_t tries = vol->geo.cluster_count;

	while (tries--) {
		if (fat_allocate(vol, count, runs, err) < 0)
			return -1;
		if (links_safely(vol, last, runs->runs[0].first))
			return 0;
		fat_unallocate(vol, runs);
		vol->hint = runs->runs[0].first ==
					    fat_last_cluster(&vol->geo) ?
				    2 :
				    runs->runs[0].first + 1;
		fat_runs_free(runs);
	}
	return error_set(err, BALIMG_E_NO_SPACE,
			 "no free cluster can follow cluster %u safely", last);
}

/* Take the new clusters in; all memory is there. */
static void
append_clusters(struct fat_volume *vol, struct fat_dir *dir,
		const struct fat_runs *runs, uint32_t last, size_t slots)
{
	bool is_new = fat_map_has(&vol->chain, last);

	fat_map_put(is_new ? &vol->chain : &vol->link, last,
		    runs->runs[0].first);
	dir->walk.at = dir->clusters[dir->cluster_count - 1];
	memset(dir->slots + dir->count * FAT_SLOT, 0, slots * FAT_SLOT);
	memset(dir->marks + dir->count, FAT_NEW, slots);
	dir->count += slots;
}

/* The clusters of @runs at the end of the list; back to @before if memory
 * runs out. */
static int
list_clusters(struct fat_dir *dir, const struct fat_runs *runs,
	      struct balimg_error *err)
{
	size_t before = dir->cluster_count;
	uint32_t left;
	size_t i;

	for (i = 0; i < runs->count; i++) {
		for (left = 0; left < runs->runs[i].count; left++) {
			if (fat_dir_add_cluster(
				    dir, runs->runs[i].first + left, err) == 0)
				continue;
			dir->cluster_count = before;
			return -1;
		}
	}
	return 0;
}

/* Grow @dir by at least @slots. */
static int
grow(struct fat_volume *vol, struct fat_dir *dir, size_t slots,
     struct balimg_error *err)
{
	AUTO_RUNS struct fat_runs runs = { 0 };
	uint32_t clusters = fat_clusters_for(vol, slots * FAT_SLOT);
	size_t more = clusters * (vol->geo.cluster_size / FAT_SLOT);
	uint32_t last;

	if (!dir->first)
		return error_set(err, BALIMG_E_NO_SPACE,
				 "the root directory is full: FAT%u gives it "
				 "%u slots",
				 vol->geo.bits, vol->geo.root_slots);
	if (dir->count + more > FAT_SLOTS_MAX)
		return error_set(err, BALIMG_E_NO_SPACE,
				 "the directory is full: FAT allows %u slots",
				 FAT_SLOTS_MAX);
	last = dir->clusters[dir->cluster_count - 1];
	if (fat_dir_reserve(dir, more, err) < 0 ||
	    fat_map_reserve(&vol->link, 1, err) < 0 ||
	    allocate_after(vol, last, clusters, &runs, err) < 0)
		return -1;
	if (list_clusters(dir, &runs, err) < 0) {
		fat_unallocate(vol, &runs);
		return -1;
	}
	append_clusters(vol, dir, &runs, last, more);
	return 0;
}

/* ---- adding ---- */

/* Is @short_name taken, now or when the transaction began? */
static int
is_taken(struct fat_volume *vol, struct fat_dir *dir,
	 const uint8_t *short_name, struct balimg_error *err)
{
	uint8_t slot[FAT_SLOT] = { 0 };
	struct fat_scan scan = { 0 };
	struct fat_scan stored = { .stored = true };
	struct fat_name name;
	int rc;

	memcpy(slot, short_name, FAT_SHORT);
	fat_short_print(slot, &name);
	rc = fat_scan_find(vol, dir, &name, &scan, err);
	return rc ? rc : fat_scan_find(vol, dir, &name, &stored, err);
}

/* Mark in @used the numbers that entries have put to @basis. */
static int
mark_numbers(struct fat_volume *vol, struct fat_dir *dir, const uint8_t *basis,
	     bool stored, uint8_t *used, struct balimg_error *err)
{
	struct fat_scan scan = { .stored = stored };
	unsigned number;
	int rc;

	while ((rc = fat_scan_next(vol, dir, &scan, err)) > 0) {
		number = fat_short_get_number(scan.raw, basis);
		if (number && number < 2 * FAT_SLOTS_MAX)
			used[number] = 1;
	}
	return rc;
}

/* The lowest number that makes @basis an alias of nothing else. */
static int
number_alias(struct fat_volume *vol, struct fat_dir *dir, const uint8_t *basis,
	     uint8_t *short_name, struct balimg_error *err)
{
	AUTO_FREE uint8_t *used = calloc(2 * FAT_SLOTS_MAX, 1);
	unsigned number;
	int rc;

	if (!used)
		return error_nomem(err);
	if (mark_numbers(vol, dir, basis, false, used, err) < 0 ||
	    mark_numbers(vol, dir, basis, true, used, err) < 0)
		return -1;
	for (number = 1; number < 2 * FAT_SLOTS_MAX; number++) {
		if (used[number])
			continue;
		fat_short_number(short_name, basis, number);
		/* A long name may look like an alias. */
		rc = is_taken(vol, dir, short_name, err);
		if (rc <= 0)
			return rc;
	}
	return error_set(err, BALIMG_E_NO_SPACE, "no 8.3 name is left for it");
}

/* Give @slot its 8.3 name.  *@parts says how many long-name slots go with
 * it. */
static int
choose_alias(struct fat_volume *vol, struct fat_dir *dir,
	     const struct fat_name *name, uint8_t *slot, size_t *parts,
	     struct balimg_error *err)
{
	uint8_t basis[FAT_SHORT];
	int rc;

	*parts = 0;
	slot[12] = 0;
	if (fat_short_fits(name, slot, &slot[12])) {
		rc = is_taken(vol, dir, slot, err);
		if (rc <= 0)
			return rc;
		slot[12] = 0;
	}

	*parts = (name->len + PART_UNITS - 1) / PART_UNITS;
	if (fat_short_basis(name, basis)) {
		memcpy(slot, basis, FAT_SHORT);
		rc = is_taken(vol, dir, slot, err);
		if (rc <= 0)
			return rc;
	}
	return number_alias(vol, dir, basis, slot, err);
}

/* Slots behind the stored end mark hold anything: have [@from, @to) blanked
 * before they come to life. */
static void
blank_dead(struct fat_dir *dir, size_t from, size_t to)
{
	size_t at;

	for (at = from; at < to && at < dir->base_count; at++)
		if (at > dir->base_end && dir->base[at * FAT_SLOT])
			dir->marks[at] |= FAT_MARK_CLEARED;
}

static void
put_part(uint8_t *slot, const struct fat_name *name, size_t number, bool last,
	 uint8_t sum)
{
	static const uint8_t places[PART_UNITS] = { 1,	3,  5,	7,  9,	14, 16,
						    18, 20, 22, 24, 28, 30 };
	size_t from = (number - 1) * PART_UNITS;
	size_t i;

	memset(slot, 0xff, FAT_SLOT);
	slot[0] = (uint8_t)(number | (last ? 0x40 : 0));
	slot[11] = FAT_LONG_NAME;
	slot[12] = 0;
	slot[13] = sum;
	le16_put(slot + 26, 0);
	for (i = 0; i < PART_UNITS && from + i < name->len; i++)
		le16_put(slot + places[i], name->units[from + i]);
	if (i < PART_UNITS)
		le16_put(slot + places[i], 0);
}

/* Fill the slots from @start on. */
static void
put_set(struct fat_dir *dir, size_t start, const struct fat_name *name,
	const uint8_t *slot, size_t parts)
{
	size_t entry = start + parts;
	uint8_t sum = fat_short_sum(slot);
	size_t i;

	blank_dead(dir, start, entry + 2);
	for (i = 0; i < parts; i++) {
		put_part(dir->slots + (start + i) * FAT_SLOT, name, parts - i,
			 !i, sum);
		touch(dir, start + i,
		      same_sector(start + i, entry) ? FAT_ENTRY : FAT_NAMES);
	}
	memcpy(dir->slots + entry * FAT_SLOT, slot, FAT_SLOT);
	touch(dir, entry, FAT_ENTRY);

	if (entry < dir->end)
		return;
	dir->end = entry + 1;
	if (dir->end < dir->count)
		memset(dir->slots + dir->end * FAT_SLOT, 0, FAT_SLOT);
}

int
fat_dir_add(struct fat_volume *vol, struct fat_dir *dir,
	    const struct fat_name *name, uint8_t *slot,
	    struct balimg_error *err)
{
	size_t parts, start;

	if (choose_alias(vol, dir, name, slot, &parts, err) < 0)
		return -1;
	if (!find_spare(dir, parts + 1, &start) &&
	    grow(vol, dir, parts + 1 - (dir->count - start), err) < 0)
		return -1;
	put_set(dir, start, name, slot, parts);
	return 0;
}

void
fat_dir_put(struct fat_dir *dir, size_t at, const uint8_t *slot)
{
	memcpy(dir->slots + at * FAT_SLOT, slot, FAT_SLOT);
	touch(dir, at, FAT_ENTRY);
}

/* ---- deleting ---- */

/* Was the slot in use when the transaction began? */
static bool
was_used(const struct fat_dir *dir, size_t at)
{
	return at < dir->base_end && dir->base[at * FAT_SLOT] != FAT_DELETED;
}

void
fat_dir_delete(struct fat_dir *dir, size_t first, size_t slot)
{
	size_t at;

	for (at = first; at <= slot; at++) {
		if (was_used(dir, at)) {
			dir->slots[at * FAT_SLOT] = FAT_DELETED;
			touch(dir, at,
			      same_sector(at, slot) ? FAT_ENTRY : FAT_FREE);
		} else if (at < dir->base_end) {
			memcpy(dir->slots + at * FAT_SLOT,
			       dir->base + at * FAT_SLOT, FAT_SLOT);
			dir->marks[at] = 0;
		} else {
			memset(dir->slots + at * FAT_SLOT, 0, FAT_SLOT);
			dir->slots[at * FAT_SLOT] = FAT_DELETED;
			dir->marks[at] |= FAT_MARK_SPARE;
		}
	}
}

void
fat_dir_erase(struct fat_dir *dir, size_t at)
{
	dir->slots[at * FAT_SLOT] = FAT_DELETED;
	touch(dir, at, FAT_FREE);
}

int
fat_dir_revive(struct fat_volume *vol, struct fat_dir *dir,
	       const struct fat_name *name, const uint8_t *slot,
	       struct balimg_error *err)
{
	struct fat_scan scan = { .stored = true };
	struct fat_name old;
	uint8_t raw[FAT_SLOT];
	size_t at;
	int rc;

	rc = fat_scan_find(vol, dir, name, &scan, err);
	if (rc <= 0)
		return rc;
	/* Found by its alias: to come back it would have to keep a long
	 * name that is not @name. */
	fat_scan_name(&scan, &old);
	if (!fat_name_equal(&old, name))
		return 0;

	for (at = scan.first; at <= scan.slot; at++) {
		memcpy(dir->slots + at * FAT_SLOT, dir->base + at * FAT_SLOT,
		       FAT_SLOT);
		dir->marks[at] = 0;
	}
	memcpy(raw, slot, FAT_SLOT);
	memcpy(raw, scan.raw, FAT_SHORT);
	raw[12] = scan.raw[12];
	fat_dir_put(dir, scan.slot, raw);
	return 1;
}
