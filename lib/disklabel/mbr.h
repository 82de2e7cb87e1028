/* mbr.h - the first sector, and the chain of extended partitions
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Just enough of the MBR to know what kind of table an image has, and which
 * sectors hold it.  Sectors are of 512 bytes: nothing in an MBR tells of
 * others.
 */
#ifndef BALIMG_DISKLABEL_MBR_H
#define BALIMG_DISKLABEL_MBR_H

#include <stdbool.h>
#include <stdint.h>

#include "source/source.h"

#define MBR_SECTOR  512u /* bytes */
#define MBR_ENTRIES 4

struct mbr_entry {
	uint8_t flag;	/* 0x80: active */
	uint8_t type;	/* 0x0c: FAT32, 0x0f: extended, ... */
	uint32_t start; /* sectors; in a chain, relative */
	uint32_t count; /* sectors; 0: the entry is not used */
};

struct mbr {
	uint8_t sector[MBR_SECTOR];
	struct mbr_entry entries[MBR_ENTRIES];
};

enum mbr_kind {
	MBR_NONE, /* no table: blank, a bare volume, or something else */
	MBR_TABLE,
	MBR_PROTECTIVE, /* a GPT must follow */
};

/* Read the first sector of @source and judge it.  A table whose partitions
 * are wrong is still one, unless the sector is a file system's boot sector:
 * then it is code that looks like a table. */
int mbr_read(struct source *source, struct mbr *mbr, enum mbr_kind *kind,
	     struct balimg_error *err) MUST_USE;

bool mbr_is_extended(const struct mbr_entry *entry);

/* Does @entry announce a GPT? */
bool mbr_is_protective(const struct mbr_entry *entry);

/* Copy @mbr and its chain of extended partitions from @source to the file
 * @fd, each sector where it was.  BALIMG_E_INVALID if the chain loops, leads
 * out of its partition or out of the image. */
int mbr_copy_chain(struct source *source, const struct mbr *mbr, int fd,
		   struct balimg_error *err) MUST_USE;

#endif /* BALIMG_DISKLABEL_MBR_H */
