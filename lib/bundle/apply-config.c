/* apply-config.c - settings, as the updater of 1.x leaves them
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * It brings config.json from where it was up to 1.11 to the boot partition,
 * names the servers of its time, each value as a string, and says when the
 * device was registered.  Settings that name another server than its two keep
 * that: the updater would take the device away from there.  An image that was
 * never registered stays so: the updater only ever ran where one had been, and
 * the supervisor would not register what says that it is.  Sources:
 * app/modules/updater.py (fixOldConfigJson, verifyConfigJson) and
 * app/conf/resinhup.conf in resinhup.
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "balenaos/config-file.h"
#include "balenaos/places.h"
#include "base/io.h"
#include "bundle/apply-private.h"
#include "feature/config.h"

#define STAGING_DOMAIN "resinstaging.io"
#define SERVER_HOST    "://api.resin.io"
#define STAGING_HOST   "://api." STAGING_DOMAIN

/* What it sets, for devices of either server. */
static const struct wanted {
	const char *key, *production, *staging;
} wants[] = {
	{ "apiEndpoint", "https://api.resin.io",
	  "https://api." STAGING_DOMAIN },
	{ "deltaEndpoint", "https://delta.resin.io",
	  "https://delta." STAGING_DOMAIN },
	{ "listenPort", "48484", "48484" },
	{ "pubnubPublishKey", "pub-c-6cbce8db-bfd1-4fdf-a8c8-53671ae2b226",
	  "pub-c-6cbce8db-bfd1-4fdf-a8c8-53671ae2b226" },
	{ "pubnubSubscribeKey", "sub-c-bbc12eba-ce4a-11e3-9782-02ee2ddab7fe",
	  "sub-c-bbc12eba-ce4a-11e3-9782-02ee2ddab7fe" },
	{ "registryEndpoint", "registry.resin.io",
	  "registry." STAGING_DOMAIN },
	{ "vpnEndpoint", "vpn.resin.io", "vpn." STAGING_DOMAIN },
	{ "vpnPort", "443", "443" },
};

static int
put(struct apply *apply, const char *key, const char *text,
    struct balimg_error *err)
{
	json_auto_t *value = json_string(text);

	return value ? config_put(apply->c, key, value, err) :
		       error_nomem(err);
}

/* ---- where it is --------------------------------------------------- */

/* *@there: is there a config.json, in the boot partition from now on? */
static int
migrate(struct apply *apply, bool *there, struct balimg_error *err)
{
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *where = NULL;
	struct volume *vol;
	size_t len, at;

	if (volume_exists(apply->boot, PLACE_CONFIG, there, err) < 0)
		return -1;
	vol = *there ? apply->boot : os_config_volume(apply->os, &at, err);
	if (!vol)
		return -1;
	if (*there || vol == apply->boot)
		return 0;
	if (config_file_read(apply->os, apply->c->plan, &text, &len, err) < 0)
		return -1;
	if (!text)
		return 0;
	where = customize_where(apply->os, apply->boot_at, PLACE_CONFIG, err);
	if (!where || volume_write_file(apply->boot, PLACE_CONFIG, text, len,
					0, err) < 0)
		return -1;
	plan_change(apply->c->plan, where, NULL,
		    "that of the partition for settings", false);
	*there = true;
	return 0;
}

/* ---- what it says -------------------------------------------------- */

static int
name_servers(struct apply *apply, const json_t *settings,
	     struct balimg_error *err)
{
	const char *api =
		json_string_value(json_object_get(settings, wants[0].key));
	bool staging = api && strstr(api, STAGING_HOST);
	const char *is, *value;
	size_t i;

	if (api && !staging && !strstr(api, SERVER_HOST)) {
		plan_note(apply->c->plan, PLAN_NOTE, PLACE_CONFIG,
			  "names another server than the updater knows, and "
			  "keeps it");
		return 0;
	}
	for (i = 0; i < sizeof(wants) / sizeof(wants[0]); i++) {
		value = staging ? wants[i].staging : wants[i].production;
		is = json_string_value(
			json_object_get(settings, wants[i].key));
		if ((!is || strcmp(is, value) != 0) &&
		    put(apply, wants[i].key, value, err) < 0)
			return -1;
	}
	return 0;
}

static int
say_when_registered(struct apply *apply, const json_t *settings,
		    struct balimg_error *err)
{
	char now[24];

	if (json_object_get(settings, "registered_at") ||
	    !json_object_get(settings, "uuid") ||
	    !json_object_get(settings, "deviceId"))
		return 0;
	snprintf(now, sizeof(now), "%" PRId64, (int64_t)io_now());
	return put(apply, "registered_at", now, err);
}

int
apply_config(struct apply *apply, struct balimg_error *err)
{
	json_auto_t *settings = NULL;
	bool there;

	/* An installer brings settings of its own, new ones. */
	if (os_outer(apply->os))
		return 0;
	if (migrate(apply, &there, err) < 0)
		return -1;
	if (!there)
		return 0;
	settings = config_tree(apply->c, err);
	if (!settings || name_servers(apply, settings, err) < 0)
		return -1;
	return say_when_registered(apply, settings, err);
}
