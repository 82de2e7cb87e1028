/* fat-map.h - staged values by cluster, and runs of clusters
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_VOLUME_FAT_MAP_H
#define BALIMG_VOLUME_FAT_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct fat_pair {
	uint32_t cluster; /* 0: no pair here */
	uint32_t value;
};

/* A hash table of pairs; all zero is an empty one. */
struct fat_map {
	struct fat_pair *pairs;
	size_t room; /* 0 or a power of two */
	size_t count;
};

bool fat_map_get(const struct fat_map *map, uint32_t cluster, uint32_t *value);
bool fat_map_has(const struct fat_map *map, uint32_t cluster);

/* Make sure that @more calls of fat_map_put() find room. */
int fat_map_reserve(struct fat_map *map, size_t more, struct balimg_error *err)
	MUST_USE;
/* Set the value of @cluster (2 or more). */
void fat_map_put(struct fat_map *map, uint32_t cluster, uint32_t value);
void fat_map_remove(struct fat_map *map, uint32_t cluster);

/* All pairs ordered by cluster, @map->count of them: the caller's. */
struct fat_pair *fat_map_sorted(const struct fat_map *map,
				struct balimg_error *err) MUST_USE;

void fat_map_clear(struct fat_map *map);

struct fat_run {
	uint32_t first; /* cluster */
	uint32_t count;
};

/* Clusters in the order of a chain; all zero is an empty list. */
struct fat_runs {
	struct fat_run *runs;
	size_t count;
	size_t room;
	uint32_t clusters; /* in all */
};

/* Make sure that @more calls of fat_runs_add() find room. */
int fat_runs_reserve(struct fat_runs *runs, size_t more,
		     struct balimg_error *err) MUST_USE;
int fat_runs_add(struct fat_runs *runs, uint32_t cluster,
		 struct balimg_error *err) MUST_USE;
/* The same for @count clusters from @first on. */
int fat_runs_add_run(struct fat_runs *runs, struct fat_run run,
		     struct balimg_error *err) MUST_USE;
void fat_runs_free(struct fat_runs *runs);
#define AUTO_RUNS __attribute__((cleanup(fat_runs_free)))

#endif /* BALIMG_VOLUME_FAT_MAP_H */
