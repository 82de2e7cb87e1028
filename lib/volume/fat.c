/* fat.c - the FAT engine: open, look, list
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "volume/fat-dir.h"
#include "volume/fat-info.h"

static void
fat_close(struct volume *vol_)
{
	struct fat_volume *vol = fat_of(vol_);
	size_t i;

	fat_dir_free_all(vol);
	for (i = 0; i < FAT_PAGES; i++)
		free(vol->pages[i].data);
	fat_map_clear(&vol->chain);
	fat_map_clear(&vol->link);
	fat_map_clear(&vol->freed);
	fat_runs_free(&vol->dropped);
	fat_runs_free(&vol->wiped);
	free(vol);
}

/* Take what FSInfo says, as far as it can be true. */
static int
load_info(struct fat_volume *vol, struct balimg_error *err)
{
	struct fat_info info;

	if (fat_info_read(vol, &info, err) < 0)
		return -1;
	vol->hint = 2;
	if (!info.valid)
		return 0;
	if (info.free <= vol->geo.cluster_count) {
		vol->free_known = true;
		vol->free_clusters = info.free;
	}
	if (fat_has_cluster(&vol->geo, info.next))
		vol->hint = info.next;
	return 0;
}

static struct volume *
fat_open(struct source *source, struct balimg_error *err)
{
	struct fat_volume *vol = calloc(1, sizeof(*vol));

	if (!vol) {
		error_nomem(err);
		return NULL;
	}
	vol->volume.ops = &volume_fat_ops;
	vol->volume.source = source;
	if (fat_geometry_read(source, &vol->geo, err) < 0 ||
	    load_info(vol, err) < 0) {
		fat_close(&vol->volume);
		return NULL;
	}
	return &vol->volume;
}

static int
describe(const struct fat_scan *scan, struct volume_entry *entry,
	 struct balimg_error *err)
{
	char text[FAT_UTF8_SIZE];
	struct fat_name name;

	fat_scan_name(scan, &name);
	fat_name_print(&name, text);
	*entry = (struct volume_entry){
		.name = strdup(text),
		.directory = fat_slot_is_directory(scan->raw),
		.modified = fat_slot_modified(scan->raw),
	};
	if (!entry->name)
		return error_nomem(err);
	if (!entry->directory)
		entry->size = fat_slot_size(scan->raw);
	return 0;
}

static int
fat_stat(struct volume *vol, const char *path, struct volume_entry *entry,
	 struct balimg_error *err)
{
	struct fat_place place;

	if (fat_path_need(fat_of(vol), path, &place, err) < 0)
		return -1;
	if (*place.name)
		return describe(&place.scan, entry, err);
	*entry = (struct volume_entry){
		.name = strdup("/"),
		.directory = true,
	};
	return entry->name ? 0 : error_nomem(err);
}

static int
fat_list(struct volume *vol_, const char *path, struct volume_listing *listing,
	 struct balimg_error *err)
{
	struct fat_volume *vol = fat_of(vol_);
	struct fat_scan scan = { 0 };
	struct volume_entry entry;
	struct fat_place place;
	struct fat_dir *dir;
	int rc;

	if (fat_path_need(vol, path, &place, err) < 0)
		return -1;
	if (!fat_place_is_directory(&place))
		return error_set(err, BALIMG_E_USAGE, "not a directory");
	dir = fat_place_open(vol, &place, err);
	if (!dir)
		return -1;
	while ((rc = fat_scan_next(vol, dir, &scan, err)) > 0) {
		if (fat_slot_is_label(scan.raw) || fat_slot_is_dot(scan.raw))
			continue;
		if (describe(&scan, &entry, err) < 0 ||
		    volume_listing_add(listing, entry.name, &entry, err) < 0)
			return -1;
	}
	return rc;
}

static struct source *
fat_open_file(struct volume *vol_, const char *path, struct balimg_error *err)
{
	struct fat_volume *vol = fat_of(vol_);
	AUTO_RUNS struct fat_runs runs = { 0 };
	struct fat_place place;
	uint32_t size, need;

	if (fat_path_need(vol, path, &place, err) < 0)
		return NULL;
	if (fat_place_is_directory(&place)) {
		error_set(err, BALIMG_E_USAGE, "is a directory");
		return NULL;
	}
	size = fat_slot_size(place.scan.raw);
	need = fat_clusters_for(vol, size);
	if (fat_collect(vol, fat_slot_cluster(vol, place.scan.raw), need,
			&runs, err) < 0)
		return NULL;
	if (runs.clusters < need) {
		error_set(err, BALIMG_E_INVALID,
			  "%u bytes long, but its chain ends after %u of %u "
			  "clusters",
			  size, runs.clusters, need);
		return NULL;
	}
	return fat_file_open(vol, &runs, size, err);
}

static int
fat_space(struct volume *vol_, struct volume_space *space,
	  struct balimg_error *err)
{
	struct fat_volume *vol = fat_of(vol_);
	uint64_t unit = vol->geo.cluster_size;
	uint32_t count;

	if (fat_count_free(vol, &count, err) < 0)
		return -1;
	*space = (struct volume_space){
		.total = vol->geo.cluster_count * unit,
		.free = count * unit,
		.unit = unit,
	};
	return 0;
}

const struct volume_ops volume_fat_ops = {
	.type = "vfat",
	.bid = fat_bid,
	.open = fat_open,
	.close = fat_close,
	.stat = fat_stat,
	.list = fat_list,
	.open_file = fat_open_file,
	.write_from = fat_write_from,
	.remove = fat_remove,
	.mkdir = fat_mkdir,
	.space = fat_space,
	.flush = fat_flush,
	.check = fat_check,
	.repair = fat_repair,
};
