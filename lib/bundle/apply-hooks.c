/* apply-hooks.c - what the hooks of the new root do besides boot files
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * 80-rollback: the new system watches itself only if it finds crumbs in the
 * state partition, and without them nobody would set the bootloader's count
 * of starts back, which then returns to the old root.  60-data-breadcrumb: a
 * system since 2.86.0 takes a data partition without its crumb for one that
 * is to be emptied.  What other hooks do, only the device can.
 */
#include <config.h>

#include <string.h>

#include "base/buffer.h"
#include "bundle/apply-private.h"

#define DATA_CRUMB "/remove_me_to_reset"

static const char *const crumbs[] = {
	"/rollback-health-breadcrumb",
	"/rollback-altboot-breadcrumb",
};

/* Of the update before.  Without the variables the health of the VPN is not
 * asked for: nobody knows how it was. */
static const char *const leftovers[] = {
	"/rollback-health-triggered",
	"/rollback-altboot-triggered",
	"/rollback-health-failed",
	"/rollback-health-variables",
};

size_t
apply_find_role(const struct apply *apply, enum os_role role)
{
	size_t i;

	for (i = 0; i < os_partition_count(apply->os); i++)
		if (os_get_partition(apply->os, i)->role == role)
			return i;
	return SIZE_MAX;
}

bool
apply_has_hook(const struct apply *apply, const char *word)
{
	const json_t *hooks = json_object_get(apply->report, "hooks");
	const json_t *hook;
	size_t i;

	json_array_foreach(hooks, i, hook)
		if (strstr(json_string_value(hook), word))
			return true;
	return false;
}

/* The volume of @role to be written; NULL without an error, but a warning, if
 * there is none to write to. */
static struct volume *
open_role(struct apply *apply, enum os_role role, const char *lacks,
	  size_t *at, struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	struct volume *vol = NULL;

	*at = apply_find_role(apply, role);
	if (*at != SIZE_MAX && !os_is_blank(apply->os, *at) &&
	    os_prepare_edit(apply->os, *at, &why) == 0)
		vol = os_volume(apply->os, *at, &why);
	if (vol)
		return vol;
	if (why.code && !error_is_finding(&why)) {
		error_pass(err, &why);
		return NULL;
	}
	plan_note(apply->c->plan, PLAN_WARNING, apply->wish->name,
		  "the %s partition cannot be written: %s", os_role_name(role),
		  lacks);
	return NULL;
}

/* An empty file. */
static int
drop(struct apply *apply, struct volume *vol, size_t at, const char *path,
     struct balimg_error *err)
{
	AUTO_FREE char *where = NULL;
	bool exists;

	if (volume_exists(vol, path, &exists, err) < 0)
		return -1;
	if (exists)
		return 0;
	where = customize_where(apply->os, at, path, err);
	if (!where || apply_put(vol, path, 0644, "", 0, err) < 0)
		return -1;
	plan_change(apply->c->plan, where, NULL, "empty, for the new system",
		    false);
	customize_wrote(apply->c, apply->os, at);
	return 0;
}

static int
pick_up(struct apply *apply, struct volume *vol, size_t at, const char *path,
	struct balimg_error *err)
{
	AUTO_FREE char *where = NULL;
	bool exists;

	if (volume_exists(vol, path, &exists, err) < 0)
		return -1;
	if (!exists)
		return 0;
	where = customize_where(apply->os, at, path, err);
	if (!where || volume_remove(vol, path, 0, err) < 0)
		return -1;
	plan_change(apply->c->plan, where, "of an earlier update", NULL,
		    false);
	customize_wrote(apply->c, apply->os, at);
	return 0;
}

static int
watch_health(struct apply *apply, struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	struct volume *state;
	size_t at, i;

	state = open_role(apply, OS_ROLE_STATE,
			  "the new system will not watch its own health", &at,
			  &why);
	if (!state)
		return why.code ? error_pass(err, &why) : 0;
	for (i = 0; i < sizeof(leftovers) / sizeof(leftovers[0]); i++)
		if (pick_up(apply, state, at, leftovers[i], err) < 0)
			return -1;
	for (i = 0; i < sizeof(crumbs) / sizeof(crumbs[0]); i++)
		if (drop(apply, state, at, crumbs[i], err) < 0)
			return -1;
	return 0;
}

static int
keep_data(struct apply *apply, struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	struct volume *data;
	size_t at;

	data = open_role(apply, OS_ROLE_DATA, "the new system may empty it",
			 &at, &why);
	if (!data)
		return why.code ? error_pass(err, &why) : 0;
	return drop(apply, data, at, DATA_CRUMB, err);
}

/* ---- those that are not carried out -------------------------------- */

static bool
is_known_hook(const char *name)
{
	static const char *const words[] = {
		"bootfiles", "resin-uboot", "resin-grub",
		"README",    "80-rollback", "60-data-breadcrumb"
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(name, words[i]))
			return true;
	return false;
}

static int
tell_hooks(const struct apply *apply, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer names = BUFFER_INIT;
	const json_t *hook;
	size_t i;

	json_array_foreach(json_object_get(apply->report, "hooks"), i, hook)
		if (!is_known_hook(json_string_value(hook)) && names.len < 200)
			buffer_printf(&names, "%s%s", names.len ? ", " : "",
				      json_string_value(hook));
	if (names.failed)
		return error_nomem(err);
	if (names.len)
		plan_note(apply->c->plan, PLAN_WARNING, apply->wish->name,
			  "has hooks that only the device can run, and which "
			  "are not: %s",
			  names.data);
	return 0;
}

int
apply_hooks(struct apply *apply, struct balimg_error *err)
{
	/* Where the root that runs is replaced, there is no way back. */
	if (!apply->wish->replace && apply_has_hook(apply, "80-rollback") &&
	    watch_health(apply, err) < 0)
		return -1;
	if (apply_has_hook(apply, "60-data-breadcrumb") &&
	    keep_data(apply, err) < 0)
		return -1;
	return tell_hooks(apply, err);
}
