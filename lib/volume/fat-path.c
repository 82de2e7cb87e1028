/* fat-path.c - follow a path through the directories
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "volume/fat-dir.h"

static int
not_found(struct balimg_error *err)
{
	return error_set(err, BALIMG_E_NOT_FOUND, "no such file or directory");
}

bool
fat_place_is_directory(const struct fat_place *place)
{
	return !*place->name || fat_slot_is_directory(place->scan.raw);
}

struct fat_dir *
fat_place_open(struct fat_volume *vol, const struct fat_place *place,
	       struct balimg_error *err)
{
	uint32_t first;

	if (!*place->name)
		return place->dir;
	first = fat_slot_cluster(vol, place->scan.raw);
	if (!first) {
		error_set(err, BALIMG_E_INVALID,
			  "the directory has no cluster");
		return NULL;
	}
	return fat_dir_get(vol, first, err);
}

int
fat_path_find(struct fat_volume *vol, const char *path,
	      struct fat_place *place, struct balimg_error *err)
{
	struct fat_name name;
	size_t len;
	int rc;

	*place = (struct fat_place){ .name = "", .found = true };
	place->dir = fat_dir_get(vol, fat_root_cluster(vol), err);
	if (!place->dir)
		return -1;
	while (*path == '/' && path[1]) {
		if (!place->found || !fat_place_is_directory(place))
			return not_found(err);
		place->dir = fat_place_open(vol, place, err);
		if (!place->dir)
			return -1;

		place->name = ++path;
		len = strcspn(path, "/");
		path += len;
		memset(&place->scan, 0, sizeof(place->scan));
		place->found = false;
		if (!fat_name_parse(place->name, len, &name))
			continue;
		rc = fat_scan_find(vol, place->dir, &name, &place->scan, err);
		if (rc < 0)
			return -1;
		place->found = rc;
	}
	return 0;
}

int
fat_path_need(struct fat_volume *vol, const char *path,
	      struct fat_place *place, struct balimg_error *err)
{
	if (fat_path_find(vol, path, place, err) < 0)
		return -1;
	return place->found ? 0 : not_found(err);
}
