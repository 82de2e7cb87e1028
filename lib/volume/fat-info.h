/* fat-info.h - the FSInfo sector of FAT32
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_VOLUME_FAT_INFO_H
#define BALIMG_VOLUME_FAT_INFO_H

#include "volume/fat.h"

#define FAT_INFO_UNKNOWN 0xffffffffu

struct fat_info {
	bool valid;    /* there is one, and it has its three signatures */
	uint32_t free; /* clusters, or FAT_INFO_UNKNOWN */
	uint32_t next; /* where to look for free ones, or FAT_INFO_UNKNOWN */
};

int fat_info_read(struct fat_volume *vol, struct fat_info *info,
		  struct balimg_error *err) MUST_USE;

/* Write @info's two numbers if they differ from what is there. */
int fat_info_write(struct fat_volume *vol, const struct fat_info *info,
		   struct balimg_error *err) MUST_USE;

#endif /* BALIMG_VOLUME_FAT_INFO_H */
