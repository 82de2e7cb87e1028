/* splash.c - the picture a device shows while it boots
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "balenaos/fatrw.h"
#include "balenaos/places.h"
#include "document/png.h"
#include "feature/describe.h"
#include "feature/splash-private.h"
#include "feature/splash-stock.h"
#include "feature/splash.h"

/* Write @data to @path unless it is there already. */
static int
put_picture(struct customization *c, const struct splash *splash,
	    const char *path, const char *data, size_t len,
	    struct balimg_error *err)
{
	AUTO_FREE char *where = customize_where(c->os, splash->at, path, err);
	AUTO_FREE char *old = NULL;
	char before[DESCRIPTION_SIZE];
	char after[DESCRIPTION_SIZE];
	size_t old_len;

	if (!where || splash_read(splash->boot, path, &old, &old_len, err) < 0)
		return -1;
	if (old && old_len == len && !memcmp(old, data, len))
		return 0;
	if (old)
		describe_bytes(old, old_len, before);
	describe_bytes(data, len, after);
	if (volume_write_file(splash->boot, path, data, len, 0, err) < 0 ||
	    fatrw_clean(splash->boot, path, where, c->plan, err) < 0)
		return -1;
	plan_change(c->plan, where, old ? before : NULL, after, false);
	customize_wrote(c, c->os, splash->at);
	return 0;
}

/* The logo, and the supervisor's copy where there is one. */
static int
put_logo(struct customization *c, const struct splash *splash,
	 const char *data, size_t len, struct balimg_error *err)
{
	bool copy;

	if (put_picture(c, splash, splash->path, data, len, err) < 0 ||
	    volume_exists(splash->boot, PLACE_SPLASH_DEFAULT, &copy, err) < 0)
		return -1;
	if (!copy)
		return 0;
	return put_picture(c, splash, PLACE_SPLASH_DEFAULT, data, len, err);
}

/* ---- set ----------------------------------------------------------- */

/* The folder shows that the OS knows a splash. */
static int
need_folder(struct customization *c, const struct splash *splash,
	    struct balimg_error *err)
{
	bool exists;

	if (volume_exists(splash->boot, PLACE_SPLASH_FOLDER, &exists, err) < 0)
		return -1;
	if (exists)
		return 0;
	error_set(err, BALIMG_E_REFUSED,
		  "the image has no folder %s: its OS shows no splash",
		  PLACE_SPLASH_FOLDER);
	if (!customize_overrides(c, os_partition_title(c->os, splash->at),
				 err))
		return -1;
	return volume_mkdir(splash->boot, PLACE_SPLASH_FOLDER, err);
}

/* What to keep for a reset: the supervisor's copy is older than the logo;
 * where an older OS left the only logo, it is that one. */
static int
read_original(const struct splash *splash, char **data, size_t *len,
	      struct balimg_error *err)
{
	const char *const paths[] = { PLACE_SPLASH_DEFAULT, splash->path,
				      PLACE_SPLASH_OLD };
	size_t i;

	*data = NULL;
	for (i = 0; !*data && i < sizeof(paths) / sizeof(*paths); i++) {
		if (splash_read(splash->boot, paths[i], data, len, err) < 0)
			return -1;
	}
	return 0;
}

/* Keep the logo that was there first, if it fits. */
static int
save_original(struct customization *c, const struct splash *splash,
	      const char *new, size_t new_len, struct balimg_error *err)
{
	AUTO_FREE char *old = NULL;
	struct volume_space space;
	size_t old_len;
	bool saved, folder;

	if (volume_exists(splash->boot, SPLASH_SAVED, &saved, err) < 0 ||
	    read_original(splash, &old, &old_len, err) < 0)
		return -1;
	if (saved || !old ||
	    (old_len == new_len && !memcmp(old, new, new_len)))
		return 0;
	if (volume_space(splash->boot, &space, err) < 0 ||
	    volume_exists(splash->boot, SPLASH_SAVED_FOLDER, &folder, err) < 0)
		return -1;
	if (space.free < UPDATE_ROOM + old_len + 2 * (uint64_t)new_len) {
		plan_note(c->plan, PLAN_NOTE,
			  os_partition_title(c->os, splash->at),
			  "too little space to keep the old logo for a reset");
		return 0;
	}
	if (!folder &&
	    volume_mkdir(splash->boot, SPLASH_SAVED_FOLDER, err) < 0)
		return -1;
	return put_picture(c, splash, SPLASH_SAVED, old, old_len, err);
}

/* The supervisor and the OS update write a copy beside the logo. */
static int
need_room_for_copy(struct customization *c, const struct splash *splash,
		   size_t len, struct balimg_error *err)
{
	struct volume_space space;

	if (volume_space(splash->boot, &space, err) < 0)
		return -1;
	if (space.free >= len)
		return 0;
	error_set(err, BALIMG_E_REFUSED,
		  "%zu bytes leave the device no room to copy it", len);
	error_hint(err, "make the picture smaller, or free space");
	return customize_overrides(c, splash->path, err) ? 0 : -1;
}

/* Take away a logo of the old name, which only stands in the way of the new
 * one: the next OS update would put it, or the stock logo, in its place
 * (1-bootfiles in meta-balena). */
static int
drop_old_name(struct customization *c, const struct splash *splash,
	      struct balimg_error *err)
{
	AUTO_FREE char *where = NULL;
	AUTO_FREE char *old = NULL;
	char before[DESCRIPTION_SIZE];
	size_t len;

	if (!strcmp(splash->path, PLACE_SPLASH_OLD))
		return 0;
	if (splash_read(splash->boot, PLACE_SPLASH_OLD, &old, &len, err) < 0)
		return -1;
	if (!old)
		return 0;
	where = customize_where(c->os, splash->at, PLACE_SPLASH_OLD, err);
	if (!where ||
	    volume_remove(splash->boot, PLACE_SPLASH_OLD, 0, err) < 0 ||
	    fatrw_clean(splash->boot, PLACE_SPLASH_OLD, where, c->plan, err) <
		    0)
		return -1;
	describe_bytes(old, len, before);
	plan_change(c->plan, where, before, NULL, false);
	plan_note(c->plan, PLAN_NOTE, where,
		  "is taken away: the next OS update would have put it in "
		  "the new logo's place");
	customize_wrote(c, c->os, splash->at);
	return 0;
}

/* Is the logo of an installer lost on the way?  Those of 2.0.0 to 2.0.8 copy
 * its folder into the device's, not over it. */
static int
is_lost_within(struct os *os, bool *lost, struct balimg_error *err)
{
	const struct release *release;
	bool flasher;

	if (os_is_flasher(os, &flasher, err) < 0 ||
	    os_release(os, &release, err) < 0)
		return -1;
	*lost = flasher && release_at_least(release, "2.0.0") &&
		!release_at_least(release, "2.0.9");
	return 0;
}

/* Have @stage work on the image, and, where an installer would not carry the
 * logo over, on the image within, too. */
static int
stage_where_shown(struct customization *c, const struct edit *edit,
		  int (*stage)(struct customization *c,
			       const struct edit *edit,
			       struct balimg_error *err),
		  struct balimg_error *err)
{
	struct os *outer = c->os;
	struct os *inner;
	bool lost;
	int ret;

	if (stage(c, edit, err) < 0 || is_lost_within(outer, &lost, err) < 0)
		return -1;
	if (!lost)
		return 0;
	inner = os_inner(outer, err);
	if (!inner || customize_check_inner(c, inner, err) < 0)
		return -1;
	c->os = inner;
	ret = stage(c, edit, err);
	c->os = outer;
	return ret;
}

/* What a person should know about this OS and its logo. */
static int
note_oddities(struct customization *c, const struct splash *splash,
	      struct balimg_error *err)
{
	const char *title = os_partition_title(c->os, splash->at);
	const struct release *release;
	bool new_name;

	if (os_release(c->os, &release, err) < 0 ||
	    volume_exists(splash->boot, PLACE_SPLASH_NEW, &new_name, err) < 0)
		return -1;
	if (new_name && strcmp(splash->path, PLACE_SPLASH_NEW) != 0)
		plan_note(c->plan, PLAN_NOTE, title,
			  "%s is there as well; OS %s does not show it",
			  PLACE_SPLASH_NEW, release->text);
	return 0;
}

static int
replace_logo(struct customization *c, const struct splash *splash,
	     const struct edit *edit, struct balimg_error *err)
{
	if (need_folder(c, splash, err) < 0 ||
	    save_original(c, splash, edit->data, edit->len, err) < 0 ||
	    put_logo(c, splash, edit->data, edit->len, err) < 0 ||
	    drop_old_name(c, splash, err) < 0 ||
	    need_room_for_copy(c, splash, edit->len, err) < 0)
		return -1;
	return note_oddities(c, splash, err);
}

static int
set_logo(struct customization *c, const struct edit *edit,
	 struct balimg_error *err)
{
	struct splash splash;

	if (splash_find(c->os, &splash, err) < 0)
		return -1;
	return splash_within(c->os, &splash,
			     replace_logo(c, &splash, edit, err), err);
}

int
splash_set(struct customization *c, const struct edit *edit,
	   struct balimg_error *err)
{
	const char *what = edit->name ? edit->name : "the new splash";

	if (edit->len > SPLASH_LIMIT)
		return error_set(err, BALIMG_E_INVALID,
				 "a PNG of %zu bytes, over %u", edit->len,
				 SPLASH_LIMIT);
	if (png_check(edit->data, edit->len, NULL, err) < 0 &&
	    !(error_is(err, BALIMG_E_REFUSED) &&
	      customize_overrides(c, what, err)))
		return error_wrap(err, "%s", what);
	return stage_where_shown(c, edit, set_logo, err);
}

/* ---- reset --------------------------------------------------------- */

/* Drop the kept logo, and its folder if nothing else is in it. */
static int
drop_saved(struct customization *c, const struct splash *splash,
	   const char *data, size_t len, struct balimg_error *err)
{
	AUTO_FREE char *where = customize_where(c->os, splash->at,
						SPLASH_SAVED, err);
	AUTO_LISTING struct volume_listing left = { 0 };
	char before[DESCRIPTION_SIZE];

	if (!where || volume_remove(splash->boot, SPLASH_SAVED, 0, err) < 0)
		return -1;
	describe_bytes(data, len, before);
	plan_change(c->plan, where, before, NULL, false);
	if (volume_list(splash->boot, SPLASH_SAVED_FOLDER, &left, err) < 0)
		return -1;
	if (left.count)
		return 0;
	return volume_remove(splash->boot, SPLASH_SAVED_FOLDER, 0, err);
}

/* Nothing to go back to: that is well if the logo is the stock one. */
static int
stay(struct customization *c, const struct splash *splash, const char *logo,
     size_t len, struct balimg_error *err)
{
	bool stock = false;

	if (logo && splash_is_stock(splash->boot, splash->path, logo, len,
				    &stock, err) < 0)
		return -1;
	if (stock) {
		plan_note(c->plan, PLAN_NOTE, splash->path,
			  "is the stock logo already");
		return 0;
	}
	error_set(err, BALIMG_E_NOT_FOUND,
		  "no earlier logo is kept in the image");
	return error_hint(err, "give the picture: balimg splash set");
}

/* Nothing was kept by us; the supervisor's copy may be older than the logo.
 */
static int
reset_to_copy(struct customization *c, const struct splash *splash,
	      struct balimg_error *err)
{
	AUTO_FREE char *copy = NULL;
	AUTO_FREE char *logo = NULL;
	size_t copy_len, len;

	if (splash_read(splash->boot, PLACE_SPLASH_DEFAULT, &copy, &copy_len,
			err) < 0 ||
	    splash_read(splash->boot, splash->path, &logo, &len, err) < 0)
		return -1;
	if (!copy || (copy_len == len && !memcmp(copy, logo, len)))
		return stay(c, splash, logo, len, err);
	if (png_check(copy, copy_len, NULL, err) < 0)
		return error_wrap(err, "%s", PLACE_SPLASH_DEFAULT);
	return put_picture(c, splash, splash->path, copy, copy_len, err);
}

static int
bring_back(struct customization *c, const struct splash *splash,
	   struct balimg_error *err)
{
	AUTO_FREE char *saved = NULL;
	size_t len;

	if (splash_read(splash->boot, SPLASH_SAVED, &saved, &len, err) < 0)
		return -1;
	if (!saved)
		return reset_to_copy(c, splash, err);
	if (png_check(saved, len, NULL, err) < 0)
		return error_wrap(err, "%s", SPLASH_SAVED);
	/* First the room, then the need for it. */
	if (drop_saved(c, splash, saved, len, err) < 0)
		return -1;
	return put_logo(c, splash, saved, len, err);
}

static int
reset_logo(struct customization *c, const struct edit *edit,
	   struct balimg_error *err)
{
	struct splash splash;

	(void)edit;
	if (splash_find(c->os, &splash, err) < 0)
		return -1;
	return splash_within(c->os, &splash, bring_back(c, &splash, err), err);
}

int
splash_reset(struct customization *c, const struct edit *edit,
	     struct balimg_error *err)
{
	return stage_where_shown(c, edit, reset_logo, err);
}
