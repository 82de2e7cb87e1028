/* fat-boot.c - judge a FAT boot sector
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * FAT12 and FAT16 are told apart by the number of clusters, never by the
 * "FAT16   " text, which many tools get wrong.  FAT32 is told by its layout
 * (no 16-bit FAT size): a FAT32 made with too few clusters is read as FAT32
 * by every driver, although Microsoft's rule by count would call it FAT16.
 * Whatever does not fit into the source, or into its own FAT, is refused.
 */
#include <config.h>

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "volume/fat-boot.h"

#define MAX_FAT12    4084u /* clusters */
#define MAX_FAT16    65524u
#define MAX_FAT32    0x0ffffff4u
#define SLOT_SIZE    32u   /* bytes of a directory slot */
#define ACTIVE_FIXED 0x80u /* extended flags: mirroring is off */

/* The counts of the boot sector, in logical sectors. */
struct counts {
	uint32_t sector; /* bytes */
	uint32_t per_cluster;
	uint32_t reserved;
	uint32_t tables;
	uint32_t per_table;
	uint32_t root; /* slots */
	uint64_t total;
	bool wide; /* laid out as FAT32 */
};

static bool
is_power_of_two(uint32_t n)
{
	return n && !(n & (n - 1));
}

static void
read_counts(const uint8_t *boot, struct counts *counts)
{
	*counts = (struct counts){
		.sector = le16_get(boot + 11),
		.per_cluster = boot[13],
		.reserved = le16_get(boot + 14),
		.tables = boot[16],
		.root = le16_get(boot + 17),
		.total = le16_get(boot + 19),
		.per_table = le16_get(boot + 22),
	};
	if (!counts->total)
		counts->total = le32_get(boot + 32);
	if (!counts->per_table) {
		counts->wide = true;
		counts->per_table = le32_get(boot + 36);
	}
}

/* Could this be a FAT boot sector at all? */
static bool
looks_like_fat(const uint8_t *boot, const struct counts *counts)
{
	bool signed_ = boot[510] == 0x55 && boot[511] == 0xaa;
	bool jumps = boot[0] == 0xeb || boot[0] == 0xe9;

	return (signed_ || jumps) && is_power_of_two(counts->sector) &&
	       counts->sector >= 512 && counts->sector <= 4096 &&
	       is_power_of_two(counts->per_cluster) && counts->reserved &&
	       counts->tables && (boot[21] == 0xf0 || boot[21] >= 0xf8);
}

int
fat_bid(struct source *source)
{
	uint8_t boot[FAT_SECTOR];
	struct counts counts;

	if (source_size(source) < sizeof(boot) ||
	    source_read(source, 0, boot, sizeof(boot), NULL) < 0)
		return 0;
	read_counts(boot, &counts);
	if (!looks_like_fat(boot, &counts) || !counts.per_table ||
	    !counts.total)
		return 0;
	return counts.wide == !counts.root ? FAT_BID_SURE : 10;
}

/* Lay the areas out one after the other. */
static int
lay_out(const struct counts *counts, uint64_t size, struct fat_geometry *geo,
	struct balimg_error *err)
{
	uint32_t per_sector = counts->sector / SLOT_SIZE;
	uint64_t root = (counts->root + per_sector - 1) / per_sector;
	uint64_t tables = (uint64_t)counts->tables * counts->per_table;
	uint64_t before = counts->reserved + tables + root;
	uint64_t clusters;

	if (counts->total * counts->sector > size)
		return error_set(err, BALIMG_E_INVALID,
				 "the FAT volume claims %" PRIu64
				 " bytes, but only %" PRIu64 " are there",
				 counts->total * counts->sector, size);
	if (before >= counts->total)
		return error_set(err, BALIMG_E_INVALID,
				 "the FATs leave no room for files");
	clusters = (counts->total - before) / counts->per_cluster;
	if (!clusters || clusters > MAX_FAT32)
		return error_set(err, BALIMG_E_INVALID,
				 "%" PRIu64 " clusters cannot be", clusters);

	geo->cluster_size = counts->sector * counts->per_cluster;
	geo->cluster_count = (uint32_t)clusters;
	geo->table_offset = (uint64_t)counts->reserved * counts->sector;
	geo->table_size = (uint64_t)counts->per_table * counts->sector;
	geo->table_count = counts->tables;
	geo->root_offset = geo->table_offset + tables * counts->sector;
	geo->root_slots = counts->root;
	geo->data_offset = before * counts->sector;
	return 0;
}

static int
choose_type(const struct counts *counts, struct fat_geometry *geo,
	    struct balimg_error *err)
{
	if (counts->wide)
		geo->bits = 32;
	else if (geo->cluster_count <= MAX_FAT12)
		geo->bits = 12;
	else
		geo->bits = 16;

	if (!counts->per_table || counts->wide != !counts->root)
		return error_set(err, BALIMG_E_INVALID,
				 "the boot sector is neither that of FAT16 "
				 "nor that of FAT32");
	if (geo->bits == 16 && geo->cluster_count > MAX_FAT16)
		return error_set(err, BALIMG_E_INVALID,
				 "%u clusters are too many for FAT16",
				 geo->cluster_count);
	if (fat_table_used(geo) > geo->table_size)
		return error_set(err, BALIMG_E_INVALID,
				 "the FAT is too small for %u clusters",
				 geo->cluster_count);
	return 0;
}

/* The fields that only FAT32 has. */
static int
read_wide(const uint8_t *boot, const struct counts *counts,
	  struct fat_geometry *geo, struct balimg_error *err)
{
	unsigned flags = le16_get(boot + 40);
	uint32_t info = le16_get(boot + 48);
	uint32_t backup = le16_get(boot + 50);

	if (le16_get(boot + 42))
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "FAT32 version %u.%u is not known", boot[43],
				 boot[42]);
	if (flags & ACTIVE_FIXED) {
		geo->mirrored = false;
		geo->active = flags & 0x0f;
		if (geo->active >= geo->table_count)
			return error_set(err, BALIMG_E_INVALID,
					 "the active FAT is number %u of %u",
					 geo->active + 1, geo->table_count);
	}
	geo->root_cluster = le32_get(boot + 44);
	if (!fat_has_cluster(geo, geo->root_cluster))
		return error_set(err, BALIMG_E_INVALID,
				 "the root directory begins at cluster %u, "
				 "which is not there",
				 geo->root_cluster);
	if (info && info < counts->reserved)
		geo->info_offset = (uint64_t)info * counts->sector;
	if (backup && backup < counts->reserved)
		geo->backup_offset = (uint64_t)backup * counts->sector;
	return 0;
}

/* Serial number, label and the dirty bits stand in the same order in both
 * layouts, only at another place. */
static void
read_extension(const uint8_t *at, struct fat_geometry *geo)
{
	geo->dirty = at[1] & 3;
	geo->has_serial = at[2] == 0x28 || at[2] == 0x29;
	if (!geo->has_serial)
		return;
	geo->serial = le32_get(at + 3);
	if (at[2] == 0x29)
		memcpy(geo->label, at + 7, sizeof(geo->label));
}

int
fat_geometry_read(struct source *source, struct fat_geometry *geo,
		  struct balimg_error *err)
{
	uint8_t boot[FAT_SECTOR];
	struct counts counts;

	*geo = (struct fat_geometry){ .mirrored = true };
	memset(geo->label, ' ', sizeof(geo->label));
	if (source_read(source, 0, boot, sizeof(boot), err) < 0)
		return -1;
	read_counts(boot, &counts);
	if (!looks_like_fat(boot, &counts))
		return error_set(err, BALIMG_E_INVALID,
				 "not a FAT boot sector");
	/* First what does not depend on the rest: it tells a volume's name
	 * even if the rest is refused. */
	geo->media = boot[21];
	read_extension(boot + (counts.wide ? 64 : 36), geo);
	if (lay_out(&counts, source_size(source), geo, err) < 0 ||
	    choose_type(&counts, geo, err) < 0)
		return -1;
	return counts.wide ? read_wide(boot, &counts, geo, err) : 0;
}
