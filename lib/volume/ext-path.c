/* ext-path.c - follow a path, and its symbolic links, within the volume
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Neither leads out of the volume, and the number of links is limited.
 */
#include <config.h>

#include <string.h>

#include "volume/ext.h"
#include "volume/route.h"

/* How far a path was followed. */
struct way {
	struct ext_volume *ext;
	ext2_ino_t at; /* the directory reached */
	struct route route;
};

static int
enter_link(struct way *way, struct ext_place *place, struct balimg_error *err)
{
	AUTO_FREE char *text = ext_read_link(way->ext, place->ino,
					     &place->inode, err);

	if (!text || route_enter_link(&way->route, text, err) < 0)
		return -1;
	if (*text == '/')
		way->at = EXT2_ROOT_INO;
	return 0;
}

/* Look for the name of @place in its directory. */
static int
look_up(struct way *way, struct ext_place *place, size_t len,
	struct balimg_error *err)
{
	struct ext_volume *ext = way->ext;
	struct ext2_inode dir;
	errcode_t failed;

	place->dir = way->at;
	place->ino = 0;
	if (ext_read_inode(ext, way->at, &dir, err) < 0)
		return -1;
	if (!LINUX_S_ISDIR(dir.i_mode))
		return ext_error(ext, EXT2_ET_NO_DIRECTORY, err);
	failed = ext2fs_lookup(ext->fs, way->at, place->name, (int)len, NULL,
			       &place->ino);
	if (failed == EXT2_ET_FILE_NOT_FOUND && !ext->io.why.code) {
		place->ino = 0;
		return route_is_last(&way->route) ?
			       0 :
			       ext_error(ext, failed, err);
	}
	if (failed)
		return ext_error(ext, failed, err);
	return ext_read_inode(ext, place->ino, &place->inode, err);
}

/* The directory that was reached is the end. */
static int
end_here(const struct way *way, struct ext_place *place,
	 struct balimg_error *err)
{
	*place->name = '\0';
	place->dir = way->at;
	place->ino = way->at;
	return ext_read_inode(way->ext, place->ino, &place->inode, err);
}

static int
follow(struct way *way, bool follow_last, struct ext_place *place,
       struct balimg_error *err)
{
	const char *name;
	size_t len;

	while ((len = route_next_name(&way->route, &name)) > 0) {
		if (len > EXT2_NAME_LEN)
			return error_set(err, BALIMG_E_INVALID,
					 "a name has more than %d bytes",
					 EXT2_NAME_LEN);
		memcpy(place->name, name, len);
		place->name[len] = '\0';
		if (!strcmp(place->name, ".") ||
		    (!strcmp(place->name, "..") && way->at == EXT2_ROOT_INO))
			continue;
		if (look_up(way, place, len, err) < 0)
			return -1;
		if (!place->ino)
			return 0;
		if (LINUX_S_ISLNK(place->inode.i_mode) &&
		    (follow_last || !route_is_last(&way->route))) {
			if (enter_link(way, place, err) < 0)
				return -1;
			continue;
		}
		if (route_is_last(&way->route) &&
		    strcmp(place->name, "..") != 0)
			return 0;
		way->at = place->ino;
	}
	return end_here(way, place, err);
}

/* *@found: does what is remembered lead to it?  Not through a link. */
static int
recall(struct ext_volume *ext, const char *path, bool follow_last,
       struct ext_place *place, bool *found, struct balimg_error *err)
{
	*found = ext_listed_find(&ext->listed, path, place);
	if (!*found)
		return 0;
	if (ext_read_inode(ext, place->ino, &place->inode, err) < 0)
		return -1;
	*found = !follow_last || !LINUX_S_ISLNK(place->inode.i_mode);
	return 0;
}

int
ext_find(struct ext_volume *ext, const char *path, bool follow_last,
	 struct ext_place *place, struct balimg_error *err)
{
	struct way way = { .ext = ext, .at = EXT2_ROOT_INO };
	bool found;
	int result = recall(ext, path, follow_last, place, &found, err);

	if (result < 0 || found)
		return result;
	if (route_begin(&way.route, path, err) < 0)
		return -1;
	result = follow(&way, follow_last, place, err);
	route_clear(&way.route);
	return result;
}

int
ext_need(struct ext_volume *ext, const char *path, bool follow_last,
	 struct ext_place *place, struct balimg_error *err)
{
	if (ext_find(ext, path, follow_last, place, err) < 0)
		return -1;
	return place->ino ? 0 : ext_error(ext, EXT2_ET_FILE_NOT_FOUND, err);
}
