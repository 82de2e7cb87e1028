/* hostapp-edit.c - edits of what the running system would see
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Nothing is copied from layer to layer, and no new mark that hides something
 * is made: an edit that would need one is refused.
 */
#include <config.h>

#include <string.h>

#include "balenaos/hostapp-private.h"
#include "base/buffer.h"

/* ---- new names ----------------------------------------------------- */

/* What hides the new name in the layer that is to get it, NULL if nothing
 * does; to be freed. */
static int
find_whiteout(struct hostapp *app, const struct hostapp_place *place,
	      char **whiteout, struct balimg_error *err)
{
	const char *slash = strrchr(place->path, '/');
	AUTO_BUFFER struct buffer path = BUFFER_INIT;
	struct balimg_error why = { 0 };
	struct volume_entry entry = { 0 };
	AUTO_FREE char *raw = NULL;

	*whiteout = NULL;
	buffer_printf(&path, "%.*s/%s%s", (int)(slash - place->path),
		      place->path, app->is_aufs ? ".wh." : "", slash + 1);
	if (path.failed)
		return error_nomem(err);
	raw = hostapp_raw_path(app, place->dir.at[0], path.data, err);
	if (!raw)
		return -1;
	if (volume_stat_link(app->raw, raw, &entry, &why) < 0)
		return error_is(&why, BALIMG_E_NOT_FOUND) ?
			       0 :
			       error_pass(err, &why);
	volume_entry_clear(&entry);
	*whiteout = STEAL(raw);
	return 0;
}

static char *
new_path(struct hostapp *app, const struct hostapp_place *place,
	 struct balimg_error *err)
{
	if (!hostapp_is_name(app, place->path)) {
		error_set(err, BALIMG_E_REFUSED,
			  "the storage driver keeps such names for itself");
		return NULL;
	}
	return hostapp_raw_path(app, place->dir.at[0], place->path, err);
}

/* The raw path of a new file, which nothing hides any more; to be freed.  A
 * directory in place of one that was removed must not show what that one held
 * in lower layers. */
static char *
clear_path(struct hostapp *app, const struct hostapp_place *place,
	   bool directory, struct balimg_error *err)
{
	AUTO_FREE char *raw = new_path(app, place, err);
	AUTO_FREE char *whiteout = NULL;

	if (!raw || find_whiteout(app, place, &whiteout, err) < 0)
		return NULL;
	if (whiteout && directory) {
		error_set(err, BALIMG_E_UNSUPPORTED,
			  "an upper layer of the hostapp removed what had "
			  "this name; a directory would bring it back");
		return NULL;
	}
	if (whiteout && volume_remove(app->raw, whiteout, 0, err) < 0)
		return NULL;
	return STEAL(raw);
}

/* Where @path, of which there must be nothing, is to be made; to be freed. */
static char *
prepare_new(struct hostapp *app, const char *path, bool directory,
	    struct balimg_error *err)
{
	AUTO_HOSTAPP_PLACE struct hostapp_place place = { 0 };

	if (hostapp_find(app, path, false, &place, err) < 0)
		return NULL;
	if (place.layers.count) {
		error_set(err, BALIMG_E_REFUSED, "exists already");
		return NULL;
	}
	return clear_path(app, &place, directory, err);
}

int
hostapp_write_from(struct volume *vol, const char *path,
		   struct source *content, unsigned flags,
		   struct balimg_error *err)
{
	AUTO_HOSTAPP_PLACE struct hostapp_place place = { 0 };
	struct hostapp *app = hostapp_of(vol);
	AUTO_FREE char *raw = NULL;

	if (hostapp_find(app, path, true, &place, err) < 0)
		return -1;
	raw = place.layers.count ? hostapp_seen_path(app, &place, err) :
				   clear_path(app, &place, false, err);
	if (!raw)
		return -1;
	return volume_write_from(app->raw, raw, content, flags, err);
}

int
hostapp_mkdir(struct volume *vol, const char *path, struct balimg_error *err)
{
	struct hostapp *app = hostapp_of(vol);
	AUTO_FREE char *raw = prepare_new(app, path, true, err);

	return raw ? volume_mkdir(app->raw, raw, err) : -1;
}

/* Would it be a mark that hides something, or say that it does? */
static bool
is_mark(const struct hostapp *app, const struct volume_entry *as,
	const struct volume_xattrs *xattrs)
{
	size_t i;

	for (i = 0; xattrs && i < xattrs->count; i++) {
		if (hostapp_is_mark(xattrs->xattrs[i].name))
			return true;
	}
	return hostapp_is_whiteout(app, as);
}

int
hostapp_create(struct volume *vol, const char *path,
	       const struct volume_entry *as,
	       const struct volume_xattrs *xattrs,
	       struct volume_stream *content, struct balimg_error *err)
{
	struct hostapp *app = hostapp_of(vol);
	AUTO_FREE char *raw = NULL;

	if (is_mark(app, as, xattrs))
		return error_set(err, BALIMG_E_REFUSED,
				 "the storage driver keeps such files for "
				 "itself");
	raw = prepare_new(app, path, as->directory, err);
	if (!raw)
		return -1;
	return volume_create(app->raw, raw, as, xattrs, content, err);
}

int
hostapp_set_mode(struct volume *vol, const char *path, unsigned mode,
		 struct balimg_error *err)
{
	AUTO_HOSTAPP_PLACE struct hostapp_place place = { 0 };
	struct hostapp *app = hostapp_of(vol);
	AUTO_FREE char *raw = NULL;

	if (hostapp_need(app, path, true, &place, err) < 0)
		return -1;
	raw = hostapp_seen_path(app, &place, err);
	return raw ? volume_set_mode(app->raw, raw, mode, err) : -1;
}

/* ---- removing ------------------------------------------------------ */

/* Is the name in a layer below the one that it would be removed from? */
static int
check_below(struct hostapp *app, const struct hostapp_place *place,
	    struct balimg_error *err)
{
	struct hostapp_set below = { 0 };
	struct hostapp_set found;
	uint8_t i, from = 0;

	while (place->dir.at[from] != place->layers.at[0])
		from++;
	for (i = (uint8_t)(from + 1); i < place->dir.count; i++)
		below.at[below.count++] = place->dir.at[i];
	if (hostapp_look_up(app, &below, place->path, &found, NULL, err) < 0)
		return -1;
	if (!found.count)
		return 0;
	return error_set(err, BALIMG_E_UNSUPPORTED,
			 "a lower layer of the hostapp has it too: that would "
			 "show through");
}

/* One that is made by several layers, or has marks in it, stays; so does one
 * that is full. */
static int
check_empty(struct hostapp *app, const struct hostapp_place *place,
	    struct balimg_error *err)
{
	AUTO_LISTING struct volume_listing listing = { 0 };

	if (hostapp_list_place(app, place, &listing, err) < 0)
		return -1;
	return listing.count ? error_set(err, BALIMG_E_REFUSED,
					 "the directory is not empty") :
			       0;
}

int
hostapp_remove(struct volume *vol, const char *path, unsigned flags,
	       struct balimg_error *err)
{
	AUTO_HOSTAPP_PLACE struct hostapp_place place = { 0 };
	struct hostapp *app = hostapp_of(vol);
	AUTO_FREE char *raw = NULL;

	if (hostapp_need(app, path, false, &place, err) < 0)
		return -1;
	if (!*place.path)
		return error_set(err, BALIMG_E_USAGE,
				 "the root directory stays");
	if (app->boot && !strcmp(place.path, HOSTAPP_BOOT))
		return error_set(err, BALIMG_E_REFUSED,
				 "is a volume of the hostapp");
	if ((place.entry.directory && check_empty(app, &place, err) < 0) ||
	    check_below(app, &place, err) < 0)
		return -1;
	raw = hostapp_seen_path(app, &place, err);
	return raw ? volume_remove(app->raw, raw, flags, err) : -1;
}
