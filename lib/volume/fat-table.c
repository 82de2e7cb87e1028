/* fat-table.c - entries of the file allocation table
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The table is read a page at a time, where it is needed, from the active
 * FAT; FAT32's can be megabytes long.  What is staged lies over it in three
 * maps and is written by fat-flush.c.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "volume/fat.h"

#define WIDE_MASK 0x0fffffffu /* FAT32: the top 4 bits are not ours */

uint32_t
fat_end_mark(const struct fat_geometry *geo)
{
	return geo->bits == 12 ? 0xfff : geo->bits == 16 ? 0xffff : WIDE_MASK;
}

bool
fat_is_end(const struct fat_geometry *geo, uint32_t value)
{
	return value >= fat_end_mark(geo) - 7;
}

bool
fat_is_bad(const struct fat_geometry *geo, uint32_t value)
{
	return !fat_is_end(geo, value) && value >= fat_end_mark(geo) - 15 &&
	       !fat_has_cluster(geo, value);
}

uint64_t
fat_entry_offset(const struct fat_geometry *geo, uint32_t cluster)
{
	return (uint64_t)cluster * geo->bits / 8;
}

bool
fat_entry_straddles(const struct fat_geometry *geo, uint32_t cluster)
{
	return geo->bits == 12 &&
	       fat_entry_offset(geo, cluster) % FAT_SECTOR == FAT_SECTOR - 1;
}

uint32_t
fat_decode(const struct fat_geometry *geo, const uint8_t *table, uint64_t base,
	   uint32_t cluster)
{
	const uint8_t *at = table + (fat_entry_offset(geo, cluster) - base);

	if (geo->bits == 32)
		return le32_get(at) & WIDE_MASK;
	if (geo->bits == 16)
		return le16_get(at);
	return cluster & 1 ? le16_get(at) >> 4 : le16_get(at) & 0xfff;
}

void
fat_encode(const struct fat_geometry *geo, uint8_t *table, uint64_t base,
	   uint32_t cluster, uint32_t value)
{
	uint8_t *at = table + (fat_entry_offset(geo, cluster) - base);
	uint32_t old = le16_get(at);

	if (geo->bits == 32)
		le32_put(at, (le32_get(at) & ~WIDE_MASK) | value);
	else if (geo->bits == 16)
		le16_put(at, (uint16_t)value);
	else if (cluster & 1)
		le16_put(at, (uint16_t)((old & 0xf) | value << 4));
	else
		le16_put(at, (uint16_t)((old & 0xf000) | value));
}

/* The page that holds byte @offset of the active FAT. */
static const uint8_t *
read_page(struct fat_volume *vol, uint64_t offset, struct balimg_error *err)
{
	const struct fat_geometry *geo = &vol->geo;
	uint64_t number = offset / FAT_PAGE + 1;
	struct fat_page *page = &vol->pages[number % FAT_PAGES];
	uint64_t at = (number - 1) * FAT_PAGE;
	uint64_t left = geo->table_size - at;

	if (page->number == number)
		return page->data;
	if (!page->data)
		page->data = malloc(FAT_PAGE);
	if (!page->data) {
		error_nomem(err);
		return NULL;
	}
	page->number = 0;
	if (source_read(vol->volume.source,
			geo->table_offset + geo->active * geo->table_size + at,
			page->data, left < FAT_PAGE ? (size_t)left : FAT_PAGE,
			err) < 0)
		return NULL;
	page->number = number;
	return page->data;
}

void
fat_forget_pages(struct fat_volume *vol)
{
	size_t i;

	for (i = 0; i < FAT_PAGES; i++)
		vol->pages[i].number = 0;
}

/* A FAT12 entry may lie half in one page, half in the next. */
static int
get_across(struct fat_volume *vol, uint32_t cluster, uint32_t *value,
	   struct balimg_error *err)
{
	uint64_t offset = fat_entry_offset(&vol->geo, cluster);
	uint8_t both[2];
	const uint8_t *page;

	page = read_page(vol, offset, err);
	if (!page)
		return -1;
	both[0] = page[offset % FAT_PAGE];
	page = read_page(vol, offset + 1, err);
	if (!page)
		return -1;
	both[1] = page[(offset + 1) % FAT_PAGE];
	*value = fat_decode(&vol->geo, both, offset, cluster);
	return 0;
}

int
fat_get_stored(struct fat_volume *vol, uint32_t cluster, uint32_t *value,
	       struct balimg_error *err)
{
	uint64_t offset = fat_entry_offset(&vol->geo, cluster);
	const uint8_t *page;

	if (vol->geo.bits == 12 && offset % FAT_PAGE == FAT_PAGE - 1)
		return get_across(vol, cluster, value, err);
	page = read_page(vol, offset, err);
	if (!page)
		return -1;
	*value = fat_decode(&vol->geo, page, offset - offset % FAT_PAGE,
			    cluster);
	return 0;
}

int
fat_get(struct fat_volume *vol, uint32_t cluster, uint32_t *value,
	struct balimg_error *err)
{
	if (fat_map_has(&vol->freed, cluster)) {
		*value = 0;
		return 0;
	}
	if (fat_map_get(&vol->link, cluster, value) ||
	    fat_map_get(&vol->chain, cluster, value))
		return 0;
	return fat_get_stored(vol, cluster, value, err);
}

/* How many of the @count whole entries that begin at @page are zero? */
static uint32_t
count_zeros(const struct fat_geometry *geo, const uint8_t *page,
	    uint32_t count)
{
	uint32_t i, zeros = 0;

	if (geo->bits == 32)
		for (i = 0; i < count; i++)
			zeros += !(le32_get(page + 4 * i) & WIDE_MASK);
	else
		for (i = 0; i < count; i++)
			zeros += !le16_get(page + 2 * i);
	return zeros;
}

/* Count the free clusters from @first up to the end of the page it begins,
 * or just @first if entries may lie across pages; *@next is the one after. */
static int
count_page(struct fat_volume *vol, uint32_t first, uint32_t *next,
	   uint32_t *free, struct balimg_error *err)
{
	const struct fat_geometry *geo = &vol->geo;
	uint64_t offset = fat_entry_offset(geo, first);
	uint32_t last = fat_last_cluster(geo), value, count;
	const uint8_t *page;

	if (geo->bits == 12) {
		*next = first + 1;
		if (fat_get_stored(vol, first, &value, err) < 0)
			return -1;
		*free += !value;
		return 0;
	}
	page = read_page(vol, offset, err);
	if (!page)
		return -1;
	count = (uint32_t)((FAT_PAGE - offset % FAT_PAGE) * 8 / geo->bits);
	if (count > last - first + 1)
		count = last - first + 1;
	*free += count_zeros(geo, page + offset % FAT_PAGE, count);
	*next = first + count;
	return 0;
}

/* Count what the source has free; reads all of the FAT once. */
static int
count_stored(struct fat_volume *vol, struct balimg_error *err)
{
	uint32_t cluster = 2, count = 0;

	while (cluster <= fat_last_cluster(&vol->geo))
		if (count_page(vol, cluster, &cluster, &count, err) < 0)
			return -1;
	vol->free_clusters = count;
	vol->free_known = true;
	return 0;
}

int
fat_count_free(struct fat_volume *vol, uint32_t *count,
	       struct balimg_error *err)
{
	int64_t now;

	if (!vol->free_known && count_stored(vol, err) < 0)
		return -1;
	now = (int64_t)vol->free_clusters + (int64_t)vol->freed.count -
	      (int64_t)vol->chain.count;
	/* FSInfo's count may be wrong. */
	if (now < 0)
		now = 0;
	if (now > vol->geo.cluster_count)
		now = vol->geo.cluster_count;
	*count = (uint32_t)now;
	return 0;
}
