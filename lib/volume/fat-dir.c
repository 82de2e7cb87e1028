/* fat-dir.c - directories in memory, read as far as they are looked at
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "volume/fat-dir.h"

#define PIECE	 4096u /* bytes read at once */
#define DIRS_MAX 16u   /* kept without staged changes */

uint32_t
fat_root_cluster(const struct fat_volume *vol)
{
	return vol->geo.root_cluster;
}

static void
free_dir(struct fat_dir *dir)
{
	free(dir->clusters);
	free(dir->slots);
	free(dir->marks);
	free(dir->base);
	free(dir);
}

void
fat_dir_free_all(struct fat_volume *vol)
{
	struct fat_dir *dir;

	while ((dir = vol->dirs)) {
		vol->dirs = dir->next;
		free_dir(dir);
	}
}

static struct fat_dir **
find_link(struct fat_volume *vol, uint32_t first)
{
	struct fat_dir **link = &vol->dirs;

	while (*link && (*link)->first != first)
		link = &(*link)->next;
	return link;
}

void
fat_dir_drop(struct fat_volume *vol, struct fat_dir *dir)
{
	struct fat_dir **link = &vol->dirs;

	while (*link != dir)
		link = &(*link)->next;
	*link = dir->next;
	free_dir(dir);
}

/* Keep memory in bounds: of the directories without staged changes, the
 * lately used stay. */
static void
drop_old(struct fat_volume *vol)
{
	struct fat_dir **link = &vol->dirs;
	struct fat_dir *dir;
	size_t clean = 0;

	while ((dir = *link)) {
		if (!dir->base && ++clean > DIRS_MAX) {
			*link = dir->next;
			free_dir(dir);
		} else {
			link = &dir->next;
		}
	}
}

int
fat_dir_add_cluster(struct fat_dir *dir, uint32_t cluster,
		    struct balimg_error *err)
{
	size_t room = dir->cluster_room;
	uint32_t *larger;

	if (dir->cluster_count == room) {
		room = 2 * room + 4;
		larger = realloc(dir->clusters, room * sizeof(*larger));
		if (!larger)
			return error_nomem(err);
		dir->clusters = larger;
		dir->cluster_room = room;
	}
	dir->clusters[dir->cluster_count++] = cluster;
	return 0;
}

static struct fat_dir *
add_dir(struct fat_volume *vol, uint32_t first, struct balimg_error *err)
{
	struct fat_dir *dir = calloc(1, sizeof(*dir));

	if (!dir) {
		error_nomem(err);
		return NULL;
	}
	dir->first = first;
	if (first && (fat_walk_begin(vol, &dir->walk, first, err) < 0 ||
		      fat_dir_add_cluster(dir, first, err) < 0)) {
		free_dir(dir);
		return NULL;
	}
	dir->new_from = SIZE_MAX;
	dir->next = vol->dirs;
	vol->dirs = dir;
	return dir;
}

struct fat_dir *
fat_dir_get(struct fat_volume *vol, uint32_t first, struct balimg_error *err)
{
	struct fat_dir **link = find_link(vol, first);
	struct fat_dir *dir = *link;

	if (!dir) {
		dir = add_dir(vol, first, err);
		drop_old(vol);
		return dir;
	}
	*link = dir->next;
	dir->next = vol->dirs;
	vol->dirs = dir;
	return dir;
}

int
fat_dir_reserve(struct fat_dir *dir, size_t more, struct balimg_error *err)
{
	size_t room = dir->room;
	uint8_t *slots, *marks;

	if (dir->count + more > FAT_SLOTS_MAX)
		return error_set(err, BALIMG_E_INVALID,
				 "the directory is larger than the %u slots "
				 "that FAT allows",
				 FAT_SLOTS_MAX);
	if (dir->marks && dir->count + more <= room)
		return 0;

	room = 2 * room + more;
	slots = realloc(dir->slots, room * FAT_SLOT);
	if (!slots)
		return error_nomem(err);
	dir->slots = slots;
	marks = realloc(dir->marks, room);
	if (!marks)
		return error_nomem(err);
	dir->marks = marks;
	dir->room = room;
	return 0;
}

struct fat_dir *
fat_dir_new(struct fat_volume *vol, uint32_t first,
	    const struct fat_dir *parent, const uint8_t *slot,
	    struct balimg_error *err)
{
	size_t slots = vol->geo.cluster_size / FAT_SLOT;
	struct fat_dir *dir = *find_link(vol, first);

	/* A damaged entry may have shown a free cluster as a directory. */
	if (dir)
		fat_dir_drop(vol, dir);
	dir = add_dir(vol, first, err);
	if (!dir)
		return NULL;
	dir->base = malloc(1);
	if (!dir->base || fat_dir_reserve(dir, slots, err) < 0) {
		error_nomem(err);
		fat_dir_drop(vol, dir);
		return NULL;
	}
	dir->count = slots;
	dir->new_from = 0;
	dir->end = 2;
	/* NOLINTNEXTLINE(clang-analyzer-*): room for one slot at least. */
	memset(dir->slots, 0, slots * FAT_SLOT);
	memset(dir->marks, FAT_NEW, slots);
	memcpy(dir->slots, slot, FAT_SLOT);
	memcpy(dir->slots, ".          ", FAT_SHORT);
	memcpy(dir->slots + FAT_SLOT, slot, FAT_SLOT);
	memcpy(dir->slots + FAT_SLOT, "..         ", FAT_SHORT);
	/* The root is called 0 there, whatever cluster it has. */
	fat_slot_set_cluster(
		vol, dir->slots + FAT_SLOT,
		parent->first == fat_root_cluster(vol) ? 0 : parent->first);
	return dir;
}

void
fat_dir_settle(struct fat_dir *dir)
{
	free(dir->base);
	dir->base = NULL;
	dir->new_from = SIZE_MAX;
	if (dir->count)
		memset(dir->marks, 0, dir->count);
}

uint64_t
fat_dir_offset(const struct fat_volume *vol, const struct fat_dir *dir,
	       size_t at)
{
	uint64_t offset = (uint64_t)at * FAT_SLOT;
	uint32_t size = vol->geo.cluster_size;

	if (!dir->first)
		return vol->geo.root_offset + offset;
	return fat_cluster_offset(&vol->geo, dir->clusters[offset / size]) +
	       offset % size;
}

/* How many slots the part that begins at slot dir->count has; 0 at the end
 * of the directory. */
static int
find_piece(struct fat_volume *vol, struct fat_dir *dir, size_t *slots,
	   struct balimg_error *err)
{
	size_t each = vol->geo.cluster_size / FAT_SLOT;
	size_t left;
	int rc;

	if (!dir->first) {
		left = vol->geo.root_slots - dir->count;
	} else {
		if (dir->count / each == dir->cluster_count) {
			rc = fat_walk_next(vol, &dir->walk, err);
			*slots = 0;
			if (rc <= 0)
				return rc;
			if (fat_dir_add_cluster(dir, dir->walk.at, err) < 0)
				return -1;
		}
		left = each - dir->count % each;
	}
	*slots = left < PIECE / FAT_SLOT ? left : PIECE / FAT_SLOT;
	return 0;
}

static int
load_piece(struct fat_volume *vol, struct fat_dir *dir,
	   struct balimg_error *err)
{
	size_t slots;

	if (find_piece(vol, dir, &slots, err) < 0)
		return -1;
	if (!slots)
		return 0;
	if (fat_dir_reserve(dir, slots, err) < 0 ||
	    source_read(vol->volume.source,
			fat_dir_offset(vol, dir, dir->count),
			dir->slots + dir->count * FAT_SLOT, slots * FAT_SLOT,
			err) < 0)
		return -1;
	memset(dir->marks + dir->count, 0, slots);
	dir->count += slots;
	return 1;
}

int
fat_dir_load(struct fat_volume *vol, struct fat_dir *dir, size_t at,
	     struct balimg_error *err)
{
	int rc;

	while (at >= dir->count) {
		/* While changes are staged, all of it is in memory. */
		if (dir->base)
			return 0;
		rc = load_piece(vol, dir, err);
		if (rc <= 0)
			return rc;
	}
	return 1;
}
