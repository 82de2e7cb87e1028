/* fat-scan.c - slots become entries
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A long name lies before its 8.3 slot in up to 20 slots of 13 UTF-16 units,
 * last part first, tied to it by a sum over the 8.3 name.  Parts that are
 * not complete, or not tied to what follows, are orphans: the entry then has
 * its 8.3 name only.
 */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "volume/fat-dir.h"

#define LAST_PART   0x40 /* in the number of a long-name slot */
#define PARTS_MAX   20
#define PART_UNITS  13
#define ATTRIBUTES  11 /* offsets in a slot */
#define LONG_TYPE   12
#define LONG_SUM    13
#define CLUSTER_TOP 20
#define CLUSTER_LOW 26
#define FILE_SIZE   28

bool
fat_slot_is_long(const uint8_t *slot)
{
	return (slot[ATTRIBUTES] & 0x3f) == FAT_LONG_NAME;
}

bool
fat_slot_is_label(const uint8_t *slot)
{
	return (slot[ATTRIBUTES] & FAT_LABEL) && !fat_slot_is_long(slot);
}

bool
fat_slot_is_dot(const uint8_t *slot)
{
	return !memcmp(slot, ".          ", FAT_SHORT) ||
	       !memcmp(slot, "..         ", FAT_SHORT);
}

bool
fat_slot_is_directory(const uint8_t *slot)
{
	return slot[ATTRIBUTES] & FAT_DIRECTORY;
}

uint32_t
fat_slot_cluster(const struct fat_volume *vol, const uint8_t *slot)
{
	uint32_t cluster = le16_get(slot + CLUSTER_LOW);

	if (vol->geo.bits == 32)
		cluster |= (uint32_t)le16_get(slot + CLUSTER_TOP) << 16;
	return cluster;
}

void
fat_slot_set_cluster(const struct fat_volume *vol, uint8_t *slot,
		     uint32_t cluster)
{
	le16_put(slot + CLUSTER_LOW, (uint16_t)cluster);
	if (vol->geo.bits == 32)
		le16_put(slot + CLUSTER_TOP, (uint16_t)(cluster >> 16));
}

uint32_t
fat_slot_size(const uint8_t *slot)
{
	return le32_get(slot + FILE_SIZE);
}

uint32_t
fat_clusters_for(const struct fat_volume *vol, uint64_t size)
{
	uint32_t unit = vol->geo.cluster_size;

	return (uint32_t)(size / unit + (size % unit != 0));
}

/* Offset of unit @at of a long-name slot's 13. */
static size_t
unit_offset(size_t at)
{
	if (at < 5)
		return 1 + 2 * at;
	return at < 11 ? 14 + 2 * (at - 5) : 28 + 2 * (at - 11);
}

/* Take a long-name slot in; what does not fit ends the name. */
static void
take_long(struct fat_scan *scan, const uint8_t *slot)
{
	unsigned number = slot[0] & 0x1f;
	bool last = slot[0] & LAST_PART;
	size_t base, i;
	uint16_t unit;

	if (last && number >= 1 && number <= PARTS_MAX) {
		scan->first = scan->at;
		scan->sum = slot[LONG_SUM];
		scan->long_name.len = 0;
	} else if (last || number != scan->due || !number ||
		   slot[LONG_SUM] != scan->sum) {
		scan->due = 0;
		scan->long_name.len = 0;
		return;
	}
	scan->due = number - 1;

	base = (size_t)(number - 1) * PART_UNITS;
	for (i = 0; i < PART_UNITS && base + i < FAT_NAME_MAX; i++) {
		unit = le16_get(slot + unit_offset(i));
		if (last && !unit)
			break;
		scan->long_name.units[base + i] = unit;
	}
	if (last)
		scan->long_name.len = base + i;
}

/* A name that no path could hold is not believed. */
static bool
is_usable(const struct fat_name *name)
{
	size_t i;

	for (i = 0; i < name->len; i++)
		if (name->units[i] < 0x20 || name->units[i] == '/')
			return false;
	return !(name->len == 1 && name->units[0] == '.') &&
	       !(name->len == 2 && name->units[0] == '.' &&
		 name->units[1] == '.');
}

static void
take_entry(struct fat_scan *scan, const uint8_t *slot)
{
	/* The last part seen was number 1, and nothing came between. */
	bool complete = scan->long_name.len && !scan->due &&
			scan->sum == fat_short_sum(slot) &&
			!fat_slot_is_label(slot) &&
			is_usable(&scan->long_name);

	if (!complete) {
		scan->long_name.len = 0;
		scan->first = scan->at;
	}
	scan->slot = scan->at;
	memcpy(scan->raw, slot, FAT_SLOT);
}

/* The slot to look at, or NULL at the end of the directory. */
static int
next_slot(struct fat_volume *vol, struct fat_dir *dir,
	  const struct fat_scan *scan, const uint8_t **slot,
	  struct balimg_error *err)
{
	bool stored = scan->stored && dir->base;
	int rc = scan->at < dir->base_count;

	if (!stored)
		rc = fat_dir_load(vol, dir, scan->at, err);
	if (rc <= 0)
		return rc;
	*slot = (stored ? dir->base : dir->slots) + scan->at * FAT_SLOT;
	return **slot != 0;
}

int
fat_scan_next(struct fat_volume *vol, struct fat_dir *dir,
	      struct fat_scan *scan, struct balimg_error *err)
{
	const uint8_t *slot;
	int rc;

	scan->long_name.len = 0;
	scan->due = 0;
	for (; (rc = next_slot(vol, dir, scan, &slot, err)) > 0; scan->at++) {
		if (slot[0] == FAT_DELETED) {
			scan->long_name.len = 0;
			continue;
		}
		if (fat_slot_is_long(slot)) {
			take_long(scan, slot);
			continue;
		}
		take_entry(scan, slot);
		scan->at++;
		return 1;
	}
	return rc;
}

void
fat_scan_name(const struct fat_scan *scan, struct fat_name *name)
{
	if (scan->long_name.len)
		*name = scan->long_name;
	else
		fat_short_print(scan->raw, name);
}

int
fat_scan_find(struct fat_volume *vol, struct fat_dir *dir,
	      const struct fat_name *name, struct fat_scan *scan,
	      struct balimg_error *err)
{
	struct fat_name short_name;
	int rc;

	while ((rc = fat_scan_next(vol, dir, scan, err)) > 0) {
		if (fat_slot_is_label(scan->raw) || fat_slot_is_dot(scan->raw))
			continue;
		if (scan->long_name.len &&
		    fat_name_equal(&scan->long_name, name))
			return 1;
		fat_short_print(scan->raw, &short_name);
		if (fat_name_equal(&short_name, name))
			return 1;
	}
	return rc;
}

int
fat_root_label(struct fat_volume *vol, uint8_t *label,
	       struct balimg_error *err)
{
	struct fat_dir *root = fat_dir_get(vol, fat_root_cluster(vol), err);
	struct fat_scan scan = { 0 };
	int rc;

	if (!root)
		return -1;
	while ((rc = fat_scan_next(vol, root, &scan, err)) > 0) {
		if (!fat_slot_is_label(scan.raw) ||
		    fat_slot_is_directory(scan.raw))
			continue;
		memcpy(label, scan.raw, FAT_SHORT);
		break;
	}
	return rc;
}
