/* fat-chain.c - chains of clusters: walk, allocate, release
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A chain read from the medium may end in a free cluster, outside the volume
 * or in itself.  A walk finds each of these out: a tortoise waits at the
 * steps 1, 2, 4, 8, ..., and a chain that meets it again is a loop.
 */
#include <config.h>

#include <inttypes.h>

#include "volume/fat.h"

/* A chain is broken, as was just said. */
static int
advise(struct balimg_error *err)
{
	return error_hint(err, "check the volume; fsck.fat may have to mend "
			       "it");
}

int
fat_walk_begin(struct fat_volume *vol, struct fat_walk *walk, uint32_t first,
	       struct balimg_error *err)
{
	if (!fat_has_cluster(&vol->geo, first)) {
		error_set(err, BALIMG_E_INVALID,
			  "its chain begins at cluster %u, which is not "
			  "there",
			  first);
		return advise(err);
	}
	*walk = (struct fat_walk){
		.at = first,
		.tortoise = first,
		.turn = 1,
	};
	return 0;
}

/* Say what is wrong with @next as the one to follow. */
static int
refuse_next(const struct fat_volume *vol, const struct fat_walk *walk,
	    uint32_t next, struct balimg_error *err)
{
	if (walk->loops)
		error_set(err, BALIMG_E_INVALID,
			  "its chain loops at cluster %u", next);
	else if (!next)
		error_set(err, BALIMG_E_INVALID,
			  "its chain runs into cluster %u, which is free",
			  walk->at);
	else if (fat_is_bad(&vol->geo, next))
		error_set(err, BALIMG_E_INVALID,
			  "its chain runs into cluster %u, which is marked "
			  "bad",
			  walk->at);
	else
		error_set(err, BALIMG_E_INVALID,
			  "its chain leads from cluster %u to %u, which is "
			  "not there",
			  walk->at, next);
	return advise(err);
}

int
fat_walk_next(struct fat_volume *vol, struct fat_walk *walk,
	      struct balimg_error *err)
{
	uint32_t next;

	if (fat_get(vol, walk->at, &next, err) < 0)
		return -1;
	if (fat_is_end(&vol->geo, next))
		return 0;
	walk->loops = next == walk->tortoise ||
		      walk->steps > vol->geo.cluster_count;
	if (walk->loops || !fat_has_cluster(&vol->geo, next))
		return refuse_next(vol, walk, next, err);

	walk->at = next;
	if (++walk->steps == walk->turn) {
		walk->tortoise = next;
		walk->turn *= 2;
	}
	return 1;
}

/* Beyond what the size asks for a chain may end as it likes, but in a loop:
 * then what was collected may have come twice. */
static int
check_rest(struct fat_volume *vol, struct fat_walk *walk,
	   struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	int rc;

	do {
		rc = fat_walk_next(vol, walk, &why);
	} while (rc > 0);
	if (rc == 0 || (error_is(&why, BALIMG_E_INVALID) && !walk->loops))
		return 0;
	if (err && !err->code)
		*err = why;
	return -1;
}

int
fat_collect(struct fat_volume *vol, uint32_t first, uint32_t limit,
	    struct fat_runs *runs, struct balimg_error *err)
{
	struct fat_walk walk;
	int rc;

	if (!first || !limit)
		return 0;
	if (fat_walk_begin(vol, &walk, first, err) < 0)
		return -1;
	for (;;) {
		if (fat_runs_add(runs, walk.at, err) < 0)
			return -1;
		if (!--limit)
			return check_rest(vol, &walk, err);
		rc = fat_walk_next(vol, &walk, err);
		if (rc <= 0)
			return rc;
	}
}

/* Free as the source has it, and not given away since? */
static int
is_free(struct fat_volume *vol, uint32_t cluster, bool *free_,
	struct balimg_error *err)
{
	uint32_t value;

	if (fat_get_stored(vol, cluster, &value, err) < 0)
		return -1;
	/* A damaged table may call the root directory free. */
	*free_ = !value && cluster != vol->geo.root_cluster &&
		 !fat_map_has(&vol->chain, cluster);
	return 0;
}

static int
no_space(const struct fat_volume *vol, uint32_t wanted, uint32_t found,
	 struct balimg_error *err)
{
	uint64_t unit = vol->geo.cluster_size;

	error_set(err, BALIMG_E_NO_SPACE,
		  "%" PRIu64 " bytes are needed, %" PRIu64 " are free",
		  wanted * unit, found * unit);
	return error_hint(err, "old contents keep their place until the new "
			       "ones are whole");
}

static void
link_up(struct fat_volume *vol, const struct fat_runs *runs)
{
	uint32_t before = 0;
	uint32_t cluster, left;
	size_t i;

	for (i = 0; i < runs->count; i++) {
		cluster = runs->runs[i].first;
		for (left = runs->runs[i].count; left; left--, cluster++) {
			if (before)
				fat_map_put(&vol->chain, before, cluster);
			before = cluster;
		}
	}
	if (before)
		fat_map_put(&vol->chain, before, fat_end_mark(&vol->geo));
}

int
fat_allocate(struct fat_volume *vol, uint32_t count, struct fat_runs *runs,
	     struct balimg_error *err)
{
	uint32_t last = fat_last_cluster(&vol->geo);
	uint32_t at = vol->hint;
	uint32_t left;
	bool free_;

	/* Before the memory is asked for: there cannot be more than this. */
	if (count > vol->geo.cluster_count)
		return no_space(vol, count, vol->geo.cluster_count, err);
	if (fat_map_reserve(&vol->chain, count, err) < 0)
		return -1;
	for (left = vol->geo.cluster_count; left && runs->clusters < count;
	     left--) {
		if (is_free(vol, at, &free_, err) < 0 ||
		    (free_ && fat_runs_add(runs, at, err) < 0))
			return -1;
		at = at == last ? 2 : at + 1;
	}
	if (runs->clusters < count)
		return no_space(vol, count, runs->clusters, err);
	link_up(vol, runs);
	if (count)
		vol->hint = at;
	return 0;
}

void
fat_unallocate(struct fat_volume *vol, const struct fat_runs *runs)
{
	uint32_t cluster, left;
	size_t i;

	for (i = 0; i < runs->count; i++) {
		cluster = runs->runs[i].first;
		for (left = runs->runs[i].count; left; left--)
			fat_map_remove(&vol->chain, cluster++);
	}
}

int
fat_release_reserve(struct fat_volume *vol, const struct fat_runs *runs,
		    struct balimg_error *err)
{
	if (fat_map_reserve(&vol->freed, runs->clusters, err) < 0 ||
	    fat_runs_reserve(&vol->dropped, runs->clusters, err) < 0 ||
	    fat_runs_reserve(&vol->wiped, runs->clusters, err) < 0)
		return -1;
	return 0;
}

void
fat_release(struct fat_volume *vol, const struct fat_runs *runs, bool wipe)
{
	struct fat_run one = { .count = 1 };
	uint32_t left;
	size_t i;

	for (i = 0; i < runs->count; i++) {
		one.first = runs->runs[i].first;
		for (left = runs->runs[i].count; left; left--, one.first++) {
			fat_map_remove(&vol->link, one.first);
			if (fat_map_has(&vol->chain, one.first)) {
				fat_map_remove(&vol->chain, one.first);
				/* Reserved: cannot fail. */
				(void)!fat_runs_add_run(&vol->dropped, one,
							NULL);
				continue;
			}
			fat_map_put(&vol->freed, one.first, 0);
			if (wipe)
				(void)!fat_runs_add_run(&vol->wiped, one,
							NULL);
		}
	}
}
