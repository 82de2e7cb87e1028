/* fat-boot.h - what a FAT boot sector says, once it is believed
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Field offsets are those of Microsoft's FAT specification 1.03 and ECMA-107.
 */
#ifndef BALIMG_VOLUME_FAT_BOOT_H
#define BALIMG_VOLUME_FAT_BOOT_H

#include "source/source.h"

#define FAT_SECTOR 512u /* bytes that a medium writes whole or not at all */

struct fat_geometry {
	unsigned bits;		/* of a table entry: 12, 16 or 32 */
	uint32_t cluster_size;	/* bytes */
	uint32_t cluster_count; /* numbered from 2 */
	uint64_t table_offset;	/* bytes, as all offsets: the first FAT */
	uint64_t table_size;	/* bytes of one FAT */
	unsigned table_count;
	unsigned active;	/* which FAT is read, from 0 */
	bool mirrored;		/* the others get what the active one gets */
	uint64_t root_offset;	/* root directory of FAT12 and FAT16 */
	uint32_t root_slots;	/* its size; 0 for FAT32 */
	uint32_t root_cluster;	/* FAT32; else 0 */
	uint64_t data_offset;	/* of cluster 2 */
	uint64_t info_offset;	/* of the FSInfo sector; 0 if none */
	uint64_t backup_offset; /* of the second boot sector; 0 if none */
	uint8_t media;		/* stands at the beginning of the FAT, too */
	bool dirty;	 /* says it was not unmounted, or has bad blocks */
	bool has_serial; /* serial and label are there */
	uint32_t serial;
	uint8_t label[11]; /* padded with blanks */
};

/* Read and judge the boot sector.  BALIMG_E_INVALID says what is wrong; if
 * fat_bid() was sure, serial and label are set even then. */
int fat_geometry_read(struct source *source, struct fat_geometry *geo,
		      struct balimg_error *err) MUST_USE;

/* The bid of the engine, see volume-ops.h. */
#define FAT_BID_SURE 50 /* all fields fit each other */
int fat_bid(struct source *source);

/* The highest cluster number. */
static inline uint32_t
fat_last_cluster(const struct fat_geometry *geo)
{
	return geo->cluster_count + 1;
}

static inline bool
fat_has_cluster(const struct fat_geometry *geo, uint32_t cluster)
{
	return cluster >= 2 && cluster <= fat_last_cluster(geo);
}

/* Bytes of a FAT that hold entries. */
static inline uint64_t
fat_table_used(const struct fat_geometry *geo)
{
	return (((uint64_t)geo->cluster_count + 2) * geo->bits + 7) / 8;
}

/* Where a cluster's bytes lie; @cluster must be one of the volume's. */
static inline uint64_t
fat_cluster_offset(const struct fat_geometry *geo, uint32_t cluster)
{
	return geo->data_offset + (uint64_t)(cluster - 2) * geo->cluster_size;
}

#endif /* BALIMG_VOLUME_FAT_BOOT_H */
