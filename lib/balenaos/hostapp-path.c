/* hostapp-path.c - follow a path, and its symbolic links, through the layers
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * ".." leads back to the directory that the way came through.  The number of
 * links and of names is limited.
 */
#include <config.h>

#include <string.h>

#include "balenaos/hostapp-private.h"
#include "base/buffer.h"
#include "volume/route.h"

#define NAMES_MAX  512 /* looked up, those of links included */
#define DEPTH_MAX  128 /* directories within each other */
#define NAME_LIMIT 255 /* bytes */

/* A directory on the way. */
struct stop {
	size_t len; /* of its path */
	struct hostapp_set layers;
};

/* How far a path was followed. */
struct way {
	struct hostapp *app;
	struct route route;
	struct buffer path; /* that was reached, free of links */
	unsigned names;	    /* looked up so far */
	size_t depth;	    /* of the last stop */
	struct stop stops[DEPTH_MAX + 1];
};

void
hostapp_place_clear(struct hostapp_place *place)
{
	free(place->path);
	volume_entry_clear(&place->entry);
	*place = (struct hostapp_place){ 0 };
}

/* Back to the stop at @depth. */
static void
go_back(struct way *way, size_t depth)
{
	size_t len = way->stops[depth].len;

	way->depth = depth;
	buffer_splice(&way->path, len, way->path.len - len, "", 0);
}

static int
enter_link(struct way *way, struct hostapp_place *place,
	   struct balimg_error *err)
{
	const char *target = place->entry.target;

	if (route_enter_link(&way->route, target, err) < 0)
		return -1;
	go_back(way, *target == '/' ? 0 : way->depth);
	volume_entry_clear(&place->entry);
	return 0;
}

static int
enter_directory(struct way *way, struct hostapp_place *place,
		struct balimg_error *err)
{
	if (!place->entry.directory)
		return error_set(err, BALIMG_E_NOT_FOUND,
				 "no such file or directory");
	if (way->depth == DEPTH_MAX)
		return error_set(err, BALIMG_E_INVALID,
				 "more than %d directories within each other",
				 DEPTH_MAX);
	way->stops[++way->depth] = (struct stop){
		.len = way->path.len,
		.layers = place->layers,
	};
	volume_entry_clear(&place->entry);
	return 0;
}

/* Look for the next name.  *@done: it is what the path leads to. */
static int
go_on(struct way *way, const char *name, size_t len, bool follow,
      struct hostapp_place *place, bool *done, struct balimg_error *err)
{
	buffer_printf(&way->path, "/%.*s", (int)len, name);
	if (way->path.failed)
		return error_nomem(err);
	place->dir = way->stops[way->depth].layers;
	if (hostapp_look_up(way->app, &place->dir, way->path.data,
			    &place->layers, &place->entry, err) < 0)
		return -1;
	*done = route_is_last(&way->route);
	if (place->entry.target && (follow || !*done)) {
		*done = false;
		return enter_link(way, place, err);
	}
	return *done ? 0 : enter_directory(way, place, err);
}

/* The directory that was reached is the end. */
static int
end_here(struct way *way, struct hostapp_place *place,
	 struct balimg_error *err)
{
	const char *path = way->path.len ? way->path.data : "";
	AUTO_FREE char *raw = NULL;

	place->layers = way->stops[way->depth].layers;
	place->dir = way->stops[way->depth ? way->depth - 1 : 0].layers;
	raw = hostapp_raw_path(way->app, place->layers.at[0], path, err);
	return raw ? volume_stat(way->app->raw, raw, &place->entry, err) : -1;
}

static int
follow_path(struct way *way, bool follow, struct hostapp_place *place,
	    struct balimg_error *err)
{
	bool done = false;
	const char *name;
	size_t len;

	while (!done && (len = route_next_name(&way->route, &name)) > 0) {
		if (len > NAME_LIMIT || ++way->names > NAMES_MAX)
			return error_set(err, BALIMG_E_INVALID,
					 "the way to it is too long");
		if (len == 1 && *name == '.')
			continue;
		if (len == 2 && !strncmp(name, "..", 2)) {
			go_back(way, way->depth ? way->depth - 1 : 0);
			continue;
		}
		if (go_on(way, name, len, follow, place, &done, err) < 0)
			return -1;
	}
	if (!done && end_here(way, place, err) < 0)
		return -1;
	place->path = buffer_take(&way->path, NULL, err);
	return place->path ? 0 : -1;
}

int
hostapp_find(struct hostapp *app, const char *path, bool follow,
	     struct hostapp_place *place, struct balimg_error *err)
{
	struct way way = { .app = app };
	struct hostapp_set *root = &way.stops[0].layers;
	int result;

	if (route_begin(&way.route, path, err) < 0)
		return -1;
	for (root->count = 0; root->count < app->count; root->count++)
		root->at[root->count] = root->count;
	result = follow_path(&way, follow, place, err);
	buffer_free(&way.path);
	route_clear(&way.route);
	return result;
}

int
hostapp_need(struct hostapp *app, const char *path, bool follow,
	     struct hostapp_place *place, struct balimg_error *err)
{
	if (hostapp_find(app, path, follow, place, err) < 0)
		return -1;
	if (place->layers.count)
		return 0;
	return error_set(err, BALIMG_E_NOT_FOUND, "no such file or directory");
}

char *
hostapp_seen_path(const struct hostapp *app, const struct hostapp_place *place,
		  struct balimg_error *err)
{
	return hostapp_raw_path(app, place->layers.at[0], place->path, err);
}
