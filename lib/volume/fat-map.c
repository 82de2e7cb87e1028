/* fat-map.c - staged values by cluster, and runs of clusters
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The map is an open hash with linear probing, at most half full.  Removal
 * moves later pairs of the same cluster of probes back, so that there are no
 * tombstones.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "volume/fat-map.h"

#define FIRST_ROOM 16 /* pairs, runs */

static size_t
home_of(const struct fat_map *map, uint32_t cluster)
{
	return (cluster * (size_t)2654435761u >> 7) & (map->room - 1);
}

/* The pair of @cluster, or the empty one where it would go. */
static struct fat_pair *
find_pair(const struct fat_map *map, uint32_t cluster)
{
	size_t at = home_of(map, cluster);

	while (map->pairs[at].cluster && map->pairs[at].cluster != cluster)
		at = (at + 1) & (map->room - 1);
	return &map->pairs[at];
}

bool
fat_map_get(const struct fat_map *map, uint32_t cluster, uint32_t *value)
{
	const struct fat_pair *pair;

	if (!map->count)
		return false;
	pair = find_pair(map, cluster);
	if (!pair->cluster)
		return false;
	*value = pair->value;
	return true;
}

bool
fat_map_has(const struct fat_map *map, uint32_t cluster)
{
	uint32_t value;

	return fat_map_get(map, cluster, &value);
}

int
fat_map_reserve(struct fat_map *map, size_t more, struct balimg_error *err)
{
	struct fat_map larger = { .room = map->room ? map->room : FIRST_ROOM };
	size_t i;

	if (more > SIZE_MAX / 4 / sizeof(struct fat_pair) - map->count)
		return error_nomem(err);
	while (larger.room / 2 < map->count + more)
		larger.room *= 2;
	if (larger.room == map->room)
		return 0;

	larger.pairs = calloc(larger.room, sizeof(*larger.pairs));
	if (!larger.pairs)
		return error_nomem(err);
	for (i = 0; i < map->room; i++)
		if (map->pairs[i].cluster)
			*find_pair(&larger,
				   map->pairs[i].cluster) = map->pairs[i];
	larger.count = map->count;
	free(map->pairs);
	*map = larger;
	return 0;
}

void
fat_map_put(struct fat_map *map, uint32_t cluster, uint32_t value)
{
	struct fat_pair *pair = find_pair(map, cluster);

	map->count += !pair->cluster;
	pair->cluster = cluster;
	pair->value = value;
}

void
fat_map_remove(struct fat_map *map, uint32_t cluster)
{
	size_t mask = map->room - 1;
	size_t hole, at, home;

	if (!fat_map_has(map, cluster))
		return;
	hole = (size_t)(find_pair(map, cluster) - map->pairs);
	for (at = (hole + 1) & mask; map->pairs[at].cluster;
	     at = (at + 1) & mask) {
		home = home_of(map, map->pairs[at].cluster);
		/* A pair may move back as far as its home. */
		if (((at - home) & mask) < ((at - hole) & mask))
			continue;
		map->pairs[hole] = map->pairs[at];
		hole = at;
	}
	map->pairs[hole].cluster = 0;
	map->count--;
}

static int
compare_pairs(const void *a, const void *b)
{
	const struct fat_pair *one = a;
	const struct fat_pair *two = b;

	return (one->cluster > two->cluster) - (one->cluster < two->cluster);
}

struct fat_pair *
fat_map_sorted(const struct fat_map *map, struct balimg_error *err)
{
	struct fat_pair *pairs = malloc((map->count + 1) * sizeof(*pairs));
	size_t i, n = 0;

	if (!pairs) {
		error_nomem(err);
		return NULL;
	}
	for (i = 0; i < map->room; i++)
		if (map->pairs[i].cluster)
			pairs[n++] = map->pairs[i];
	if (n)
		qsort(pairs, n, sizeof(*pairs), compare_pairs);
	return pairs;
}

void
fat_map_clear(struct fat_map *map)
{
	free(map->pairs);
	*map = (struct fat_map){ 0 };
}

int
fat_runs_reserve(struct fat_runs *runs, size_t more, struct balimg_error *err)
{
	struct fat_run *larger;
	size_t room;

	if (runs->runs && more <= runs->room - runs->count)
		return 0;
	if (more > SIZE_MAX / 4 / sizeof(*larger) - runs->count)
		return error_nomem(err);
	room = 2 * (runs->count + more) + FIRST_ROOM;
	larger = realloc(runs->runs, room * sizeof(*larger));
	if (!larger)
		return error_nomem(err);
	runs->runs = larger;
	runs->room = room;
	return 0;
}

int
fat_runs_add_run(struct fat_runs *runs, struct fat_run run,
		 struct balimg_error *err)
{
	struct fat_run *last = NULL;

	if (runs->runs && runs->count)
		last = &runs->runs[runs->count - 1];
	if (last && last->first + last->count == run.first) {
		last->count += run.count;
		runs->clusters += run.count;
		return 0;
	}
	if (fat_runs_reserve(runs, 1, err) < 0)
		return -1;
	runs->runs[runs->count++] = run;
	runs->clusters += run.count;
	return 0;
}

int
fat_runs_add(struct fat_runs *runs, uint32_t cluster, struct balimg_error *err)
{
	return fat_runs_add_run(runs, (struct fat_run){ cluster, 1 }, err);
}

void
fat_runs_free(struct fat_runs *runs)
{
	free(runs->runs);
	*runs = (struct fat_runs){ 0 };
}
