/* fat-edit.c - write, remove, and make directories: staged
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each operation first does all that can fail: it follows the old chain,
 * allocates the new one, writes the contents to clusters that nobody sees
 * yet, and reserves memory.  What then remains cannot fail, so an operation
 * is staged whole or not at all.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/io.h"
#include "volume/fat-dir.h"

#define SIZE_LIMIT 0xffffffffu /* bytes, of a file */

static int
begin(struct fat_volume *vol, const char *path, struct fat_place *place,
      struct balimg_error *err)
{
	if (vol->failed)
		return error_set(err, BALIMG_E_USAGE,
				 "an earlier flush of the volume failed");
	return fat_path_find(vol, path, place, err);
}

static void
set_size(uint8_t *slot, uint32_t size)
{
	le32_put(slot + 28, size);
}

/* The fields of an entry that was not there before. */
static void
fill_slot(uint8_t *slot, uint8_t attributes, time_t now)
{
	memset(slot, 0, FAT_SLOT);
	slot[11] = attributes;
	fat_slot_set_created(slot, now);
	fat_slot_set_modified(slot, now);
}

/* ---- contents ---- */

/* Bring @content to the clusters of @runs, and zeroes behind it. */
static int
write_content(struct fat_volume *vol, struct source *content,
	      const struct fat_runs *runs, struct balimg_error *err)
{
	struct source *source = vol->volume.source;
	uint64_t size = source_size(content);
	uint64_t done = 0;
	uint64_t at, len, now;
	size_t i;

	vol->written |= runs->count != 0;
	for (i = 0; i < runs->count; i++) {
		at = fat_cluster_offset(&vol->geo, runs->runs[i].first);
		len = (uint64_t)runs->runs[i].count * vol->geo.cluster_size;
		now = size - done < len ? size - done : len;
		if (source_copy(content, done, source, at, now, err) < 0)
			return -1;
		done += now;
		if (now < len &&
		    source_zero(source, at + now, len - now, err) < 0)
			return -1;
	}
	return 0;
}

/* Does the file of @place hold @content already?  A file that cannot be read
 * does not. */
static int
holds_already(struct fat_volume *vol, const char *path,
	      const struct fat_place *place, struct source *content,
	      bool *same, struct balimg_error *err)
{
	AUTO_SOURCE struct source *old = NULL;

	*same = false;
	if (!place->found ||
	    fat_slot_size(place->scan.raw) != source_size(content))
		return 0;
	old = vol->volume.ops->open_file(&vol->volume, path, NULL);
	return old ? volume_compare(old, content, same, err) : 0;
}

/* ---- entries ---- */

/* Add an entry; one of the same name that this transaction deleted comes
 * back instead, so that there are never two on the medium. */
static int
create_entry(struct fat_volume *vol, struct fat_dir *dir,
	     const struct fat_name *name, uint8_t *slot,
	     struct balimg_error *err)
{
	int rc;

	if (fat_dir_prepare(vol, dir, err) < 0)
		return -1;
	rc = fat_dir_revive(vol, dir, name, slot, err);
	if (rc)
		return rc < 0 ? -1 : 0;
	return fat_dir_add(vol, dir, name, slot, err);
}

/* Give the file at @place other clusters. */
static int
switch_entry(struct fat_volume *vol, const struct fat_place *place,
	     uint32_t first, uint32_t size, bool wipe,
	     struct balimg_error *err)
{
	AUTO_RUNS struct fat_runs old = { 0 };
	uint8_t slot[FAT_SLOT];

	if (fat_collect(vol, fat_slot_cluster(vol, place->scan.raw),
			UINT32_MAX, &old, err) < 0 ||
	    fat_release_reserve(vol, &old, err) < 0 ||
	    fat_dir_prepare(vol, place->dir, err) < 0)
		return -1;

	memcpy(slot, place->scan.raw, FAT_SLOT);
	slot[11] |= FAT_ARCHIVE;
	fat_slot_set_modified(slot, io_now());
	fat_slot_set_cluster(vol, slot, first);
	set_size(slot, size);
	fat_dir_put(place->dir, place->scan.slot, slot);
	fat_release(vol, &old, wipe);
	return 0;
}

static int
stage_file(struct fat_volume *vol, const struct fat_place *place,
	   const struct fat_name *name, uint32_t first, uint32_t size,
	   bool wipe, struct balimg_error *err)
{
	uint8_t slot[FAT_SLOT];

	if (place->found)
		return switch_entry(vol, place, first, size, wipe, err);
	fill_slot(slot, FAT_ARCHIVE, io_now());
	fat_slot_set_cluster(vol, slot, first);
	set_size(slot, size);
	return create_entry(vol, place->dir, name, slot, err);
}

int
fat_write_from(struct volume *vol_, const char *path, struct source *content,
	       unsigned flags, struct balimg_error *err)
{
	struct fat_volume *vol = fat_of(vol_);
	AUTO_RUNS struct fat_runs runs = { 0 };
	uint64_t size = source_size(content);
	struct fat_place place;
	struct fat_name name;
	uint32_t first;
	bool same;

	if (begin(vol, path, &place, err) < 0)
		return -1;
	if (place.found && fat_place_is_directory(&place))
		return error_set(err, BALIMG_E_USAGE, "is a directory");
	if (!place.found &&
	    fat_name_check(place.name, strlen(place.name), &name, err) < 0)
		return -1;
	if (size > SIZE_LIMIT)
		return error_set(err, BALIMG_E_NO_SPACE,
				 "FAT cannot hold files of 4 GiB or more");
	if (holds_already(vol, path, &place, content, &same, err) < 0)
		return -1;
	if (same)
		return 0;

	if (fat_allocate(vol, fat_clusters_for(vol, size), &runs, err) < 0)
		return -1;
	first = runs.count ? runs.runs[0].first : 0;
	if (write_content(vol, content, &runs, err) < 0 ||
	    stage_file(vol, &place, &name, first, (uint32_t)size,
		       flags & VOLUME_WIPE_OLD, err) < 0) {
		fat_unallocate(vol, &runs);
		return -1;
	}
	return 0;
}

/* ---- removing ---- */

/* The directory at @place if nothing is in it. */
static struct fat_dir *
open_empty(struct fat_volume *vol, const struct fat_place *place,
	   struct balimg_error *err)
{
	struct fat_dir *dir = fat_place_open(vol, place, err);
	struct fat_scan scan = { 0 };
	int rc;

	if (!dir)
		return NULL;
	while ((rc = fat_scan_next(vol, dir, &scan, err)) > 0) {
		if (fat_slot_is_dot(scan.raw))
			continue;
		error_set(err, BALIMG_E_REFUSED, "the directory is not empty");
		return NULL;
	}
	return rc < 0 ? NULL : dir;
}

int
fat_remove(struct volume *vol_, const char *path, unsigned flags,
	   struct balimg_error *err)
{
	struct fat_volume *vol = fat_of(vol_);
	AUTO_RUNS struct fat_runs old = { 0 };
	struct fat_dir *dir = NULL;
	struct fat_place place;

	if (begin(vol, path, &place, err) < 0)
		return -1;
	if (!place.found)
		return error_set(err, BALIMG_E_NOT_FOUND,
				 "no such file or directory");
	if (!*place.name)
		return error_set(err, BALIMG_E_USAGE,
				 "the root directory stays");
	if (fat_place_is_directory(&place)) {
		dir = open_empty(vol, &place, err);
		if (!dir)
			return -1;
	}
	if (fat_collect(vol, fat_slot_cluster(vol, place.scan.raw), UINT32_MAX,
			&old, err) < 0 ||
	    fat_release_reserve(vol, &old, err) < 0 ||
	    fat_dir_prepare(vol, place.dir, err) < 0)
		return -1;

	fat_dir_delete(place.dir, place.scan.first, place.scan.slot);
	fat_release(vol, &old, flags & VOLUME_WIPE_OLD);
	/* What was staged in it goes with it: nothing refers to it now. */
	if (dir)
		fat_dir_drop(vol, dir);
	return 0;
}

/* ---- directories ---- */

int
fat_mkdir(struct volume *vol_, const char *path, struct balimg_error *err)
{
	struct fat_volume *vol = fat_of(vol_);
	AUTO_RUNS struct fat_runs runs = { 0 };
	uint8_t slot[FAT_SLOT];
	struct fat_place place;
	struct fat_name name;
	struct fat_dir *dir;

	if (begin(vol, path, &place, err) < 0)
		return -1;
	if (place.found)
		return error_set(err, BALIMG_E_REFUSED, "exists already");
	if (fat_name_check(place.name, strlen(place.name), &name, err) < 0 ||
	    fat_allocate(vol, 1, &runs, err) < 0)
		return -1;

	fill_slot(slot, FAT_DIRECTORY, io_now());
	fat_slot_set_cluster(vol, slot, runs.runs[0].first);
	dir = fat_dir_new(vol, runs.runs[0].first, place.dir, slot, err);
	if (!dir || create_entry(vol, place.dir, &name, slot, err) < 0) {
		if (dir)
			fat_dir_drop(vol, dir);
		fat_unallocate(vol, &runs);
		return -1;
	}
	return 0;
}
