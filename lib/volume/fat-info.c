/* fat-info.c - the FSInfo sector of FAT32
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "base/bytes.h"
#include "volume/fat-info.h"

#define FREE_COUNT 488 /* offsets in the sector */
#define NEXT_FREE  492

static int
read_sector(struct fat_volume *vol, uint8_t *sector, bool *valid,
	    struct balimg_error *err)
{
	*valid = false;
	if (!vol->geo.info_offset)
		return 0;
	if (source_read(vol->volume.source, vol->geo.info_offset, sector,
			FAT_SECTOR, err) < 0)
		return -1;
	*valid = le32_get(sector) == 0x41615252 &&
		 le32_get(sector + 484) == 0x61417272 &&
		 le32_get(sector + 508) == 0xaa550000;
	return 0;
}

int
fat_info_read(struct fat_volume *vol, struct fat_info *info,
	      struct balimg_error *err)
{
	uint8_t sector[FAT_SECTOR];

	*info = (struct fat_info){ 0 };
	if (read_sector(vol, sector, &info->valid, err) < 0)
		return -1;
	if (!info->valid)
		return 0;
	info->free = le32_get(sector + FREE_COUNT);
	info->next = le32_get(sector + NEXT_FREE);
	return 0;
}

int
fat_info_write(struct fat_volume *vol, const struct fat_info *info,
	       struct balimg_error *err)
{
	uint8_t sector[FAT_SECTOR];
	bool valid;

	if (read_sector(vol, sector, &valid, err) < 0)
		return -1;
	if (!valid || (le32_get(sector + FREE_COUNT) == info->free &&
		       le32_get(sector + NEXT_FREE) == info->next))
		return 0;
	le32_put(sector + FREE_COUNT, info->free);
	le32_put(sector + NEXT_FREE, info->next);
	return source_write(vol->volume.source, vol->geo.info_offset, sector,
			    FAT_SECTOR, err);
}
