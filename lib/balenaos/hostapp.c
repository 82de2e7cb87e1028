/* hostapp.c - the files that the running system would see, as a volume
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "balenaos/hostapp-private.h"
#include "balenaos/hostapp.h"

static void
hostapp_close(struct volume *vol)
{
	struct hostapp *app = hostapp_of(vol);
	size_t i;

	for (i = 0; i < app->count; i++)
		free(app->layers[i]);
	free(app->boot);
	free(app);
}

/* Hand over what was found at @place, by the name it was asked for. */
static int
take_entry(struct hostapp_place *place, const char *path,
	   struct volume_entry *entry, struct balimg_error *err)
{
	*entry = place->entry;
	place->entry = (struct volume_entry){ 0 };
	return volume_entry_name(entry, path, err);
}

static int
stat_path(struct volume *vol, const char *path, bool follow,
	  struct volume_entry *entry, struct balimg_error *err)
{
	AUTO_HOSTAPP_PLACE struct hostapp_place place = { 0 };

	if (hostapp_need(hostapp_of(vol), path, follow, &place, err) < 0)
		return -1;
	return take_entry(&place, path, entry, err);
}

static int
hostapp_stat(struct volume *vol, const char *path, struct volume_entry *entry,
	     struct balimg_error *err)
{
	return stat_path(vol, path, true, entry, err);
}

static int
hostapp_stat_link(struct volume *vol, const char *path,
		  struct volume_entry *entry, struct balimg_error *err)
{
	return stat_path(vol, path, false, entry, err);
}

static int
hostapp_list(struct volume *vol, const char *path,
	     struct volume_listing *listing, struct balimg_error *err)
{
	AUTO_HOSTAPP_PLACE struct hostapp_place place = { 0 };
	struct hostapp *app = hostapp_of(vol);

	if (hostapp_need(app, path, true, &place, err) < 0)
		return -1;
	if (!place.entry.directory)
		return error_set(err, BALIMG_E_NOT_FOUND, "not a directory");
	return hostapp_list_place(app, &place, listing, err);
}

/* What the layers mean by an attribute is no attribute of the file. */
static void
drop_marks(struct volume_xattrs *xattrs)
{
	size_t i, kept = 0;

	for (i = 0; i < xattrs->count; i++) {
		if (!hostapp_is_mark(xattrs->xattrs[i].name)) {
			xattrs->xattrs[kept++] = xattrs->xattrs[i];
			continue;
		}
		free(xattrs->xattrs[i].name);
		free(xattrs->xattrs[i].value);
	}
	xattrs->count = kept;
}

static int
hostapp_list_xattrs(struct volume *vol, const char *path,
		    struct volume_xattrs *xattrs, struct balimg_error *err)
{
	AUTO_HOSTAPP_PLACE struct hostapp_place place = { 0 };
	struct hostapp *app = hostapp_of(vol);
	AUTO_FREE char *raw = NULL;

	if (hostapp_need(app, path, false, &place, err) < 0)
		return -1;
	raw = hostapp_seen_path(app, &place, err);
	if (!raw || volume_list_xattrs(app->raw, raw, xattrs, err) < 0)
		return -1;
	drop_marks(xattrs);
	return 0;
}

static struct source *
hostapp_open_file(struct volume *vol, const char *path,
		  struct balimg_error *err)
{
	AUTO_HOSTAPP_PLACE struct hostapp_place place = { 0 };
	struct hostapp *app = hostapp_of(vol);
	AUTO_FREE char *raw = NULL;

	if (hostapp_need(app, path, true, &place, err) < 0)
		return NULL;
	raw = hostapp_seen_path(app, &place, err);
	return raw ? volume_open_file(app->raw, raw, err) : NULL;
}

static int
hostapp_space(struct volume *vol, struct volume_space *space,
	      struct balimg_error *err)
{
	return volume_space(hostapp_of(vol)->raw, space, err);
}

static int
hostapp_flush(struct volume *vol, struct balimg_error *err)
{
	return volume_flush(hostapp_of(vol)->raw, err);
}

static const struct volume_ops view_ops = {
	.type = "hostapp",
	.close = hostapp_close,
	.stat = hostapp_stat,
	.stat_link = hostapp_stat_link,
	.list = hostapp_list,
	.list_xattrs = hostapp_list_xattrs,
	.open_file = hostapp_open_file,
	.write_from = hostapp_write_from,
	.remove = hostapp_remove,
	.mkdir = hostapp_mkdir,
	.set_mode = hostapp_set_mode,
	.create = hostapp_create,
	.space = hostapp_space,
	.flush = hostapp_flush,
};

/* *@there: is there a hostapp?  Then returns what shows it. */
static struct hostapp *
open_layers(struct volume *raw, bool *there, struct balimg_error *err)
{
	struct hostapp *app = calloc(1, sizeof(*app));

	if (!app) {
		error_nomem(err);
		return NULL;
	}
	app->head.ops = &view_ops;
	app->head.source = raw->source;
	app->raw = raw;
	if (hostapp_find_layers(app, there, err) == 0)
		return app;
	hostapp_close(&app->head);
	return NULL;
}

int
hostapp_open(struct volume *raw, struct volume **view,
	     struct balimg_error *err)
{
	bool there;
	struct hostapp *app = open_layers(raw, &there, err);

	*view = NULL;
	if (!app)
		return -1;
	if (there)
		*view = &app->head;
	else
		hostapp_close(&app->head);
	return 0;
}

struct volume *
hostapp_open_image(struct volume *raw, struct balimg_error *err)
{
	bool there;
	struct hostapp *app = open_layers(raw, &there, err);

	if (app && there && app->count > 1) {
		free(app->layers[0]);
		memmove(app->layers, app->layers + 1,
			--app->count * sizeof(*app->layers));
		free(STEAL(app->boot));
		return &app->head;
	}
	if (app)
		hostapp_close(&app->head);
	error_set(err, BALIMG_E_NOT_FOUND, "there is no hostapp in it");
	return NULL;
}
