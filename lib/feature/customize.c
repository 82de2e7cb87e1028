/* customize.c - one transaction of edits on one image
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "balenaos/places.h"
#include "feature/config.h"
#include "feature/customize.h"
#include "feature/development.h"
#include "feature/files.h"
#include "feature/network.h"
#include "feature/splash.h"
#include "feature/ssh.h"
#include "feature/udev.h"

/* What carries out each kind of edit, and what an edit must bring. */
static const struct feature {
	const char *title;
	int (*stage)(struct customization *c, const struct edit *edit,
		     struct balimg_error *err);
	bool needs_name, needs_data;
} features[] = {
	[BALIMG_CONFIG_SET] = { "config set", config_set, true, true },
	[BALIMG_CONFIG_SET_JSON] = { "config set", config_set_json, true,
				     true },
	[BALIMG_CONFIG_UNSET] = { "config unset", config_unset, true, false },
	[BALIMG_CONFIG_MERGE] = { "config merge", config_merge, false, true },
	[BALIMG_CONFIG_INJECT] = { "config inject", config_inject, false,
				   true },
	[BALIMG_SPLASH_SET] = { "splash set", splash_set, false, true },
	[BALIMG_SPLASH_RESET] = { "splash reset", splash_reset, false, false },
	[BALIMG_UDEV_ADD] = { "udev add", udev_add, true, true },
	[BALIMG_UDEV_REMOVE] = { "udev rm", udev_remove, true, false },
	[BALIMG_SSH_ADD] = { "ssh add", ssh_add, false, true },
	[BALIMG_SSH_ADD_AGENT] = { "ssh add", ssh_add_agent, false, false },
	[BALIMG_SSH_REMOVE] = { "ssh rm", ssh_remove, true, false },
	[BALIMG_NETWORK_ADD] = { "network add", network_add, true, true },
	[BALIMG_NETWORK_WIFI] = { "network wifi", network_wifi, false, true },
	[BALIMG_NETWORK_REMOVE] = { "network rm", network_remove, true,
				    false },
	[BALIMG_DEV_ON] = { "dev on", development_on, false, false },
	[BALIMG_DEV_OFF] = { "dev off", development_off, false, false },
	[BALIMG_FILE_PUT] = { "put", files_put, true, false },
	[BALIMG_FILE_REMOVE] = { "rm", files_remove, true, false },
	[BALIMG_FILE_MKDIR] = { "mkdir", files_mkdir, true, false },
};

void
customize_begin(struct customization *c, struct os *os, struct plan *plan,
		unsigned flags)
{
	memset(c, 0, sizeof(*c));
	c->os = os;
	c->plan = plan;
	c->flags = flags;
}

void
customize_clear(struct customization *c)
{
	config_clear(c);
}

int
customize_edit(struct customization *c, const struct edit *edit,
	       struct balimg_error *err)
{
	const struct feature *feature;

	if ((size_t)edit->op >= sizeof(features) / sizeof(*features))
		return error_set(err, BALIMG_E_USAGE, "no such edit: %d",
				 (int)edit->op);
	feature = &features[edit->op];
	if (feature->needs_name && !edit->name)
		return error_set(err, BALIMG_E_USAGE, "%s needs a name",
				 feature->title);
	if (feature->needs_data && !edit->data)
		return error_set(err, BALIMG_E_USAGE, "%s needs data",
				 feature->title);
	return feature->stage(c, edit, err);
}

/* An update of the OS copies each boot file beside the old one. */
static int
look_for_update_room(struct customization *c, struct os *os,
		     struct balimg_error *err)
{
	struct volume_space space;
	struct volume *boot;
	size_t at;

	boot = os_boot(os, &at, err);
	if (!boot || volume_space(boot, &space, err) < 0)
		return -1;
	if (space.free >= UPDATE_ROOM)
		return 0;

	plan_note(c->plan, PLAN_WARNING, os_partition_title(os, at),
		  "%llu KiB are left; the device needs 512 KiB to update "
		  "its OS",
		  (unsigned long long)space.free / 1024);
	return 0;
}

int
customize_finish(struct customization *c, struct balimg_error *err)
{
	size_t i;

	if (config_store(c, err) < 0)
		return -1;
	for (i = 0; i < 2 && c->wrote_boot[i]; i++)
		if (look_for_update_room(c, c->wrote_boot[i], err) < 0)
			return -1;
	return 0;
}

bool
customize_overrides(struct customization *c, const char *where,
		    struct balimg_error *err)
{
	if (!(c->flags & BALIMG_FORCE))
		return false;
	if (!error_is(err, BALIMG_E_REFUSED) &&
	    !error_is(err, BALIMG_E_INVALID))
		return false;

	plan_note(c->plan, PLAN_WARNING, where, "%s (forced)", err->message);
	error_clear(err);
	return true;
}

char *
customize_where(const struct os *os, size_t at, const char *path,
		struct balimg_error *err)
{
	struct buffer where = BUFFER_INIT;

	buffer_printf(&where, "%s:%s", os_partition_title(os, at), path);
	return buffer_take(&where, NULL, err);
}

void
customize_wrote(struct customization *c, struct os *os, size_t at)
{
	size_t i = c->wrote_boot[0] && c->wrote_boot[0] != os;

	if (os_get_partition(os, at)->role == OS_ROLE_BOOT)
		c->wrote_boot[i] = os;
}

int
customize_version(struct os *os, const char **version,
		  struct balimg_error *err)
{
	const struct release *release;

	*version = NULL;
	if (os_release(os, &release, err) < 0)
		return -1;
	if (release && release->parsed)
		*version = release->text;
	return 0;
}

int
customize_needs(struct os *os, const char *what, const char *since,
		struct balimg_error *err)
{
	const struct release *release;

	if (os_release(os, &release, err) < 0)
		return -1;
	if (!release || !release->parsed || release_at_least(release, since))
		return 0;
	return error_set(err, BALIMG_E_UNSUPPORTED,
			 "OS %s does not read %s from the boot partition; "
			 "%s and later do",
			 release->text, what, since);
}
