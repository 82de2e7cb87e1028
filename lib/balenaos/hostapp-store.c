/* hostapp-store.c - which container of the store is the system
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The link /current names the container; the container's settings name the
 * storage driver, and that driver's files the layers, see layer/filestore.go
 * and daemon/graphdriver in balena-engine.  All names in them are checked to
 * be names that the engine makes, so that nothing leads out of the store.
 */
#include <config.h>

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "balenaos/hostapp-private.h"
#include "base/buffer.h"
#include "document/json.h"

#define CURRENT	   "/current"
#define LINK_LEN   26	    /* of what stands for a long path in overlay2 */
#define TEXT_LIMIT 65536    /* bytes of a list of layers */
#define JSON_LIMIT 1048576u /* bytes of a container's settings */

/* What the container is called, in which store. */
struct store {
	struct hostapp *app;
	char top[HOSTAPP_ID_LEN + 1]; /* of the container's own layer */
};

int
hostapp_say_damaged(struct balimg_error *err, const char *what)
{
	error_set(err, BALIMG_E_INVALID, "the hostapp's store is damaged: %s",
		  what);
	return error_hint(err, "PART//PATH names files of the raw partition");
}

bool
hostapp_is_id(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (!isdigit((unsigned char)text[i]) &&
		    (text[i] < 'a' || text[i] > 'f'))
			return false;
	}
	return len == HOSTAPP_ID_LEN;
}

char *
hostapp_store_path(const struct hostapp *app, struct balimg_error *err,
		   const char *fmt, ...)
{
	struct buffer path = BUFFER_INIT;
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buffer_printf(&path, "%s/%s", app->root, text);
	return buffer_take(&path, NULL, err);
}

int
hostapp_read_text(const struct hostapp *app, const char *path, size_t limit,
		  char **text, struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	size_t len;

	*text = NULL;
	if (volume_read_file(app->raw, path, limit, text, &len, &why) < 0)
		return error_is(&why, BALIMG_E_NOT_FOUND) ?
			       0 :
			       error_pass(err, &why);
	while (len && (*text)[len - 1] == '\n')
		(*text)[--len] = '\0';
	return 0;
}

/* ---- the layers ---------------------------------------------------- */

/* The directory @before @id @after of the store is the next layer. */
static int
add_layer(struct store *store, const char *before, const char *id,
	  const char *after, struct balimg_error *err)
{
	struct hostapp *app = store->app;
	struct volume_entry entry = { 0 };
	AUTO_FREE char *path = NULL;
	bool directory;
	size_t i;

	if (app->count == HOSTAPP_LAYERS_MAX)
		return hostapp_say_damaged(err, "there are too many layers");
	path = hostapp_store_path(store->app, err, "%s%s%s", before, id,
				  after);
	if (!path)
		return -1;
	for (i = 0; i < app->count; i++) {
		if (!strcmp(app->layers[i], path))
			return hostapp_say_damaged(err,
						   "a layer is there twice");
	}
	if (volume_stat(app->raw, path, &entry, err) < 0)
		return -1;
	directory = entry.directory;
	volume_entry_clear(&entry);
	if (!directory)
		return hostapp_say_damaged(err, "a layer is no directory");
	app->layers[app->count++] = STEAL(path);
	return 0;
}

/* Split @text, "ID" or "ID-init".  The latter is what the engine puts into
 * containers of another kind: left out, as at boot. */
static int
read_id(const char *text, size_t len, char id[HOSTAPP_ID_LEN + 1], bool *init,
	struct balimg_error *err)
{
	*init = len == HOSTAPP_ID_LEN + 5 &&
		!strncmp(text + HOSTAPP_ID_LEN, "-init", 5);
	if (!hostapp_is_id(text, *init ? HOSTAPP_ID_LEN : len))
		return hostapp_say_damaged(err, "a layer has no proper name");
	memcpy(id, text, HOSTAPP_ID_LEN);
	id[HOSTAPP_ID_LEN] = '\0';
	return 0;
}

/* What the link of a lower layer says: "../ID/diff". */
static int
read_lower(const char *target, char id[HOSTAPP_ID_LEN + 1], bool *init,
	   struct balimg_error *err)
{
	size_t len;

	if (!target || strncmp(target, "../", 3) != 0)
		return hostapp_say_damaged(err,
					   "a layer's link leads elsewhere");
	target += 3;
	len = strcspn(target, "/");
	if (strcmp(target + len, "/diff") != 0)
		return hostapp_say_damaged(err,
					   "a layer's link leads elsewhere");
	return read_id(target, len, id, init, err);
}

/* The layer that overlay2's @name, "l/SHORT", stands for. */
static int
add_lower(struct store *store, const char *name, size_t len,
	  struct balimg_error *err)
{
	struct volume_entry entry = { 0 };
	AUTO_FREE char *path = NULL;
	char id[HOSTAPP_ID_LEN + 1];
	bool init;
	int result;

	if (len != LINK_LEN + 2 || strncmp(name, "l/", 2) != 0 ||
	    strspn(name + 2, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") < LINK_LEN)
		return hostapp_say_damaged(err, "a layer has no proper name");
	path = hostapp_store_path(store->app, err, "overlay2/%.*s", (int)len,
				  name);
	if (!path || volume_stat_link(store->app->raw, path, &entry, err) < 0)
		return -1;
	result = read_lower(entry.target, id, &init, err);
	volume_entry_clear(&entry);
	if (result < 0 || init)
		return result;
	return add_layer(store, "overlay2/", id, "/diff", err);
}

static int
find_overlay2(struct store *store, struct balimg_error *err)
{
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *text = NULL;
	const char *at;
	size_t len;

	if (add_layer(store, "overlay2/", store->top, "/diff", err) < 0)
		return -1;
	path = hostapp_store_path(store->app, err, "overlay2/%s/lower",
				  store->top);
	if (!path ||
	    hostapp_read_text(store->app, path, TEXT_LIMIT, &text, err) < 0)
		return -1;
	for (at = text; at && *at; at += len + (at[len] == ':')) {
		len = strcspn(at, ":");
		if (add_lower(store, at, len, err) < 0)
			return -1;
	}
	return 0;
}

static int
find_aufs(struct store *store, struct balimg_error *err)
{
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *text = NULL;
	char id[HOSTAPP_ID_LEN + 1];
	const char *at;
	size_t len;
	bool init;

	if (add_layer(store, "aufs/diff/", store->top, "", err) < 0)
		return -1;
	path = hostapp_store_path(store->app, err, "aufs/layers/%s",
				  store->top);
	if (!path ||
	    hostapp_read_text(store->app, path, TEXT_LIMIT, &text, err) < 0)
		return -1;
	for (at = text; at && *at; at += len + (at[len] == '\n')) {
		len = strcspn(at, "\n");
		if (read_id(at, len, id, &init, err) < 0)
			return -1;
		if (!init && add_layer(store, "aufs/diff/", id, "", err) < 0)
			return -1;
	}
	return 0;
}

/* ---- the container ------------------------------------------------- */

/* The container's id from the link at CURRENT, "" if there is none. */
static int
read_current(struct store *store, struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	struct volume_entry entry = { 0 };
	const char *name;
	bool proper;

	if (volume_stat_link(store->app->raw, CURRENT, &entry, &why) < 0)
		return error_is(&why, BALIMG_E_NOT_FOUND) ?
			       0 :
			       error_pass(err, &why);
	if (!entry.target) {
		volume_entry_clear(&entry);
		return 0;
	}
	name = strrchr(entry.target, '/');
	name = name ? name + 1 : entry.target;
	proper = hostapp_is_id(name, strlen(name));
	if (proper)
		strncat(store->app->id, name, HOSTAPP_ID_LEN);
	volume_entry_clear(&entry);
	return proper ?
		       0 :
		       hostapp_say_damaged(err, CURRENT " names no container");
}

/* Where the container's settings are: the store's name changed with 2.9. */
static int
read_settings(struct store *store, char **text, struct balimg_error *err)
{
	static const char *const roots[] = { "/balena", "/docker" };
	size_t i;

	for (i = 0, *text = NULL; i < 2 && !*text; i++) {
		AUTO_FREE char *path = NULL;

		store->app->root = roots[i];
		path = hostapp_store_path(store->app, err,
					  "containers/%s/config.v2.json",
					  store->app->id);
		if (!path || hostapp_read_text(store->app, path, JSON_LIMIT,
					       text, err) < 0)
			return -1;
	}
	return *text ? 0 :
		       hostapp_say_damaged(err, "the container is missing");
}

int
hostapp_parse(const char *text, json_t **value, struct balimg_error *err)
{
	struct balimg_error why = { 0 };

	*value = json_text_parse(text, strlen(text), NULL, &why);
	return *value || error_is_finding(&why) ? 0 : error_pass(err, &why);
}

const char *
hostapp_strip_sum(const char *text)
{
	static const char prefix[] = "sha256:";

	if (!text || strncmp(text, prefix, sizeof(prefix) - 1) != 0)
		return NULL;
	text += sizeof(prefix) - 1;
	return hostapp_is_id(text, strlen(text)) ? text : NULL;
}

/* The id of the image that the container was made of, "" if it names none. */
static const char *
image_of(const json_t *settings)
{
	const char *id = hostapp_strip_sum(
		json_string_value(json_object_get(settings, "Image")));

	return id ? id : "";
}

static int
read_driver(struct store *store, struct balimg_error *err)
{
	json_auto_t *settings = NULL;
	AUTO_FREE char *text = NULL;
	const char *driver;

	if (read_settings(store, &text, err) < 0 ||
	    hostapp_parse(text, &settings, err) < 0)
		return -1;
	driver = json_string_value(json_object_get(settings, "Driver"));
	strncat(store->app->image, image_of(settings), HOSTAPP_ID_LEN);
	if (!driver)
		return hostapp_say_damaged(err,
					   "the container names no storage "
					   "driver");
	store->app->is_aufs = !strcmp(driver, "aufs");
	if (store->app->is_aufs || !strcmp(driver, "overlay2"))
		return 0;
	return error_set(err, BALIMG_E_UNSUPPORTED,
			 "the storage driver of the hostapp is neither "
			 "overlay2 nor aufs");
}

static int
read_top(struct store *store, struct balimg_error *err)
{
	const char *driver = store->app->is_aufs ? "aufs" : "overlay2";
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *text = NULL;

	path = hostapp_store_path(store->app, err,
				  "image/%s/layerdb/mounts/%s/mount-id",
				  driver, store->app->id);
	if (!path ||
	    hostapp_read_text(store->app, path, TEXT_LIMIT, &text, err) < 0)
		return -1;
	if (!text || !hostapp_is_id(text, strlen(text)))
		return hostapp_say_damaged(err, "the container has no layer");
	strncat(store->top, text, HOSTAPP_ID_LEN);
	return 0;
}

/* A volume that is missing leaves what the layers have at its place. */
static int
find_boot(struct store *store, struct balimg_error *err)
{
	struct hostapp *app = store->app;
	struct volume_entry entry = { 0 };
	struct balimg_error why = { 0 };
	struct buffer path = BUFFER_INIT;
	bool directory;

	buffer_printf(&path, "/hostapps/%s/boot", store->app->id);
	app->boot = buffer_take(&path, NULL, err);
	if (!app->boot)
		return -1;
	if (volume_stat(app->raw, app->boot, &entry, &why) < 0 &&
	    !error_is_finding(&why))
		return error_pass(err, &why);
	directory = entry.directory;
	volume_entry_clear(&entry);
	if (!directory) {
		free(app->boot);
		app->boot = NULL;
	}
	return 0;
}

int
hostapp_find_layers(struct hostapp *app, bool *there, struct balimg_error *err)
{
	struct store store = { .app = app };

	*there = false;
	if (read_current(&store, err) < 0)
		return -1;
	if (!*app->id)
		return 0;
	*there = true;
	if (read_driver(&store, err) < 0 || read_top(&store, err) < 0)
		return -1;
	if ((app->is_aufs ? find_aufs : find_overlay2)(&store, err) < 0)
		return -1;
	return find_boot(&store, err);
}
