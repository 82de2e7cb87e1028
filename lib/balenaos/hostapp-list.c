/* hostapp-list.c - the names in a directory that several layers make
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "balenaos/hostapp-private.h"

#define NAMES_MAX 1000000u /* in all layers of a directory */

#define AUFS_MARK     ".wh." /* what such a name hides follows */
#define AUFS_MARK_LEN 4

/* What a layer has of a name. */
struct name {
	struct volume_entry *entry; /* lent by the layer's listing */
	const char *text;	    /* the name */
	size_t layer;		    /* the upper the less */
	bool gone;		    /* hidden from here on */
};

struct names {
	struct volume_listing *listings; /* of each layer */
	size_t count, layers;
	struct name *names;
};

static void
free_names(struct names *names)
{
	size_t i;

	for (i = 0; names->listings && i < names->layers; i++)
		volume_listing_clear(&names->listings[i]);
	free(names->listings);
	free(names->names);
}

#define AUTO_NAMES __attribute__((cleanup(free_names)))

static int
list_layers(struct hostapp *app, const struct hostapp_place *place,
	    struct names *names, struct balimg_error *err)
{
	size_t i, total = 0;

	names->layers = place->layers.count;
	names->listings = calloc(names->layers, sizeof(*names->listings));
	if (!names->listings)
		return error_nomem(err);
	for (i = 0; i < names->layers; i++) {
		AUTO_FREE char *raw = NULL;

		raw = hostapp_raw_path(app, place->layers.at[i], place->path,
				       err);
		if (!raw ||
		    volume_list(app->raw, raw, &names->listings[i], err) < 0)
			return -1;
		total += names->listings[i].count;
		if (total > NAMES_MAX)
			return error_set(err, BALIMG_E_INVALID,
					 "the directory has more than %u "
					 "names",
					 NAMES_MAX);
	}
	names->names = calloc(total + 1, sizeof(*names->names));
	return names->names ? 0 : error_nomem(err);
}

static void
collect_name(const struct hostapp *app, struct names *names, size_t layer,
	     struct volume_entry *entry)
{
	struct name *name = &names->names[names->count];

	*name = (struct name){ entry, entry->name, layer, false };
	if (app->is_aufs && !strncmp(name->text, AUFS_MARK, AUFS_MARK_LEN)) {
		name->text += AUFS_MARK_LEN;
		name->gone = true;
		/* ".wh..wh.": aufs's own. */
		if (!strncmp(name->text, AUFS_MARK, AUFS_MARK_LEN))
			return;
	} else if (hostapp_is_whiteout(app, entry)) {
		name->gone = true;
	}
	names->count++;
}

/* Of one name the upper first; within a layer what is there, then what hides
 * it in those below. */
static int
by_name(const void *a, const void *b)
{
	const struct name *one = a;
	const struct name *other = b;
	int order = strcmp(one->text, other->text);

	if (order)
		return order;
	if (one->layer != other->layer)
		return one->layer < other->layer ? -1 : 1;
	return one->gone - other->gone;
}

/* The first of each name is what is seen, or that nothing is. */
static int
take_seen(struct names *names, struct volume_listing *listing,
	  struct balimg_error *err)
{
	struct volume_entry entry;
	struct name *name;
	size_t i;

	for (i = 0; i < names->count; i++) {
		name = &names->names[i];
		if (name->gone || (i && !strcmp(name[-1].text, name->text)))
			continue;
		entry = *name->entry;
		name->entry->target = NULL;
		entry.name = strdup(name->text);
		if (!entry.name) {
			free(entry.target);
			return error_nomem(err);
		}
		if (volume_listing_add(listing, entry.name, &entry, err) < 0)
			return -1;
	}
	return 0;
}

/* The root shows the mounted volume's directory as it is. */
static int
look_mounted(struct hostapp *app, const struct hostapp_place *place,
	     struct volume_listing *listing, struct balimg_error *err)
{
	struct volume_entry entry = { 0 };
	char *name;
	size_t i;

	if (*place->path || !app->boot)
		return 0;
	for (i = 0; i < listing->count; i++) {
		if (strcmp(listing->entries[i].name, &HOSTAPP_BOOT[1]) != 0)
			continue;
		if (volume_stat(app->raw, app->boot, &entry, err) < 0)
			return -1;
		name = listing->entries[i].name;
		free(listing->entries[i].target);
		free(entry.name);
		listing->entries[i] = entry;
		listing->entries[i].name = name;
	}
	return 0;
}

int
hostapp_list_place(struct hostapp *app, const struct hostapp_place *place,
		   struct volume_listing *listing, struct balimg_error *err)
{
	AUTO_NAMES struct names names = { 0 };
	struct volume_listing *of_layer;
	size_t i, j;

	if (list_layers(app, place, &names, err) < 0)
		return -1;
	for (i = 0; i < names.layers; i++) {
		of_layer = &names.listings[i];
		for (j = 0; j < of_layer->count; j++)
			collect_name(app, &names, i, &of_layer->entries[j]);
	}
	qsort(names.names, names.count, sizeof(*names.names), by_name);
	if (take_seen(&names, listing, err) < 0)
		return -1;
	return look_mounted(app, place, listing, err);
}
