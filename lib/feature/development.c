/* development.c - development mode: root without a password, engine on TCP
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "balenaos/places.h"
#include "document/json.h"
#include "feature/config.h"
#include "feature/development-build.h"
#include "feature/development.h"

#define MODE "developmentMode"

enum era {
	ERA_UNKNOWN,
	ERA_BUILD,  /* decided when the image was built */
	ERA_CONFIG, /* decided by config.json */
};

static int
find_era(struct os *os, enum era *era, const struct release **release,
	 struct balimg_error *err)
{
	if (os_release(os, release, err) < 0)
		return -1;
	if (!*release || !(*release)->parsed)
		*era = ERA_UNKNOWN;
	else if (release_at_least(*release, SINCE_DEVELOPMENT_MODE))
		*era = ERA_CONFIG;
	else
		*era = ERA_BUILD;
	return 0;
}

/* *@era: what is to be switched; of an unknown release, by force only,
 * config.json. */
static int
need_era(struct customization *c, enum era *era, struct balimg_error *err)
{
	const struct release *release;

	if (find_era(c->os, era, &release, err) < 0)
		return -1;
	if (*era != ERA_UNKNOWN)
		return 0;
	if (!os_boot(c->os, NULL, err))
		return -1;
	error_set(err, BALIMG_E_REFUSED,
		  "the image does not tell its OS version, and before %s "
		  "config.json does not switch the mode",
		  SINCE_DEVELOPMENT_MODE);
	error_hint(err, "if you know it to be that or later: --force");
	return customize_overrides(c, MODE, err) ? 0 : -1;
}

bool
development_is_on(const json_t *settings)
{
	const json_t *mode = json_object_get(settings, MODE);
	const char *text = json_string_value(mode);

	return json_is_true(mode) || (text && !strcmp(text, "true"));
}

/* Keys, even an empty list of them, turn off logging in without one. */
static void
note_keys(struct customization *c, const json_t *settings)
{
	const json_t *keys = json_path_get(settings, "os.sshKeys");

	if (!keys || json_is_null(keys))
		return;
	if (json_is_array(keys) && !json_array_size(keys))
		plan_note(c->plan, PLAN_WARNING, "os.sshKeys",
			  "is an empty list: nobody can log in over SSH; "
			  "balimg config unset os.sshKeys");
	else
		plan_note(c->plan, PLAN_NOTE, "os.sshKeys",
			  "holds keys: root cannot log in over SSH without "
			  "one of them");
}

int
development_on(struct customization *c, const struct edit *edit,
	       struct balimg_error *err)
{
	json_auto_t *settings = NULL;
	json_auto_t *on = json_true();
	enum era era;

	(void)edit;
	if (need_era(c, &era, err) < 0)
		return -1;
	if (era == ERA_BUILD)
		return development_build_switch(c, true, err);
	settings = config_tree(c, err);
	if (!settings)
		return -1;
	note_keys(c, settings);
	return development_is_on(settings) ? 0 : config_put(c, MODE, on, err);
}

int
development_off(struct customization *c, const struct edit *edit,
		struct balimg_error *err)
{
	json_auto_t *settings = NULL;
	enum era era;

	(void)edit;
	if (need_era(c, &era, err) < 0)
		return -1;
	if (era == ERA_BUILD)
		return development_build_switch(c, false, err);
	settings = config_tree(c, err);
	if (!settings)
		return -1;
	return development_is_on(settings) ? config_prune(c, MODE, err) : 0;
}

/* ---- reading ------------------------------------------------------- */

static json_t *
status_of_config(struct os *os, struct balimg_error *err)
{
	json_auto_t *settings = config_read(os, err);
	bool on;

	if (!settings)
		return NULL;
	on = development_is_on(settings);
	return json_pack("{s:b, s:s, s:s}", "enabled", on, "era", "config",
			 "reason",
			 on ? "developmentMode is true in config.json" :
			      "developmentMode is not true in config.json");
}

/* What the image says of itself, where its root cannot be looked into. */
static json_t *
status_of_variant(struct os *os, struct balimg_error *err)
{
	enum os_variant variant;

	if (os_variant(os, &variant, err) < 0)
		return NULL;
	switch (variant) {
	case OS_VARIANT_DEVELOPMENT:
	case OS_VARIANT_PRODUCTION:
		return json_pack("{s:b, s:s, s:s}", "enabled",
				 variant == OS_VARIANT_DEVELOPMENT, "era",
				 "build", "reason",
				 variant == OS_VARIANT_DEVELOPMENT ?
					 "this is a development build" :
					 "this is a production build");
	default:
		return json_pack("{s:n, s:s, s:s}", "enabled", "era", "build",
				 "reason",
				 "decided when it was built; the image does "
				 "not tell how");
	}
}

static json_t *
status_of_build(struct os *os, struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	json_t *status = development_build_status(os, &why);

	if (status)
		return status;
	if (error_is_finding(&why))
		return status_of_variant(os, err);
	error_pass(err, &why);
	return NULL;
}

json_t *
development_status(struct os *os, unsigned flags, struct balimg_error *err)
{
	const struct release *release;
	json_t *status;
	enum era era;

	(void)flags;
	if (!os_boot(os, NULL, err) || find_era(os, &era, &release, err) < 0)
		return NULL;
	if (era == ERA_CONFIG)
		status = status_of_config(os, err);
	else if (era == ERA_BUILD)
		status = status_of_build(os, err);
	else
		status = json_pack("{s:n, s:s, s:s}", "enabled", "era",
				   "unknown", "reason",
				   "the image does not tell its OS version");
	if (!status)
		error_nomem(err);
	return status;
}
