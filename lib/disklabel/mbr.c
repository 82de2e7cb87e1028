/* mbr.c - the first sector, and the chain of extended partitions
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "base/io.h"
#include "disklabel/mbr.h"

#define ENTRIES_AT   446u /* bytes */
#define ENTRY_SIZE   16u
#define ENTRY_TYPE   4u /* within an entry */
#define SIGNATURE_AT 510u
#define ACTIVE	     0x80

/* libfdisk forgets to free a link that holds nothing at all: one entry with a
 * type, if of no size, is enough for it to remember. */
#define PLACEHOLDER 0x83

/* libfdisk counts no more than 60 partitions in all. */
#define MAX_LOGICAL 56

static bool
is_signed(const uint8_t *sector)
{
	return sector[SIGNATURE_AT] == 0x55 &&
	       sector[SIGNATURE_AT + 1] == 0xaa;
}

static void
parse_entries(const uint8_t *sector, struct mbr_entry *entries)
{
	const uint8_t *at = sector + ENTRIES_AT;
	int i;

	for (i = 0; i < MBR_ENTRIES; i++, at += ENTRY_SIZE)
		entries[i] = (struct mbr_entry){
			.flag = at[0],
			.type = at[4],
			.start = le32_get(at + 8),
			.count = le32_get(at + 12),
		};
}

/* Clear the entries of no size, which libfdisk might see something in.
 * Returns whether any is left. */
static bool
clear_unused(uint8_t *sector, const struct mbr_entry *entries)
{
	uint8_t *at = sector + ENTRIES_AT;
	bool used = false;
	int i;

	for (i = 0; i < MBR_ENTRIES; i++, at += ENTRY_SIZE) {
		if (entries[i].count)
			used = true;
		else
			memset(at, 0, ENTRY_SIZE);
	}
	return used;
}

bool
mbr_is_extended(const struct mbr_entry *entry)
{
	return entry->count && (entry->type == 0x05 || entry->type == 0x0f ||
				entry->type == 0x85);
}

bool
mbr_is_protective(const struct mbr_entry *entry)
{
	return entry->type == 0xee && entry->start == 1;
}

/* A boot sector of FAT, judged by its geometry as Linux does, or one that
 * names NTFS or exFAT. */
static bool
is_boot_sector(const uint8_t *sector)
{
	unsigned bytes = le16_get(sector + 11);
	unsigned per_cluster = sector[13];
	unsigned fats = sector[16];
	uint8_t media = sector[21];

	if (!memcmp(sector + 3, "NTFS    ", 8) ||
	    !memcmp(sector + 3, "EXFAT   ", 8))
		return true;
	return bytes >= 512 && bytes <= 4096 && !(bytes & (bytes - 1)) &&
	       per_cluster && !(per_cluster & (per_cluster - 1)) &&
	       le16_get(sector + 14) && fats >= 1 && fats <= 2 &&
	       (media == 0xf0 || media >= 0xf8);
}

/* Could the used entries be a table, the image having @sectors? */
static bool
are_plausible(const struct mbr_entry *entries, uint64_t sectors)
{
	const struct mbr_entry *entry;
	bool used = false;

	for (entry = entries; entry < entries + MBR_ENTRIES; entry++) {
		if (!entry->count)
			continue;
		used = true;
		if (!entry->start ||
		    !range_within(entry->start, entry->count, sectors))
			return false;
	}
	return used;
}

/* What is neither 0 nor 0x80 is no flag, and all of it no table. */
static bool
are_flags_valid(const struct mbr_entry *entries)
{
	int i;

	for (i = 0; i < MBR_ENTRIES; i++)
		if (entries[i].flag & ~ACTIVE)
			return false;
	return true;
}

static enum mbr_kind
judge(const struct mbr *mbr, uint64_t sectors)
{
	int i;

	if (!is_signed(mbr->sector) || !are_flags_valid(mbr->entries))
		return MBR_NONE;
	for (i = 0; i < MBR_ENTRIES; i++)
		if (mbr_is_protective(&mbr->entries[i]))
			return MBR_PROTECTIVE;
	if (is_boot_sector(mbr->sector) &&
	    !are_plausible(mbr->entries, sectors))
		return MBR_NONE;
	return MBR_TABLE;
}

int
mbr_read(struct source *source, struct mbr *mbr, enum mbr_kind *kind,
	 struct balimg_error *err)
{
	*kind = MBR_NONE;
	if (source_size(source) < MBR_SECTOR)
		return 0;
	if (source_read(source, 0, mbr->sector, MBR_SECTOR, err) < 0)
		return -1;
	parse_entries(mbr->sector, mbr->entries);
	*kind = judge(mbr, source_size(source) / MBR_SECTOR);
	return 0;
}

/* ---- the extended chain ----------------------------------------------- */

/* Where a walk along the chain is. */
struct walk {
	const struct mbr_entry *extended;
	uint32_t seen[MAX_LOGICAL]; /* sectors, from the container's start */
	unsigned count;
};

static int
check_link(struct walk *walk, uint32_t at, struct balimg_error *err)
{
	unsigned i;

	if (at >= walk->extended->count)
		return error_set(err, BALIMG_E_INVALID,
				 "the chain of logical partitions leads out "
				 "of the extended partition, at link %u",
				 walk->count + 1);
	for (i = 0; i < walk->count; i++)
		if (walk->seen[i] == at)
			return error_set(err, BALIMG_E_INVALID,
					 "the chain of logical partitions "
					 "loops, at link %u",
					 walk->count + 1);
	if (walk->count == MAX_LOGICAL)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "more than %d logical partitions",
				 MAX_LOGICAL);
	walk->seen[walk->count++] = at;
	return 0;
}

/* Read link number @number at sector @lba, and copy it. */
static int
copy_link(struct source *source, uint64_t lba, unsigned number, int fd,
	  struct mbr_entry *entries, struct balimg_error *err)
{
	static const uint8_t blank[MBR_SECTOR];
	uint8_t sector[MBR_SECTOR];

	if (!range_within(lba * MBR_SECTOR, MBR_SECTOR, source_size(source)))
		return error_set(err, BALIMG_E_INVALID,
				 "link %u of the chain of logical partitions "
				 "lies beyond the image's end",
				 number);
	if (source_read(source, lba * MBR_SECTOR, sector, sizeof(sector),
			err) < 0)
		return -1;

	/* A new extended partition holds nothing, not even a signature. */
	if (!is_signed(sector) &&
	    (number > 1 || memcmp(sector, blank, sizeof(blank)) != 0))
		return error_set(err, BALIMG_E_INVALID,
				 "the chain of logical partitions is broken, "
				 "at link %u (sector %llu)",
				 number, (unsigned long long)lba);
	parse_entries(sector, entries);
	if (!clear_unused(sector, entries))
		sector[ENTRIES_AT + ENTRY_TYPE] = PLACEHOLDER;
	return io_write_at(fd, sector, sizeof(sector), lba * MBR_SECTOR, err);
}

static int
copy_extended(struct source *source, const struct mbr_entry *extended, int fd,
	      struct balimg_error *err)
{
	struct walk walk = { .extended = extended };
	struct mbr_entry entries[MBR_ENTRIES];
	uint32_t at = 0;
	int i;

	do {
		if (check_link(&walk, at, err) < 0 ||
		    copy_link(source, (uint64_t)extended->start + at,
			      walk.count, fd, entries, err) < 0)
			return -1;
		for (i = 0; i < MBR_ENTRIES; i++)
			if (mbr_is_extended(&entries[i]))
				break;
		if (i < MBR_ENTRIES)
			at = entries[i].start;
	} while (i < MBR_ENTRIES);
	return 0;
}

int
mbr_copy_chain(struct source *source, const struct mbr *mbr, int fd,
	       struct balimg_error *err)
{
	const struct mbr_entry *extended = NULL;
	uint8_t sector[MBR_SECTOR];
	int i;

	memcpy(sector, mbr->sector, sizeof(sector));
	clear_unused(sector, mbr->entries);
	if (io_write_at(fd, sector, sizeof(sector), 0, err) < 0)
		return -1;
	for (i = 0; i < MBR_ENTRIES; i++) {
		if (!mbr_is_extended(&mbr->entries[i]))
			continue;
		if (extended)
			return error_set(err, BALIMG_E_INVALID,
					 "two extended partitions");
		extended = &mbr->entries[i];
	}
	return extended ? copy_extended(source, extended, fd, err) : 0;
}
