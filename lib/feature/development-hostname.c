/* development-hostname.c - the name that development images had, before 2.85
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Builds for development put a hostname into config.json (see image-resin in
 * meta-balena), so that a device is found by it in its network; others are
 * named by their uuid.  ->hostname keeps {"before": the name, null if there
 * was none, "at": a byte of config.json, "old": what stood there, "new": what
 * does now}.
 */
#include <config.h>

#include <string.h>

#include "feature/config.h"
#include "feature/development-hostname.h"

#define KEY	   "hostname"
#define KEPT_LIMIT 256u /* bytes of text */

/* What builds of the release had; NULL: none. */
static const char *
default_name(const struct release *release)
{
	if (release_at_least(release, "2.24.0"))
		return "balena";
	return release_at_least(release, "2.0.0") ? "resin" : NULL;
}

/* *@settings: a new reference, NULL if there are none that could be read:
 * what else development mode is does not need them. */
static int
read_settings(struct development_scene *scene, json_t **settings,
	      struct balimg_error *err)
{
	struct balimg_error why = { 0 };

	*settings = config_tree(scene->c, &why);
	if (*settings)
		return 0;
	if (!error_is_finding(&why))
		return error_pass(err, &why);
	plan_note(scene->c->plan, PLAN_WARNING, KEY, "stays as it is: %s",
		  why.message);
	return 0;
}

/* Set it to @name, or remove it. */
static int
store_name(struct development_scene *scene, const char *name,
	   struct balimg_error *err)
{
	json_auto_t *value = NULL;

	if (!name)
		return config_prune(scene->c, KEY, err);
	value = json_string(name);
	return value ? config_put(scene->c, KEY, value, err) :
		       error_nomem(err);
}

/* ---- switching ----------------------------------------------------- */

static bool
is_ascii(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] <= 0)
			return false;
	}
	return true;
}

/* Keep where the text became another, and what it was. */
static int
keep(struct development_scene *scene, const char *before,
     const struct buffer *old, struct balimg_error *err)
{
	const struct buffer *now = &scene->c->config.text;
	size_t old_len = old->len, new_len = now->len, at = 0;

	while (at < old_len && at < new_len && old->data[at] == now->data[at])
		at++;
	while (old_len > at && new_len > at &&
	       old->data[old_len - 1] == now->data[new_len - 1]) {
		old_len--;
		new_len--;
	}
	old_len -= at;
	new_len -= at;
	if (old_len > KEPT_LIMIT || new_len > KEPT_LIMIT ||
	    !is_ascii(old->data + at, old_len) ||
	    !is_ascii(now->data + at, new_len))
		old_len = new_len = 0;
	scene->hostname = json_pack("{s:s?, s:I, s:s%, s:s%}", "before",
				    before, "at", (json_int_t)at, "old",
				    old->data + at, old_len, "new",
				    now->data + at, new_len);
	return scene->hostname ? 0 : error_nomem(err);
}

static int
change(struct development_scene *scene, const char *before, const char *after,
       struct balimg_error *err)
{
	const struct buffer *text = &scene->c->config.text;
	AUTO_BUFFER struct buffer old = BUFFER_INIT;

	buffer_add(&old, text->data, text->len);
	if (old.failed)
		return error_nomem(err);
	if (store_name(scene, after, err) < 0)
		return -1;
	return scene->hostname ? 0 : keep(scene, before, &old, err);
}

int
development_hostname_switch(struct development_scene *scene, bool built,
			    struct balimg_error *err)
{
	const char *name = default_name(scene->release);
	json_auto_t *settings = NULL;
	const json_t *is;
	bool same;

	if (!name)
		return 0;
	if (read_settings(scene, &settings, err) < 0)
		return -1;
	if (!settings || !scene->c->config.existed)
		return 0;
	is = json_object_get(settings, KEY);
	same = json_is_string(is) && !strcmp(json_string_value(is), name);
	if (scene->on)
		return is ? 0 : change(scene, NULL, name, err);
	if (same && built)
		return change(scene, name, NULL, err);
	if (same)
		plan_note(scene->c->plan, PLAN_NOTE, KEY,
			  "stays \"%s\": nothing tells that it came with "
			  "development mode",
			  name);
	return 0;
}

/* ---- giving back --------------------------------------------------- */

/* The settings with the name they are to have, a new reference. */
static json_t *
wanted_settings(json_t *settings, const char *name, struct balimg_error *err)
{
	json_t *wanted = json_copy(settings);
	int failed = -1;

	if (wanted && name)
		failed = json_object_set_new(wanted, KEY, json_string(name));
	else if (wanted)
		failed = json_object_del(wanted, KEY);
	if (failed) {
		json_decref(wanted);
		error_nomem(err);
		return NULL;
	}
	return wanted;
}

static int
put_back(struct development_scene *scene, json_t *settings, const char *name,
	 const json_t *kept, struct balimg_error *err)
{
	const char *old = json_string_value(json_object_get(kept, "old"));
	const char *now = json_string_value(json_object_get(kept, "new"));
	json_int_t at = json_integer_value(json_object_get(kept, "at"));
	json_auto_t *wanted = wanted_settings(settings, name, err);
	bool done = false;

	if (!wanted)
		return -1;
	if (old && now && at >= 0 &&
	    config_put_back(scene->c, (size_t)at, now, old, wanted, &done,
			    err) < 0)
		return -1;
	return done ? 0 : store_name(scene, name, err);
}

int
development_hostname_give_back(struct development_scene *scene,
			       const json_t *kept, struct balimg_error *err)
{
	const char *name = default_name(scene->release);
	const json_t *before = json_object_get(kept, "before");
	json_auto_t *settings = NULL;
	const char *was, *is;
	json_t *value;

	if (!before || !name)
		return 0;
	if (read_settings(scene, &settings, err) < 0)
		return -1;
	if (!settings)
		return 0;
	value = json_object_get(settings, KEY);
	is = json_string_value(value);
	was = json_string_value(before);
	if (json_is_null(before) && is && !strcmp(is, name))
		return put_back(scene, settings, NULL, kept, err);
	if (was && !strcmp(was, name) && !value)
		return put_back(scene, settings, name, kept, err);
	return 0;
}
