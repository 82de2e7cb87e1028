/* ext-path.c - follow a path, and its symbolic links, within the volume
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is left of the path is kept as text, in front of which the text of a
 * link is put when one is met.  Neither leads out of the volume, and the
 * number of links is limited as in Linux.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "volume/ext.h"

#define LINKS_MAX 40 /* symbolic links on the way */

/* How far a path was followed. */
struct way {
	struct ext_volume *ext;
	ext2_ino_t at;	/* the directory reached */
	char *left;	/* of the path, owned */
	size_t skip;	/* bytes of it that are done */
	unsigned links; /* met so far */
};

/* Take the next name off what is left; its length, 0 at the end. */
static size_t
next_name(struct way *way, const char **name)
{
	size_t len;

	while (way->left[way->skip] == '/')
		way->skip++;
	*name = way->left + way->skip;
	len = strcspn(*name, "/");
	way->skip += len;
	return len;
}

/* Has the path no name after this one? */
static bool
is_last(const struct way *way)
{
	const char *left = way->left + way->skip;

	return !left[strspn(left, "/")];
}

/* Put the text of the link at @place in front of what is left. */
static int
enter_link(struct way *way, struct ext_place *place, struct balimg_error *err)
{
	AUTO_FREE char *text = NULL;
	AUTO_BUFFER struct buffer left = BUFFER_INIT;
	char *path;

	if (++way->links > LINKS_MAX)
		return error_set(err, BALIMG_E_INVALID,
				 "more than %d symbolic links", LINKS_MAX);
	text = ext_read_link(way->ext, place->ino, &place->inode, err);
	if (!text)
		return -1;
	buffer_printf(&left, "%s/%s", text, way->left + way->skip);
	path = buffer_take(&left, NULL, err);
	if (!path)
		return -1;
	free(way->left);
	way->left = path;
	way->skip = 0;
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
		return is_last(way) ? 0 : ext_error(ext, failed, err);
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

	while ((len = next_name(way, &name)) > 0) {
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
		    (follow_last || !is_last(way))) {
			if (enter_link(way, place, err) < 0)
				return -1;
			continue;
		}
		if (is_last(way) && strcmp(place->name, "..") != 0)
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
	bool found;
	struct way way = {
		.ext = ext,
		.at = EXT2_ROOT_INO,
		.left = strdup(path),
	};
	int result = recall(ext, path, follow_last, place, &found, err);

	if (result < 0 || found) {
		free(way.left);
		return result;
	}
	if (!way.left)
		return error_nomem(err);
	result = follow(&way, follow_last, place, err);
	free(way.left);
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
