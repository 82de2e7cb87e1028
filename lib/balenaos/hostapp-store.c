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
#define ID_LEN	   64	    /* hexadecimal digits */
#define LINK_LEN   26	    /* of what stands for a long path in overlay2 */
#define TEXT_LIMIT 65536    /* bytes of a list of layers */
#define JSON_LIMIT 1048576u /* bytes of a container's settings */

/* What the container is called, in which store. */
struct store {
	struct hostapp *app;
	const char *root;     /* "/balena" or "/docker" */
	char id[ID_LEN + 1];  /* of the container */
	char top[ID_LEN + 1]; /* of its own layer */
};

static int
say_damaged(struct balimg_error *err, const char *what)
{
	error_set(err, BALIMG_E_INVALID, "the hostapp's store is damaged: %s",
		  what);
	return error_hint(err, "PART//PATH names files of the raw partition");
}

static bool
is_id(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (!isdigit((unsigned char)text[i]) &&
		    (text[i] < 'a' || text[i] > 'f'))
			return false;
	}
	return len == ID_LEN;
}

/* @fmt filled in, as a path in the store; to be freed. */
static char *__attribute__((format(printf, 3, 4)))
store_path(const struct store *store, struct balimg_error *err,
	   const char *fmt, ...)
{
	struct buffer path = BUFFER_INIT;
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buffer_printf(&path, "%s/%s", store->root, text);
	return buffer_take(&path, NULL, err);
}

/* *@text: the file's, without newlines at its end; NULL if there is none. */
static int
read_text(const struct store *store, const char *path, size_t limit,
	  char **text, struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	size_t len;

	*text = NULL;
	if (volume_read_file(store->app->raw, path, limit, text, &len, &why) <
	    0)
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
		return say_damaged(err, "there are too many layers");
	path = store_path(store, err, "%s%s%s", before, id, after);
	if (!path)
		return -1;
	for (i = 0; i < app->count; i++) {
		if (!strcmp(app->layers[i], path))
			return say_damaged(err, "a layer is there twice");
	}
	if (volume_stat(app->raw, path, &entry, err) < 0)
		return -1;
	directory = entry.directory;
	volume_entry_clear(&entry);
	if (!directory)
		return say_damaged(err, "a layer is no directory");
	app->layers[app->count++] = STEAL(path);
	return 0;
}

/* Split @text, "ID" or "ID-init".  The latter is what the engine puts into
 * containers of another kind: left out, as at boot. */
static int
read_id(const char *text, size_t len, char id[ID_LEN + 1], bool *init,
	struct balimg_error *err)
{
	*init = len == ID_LEN + 5 && !strncmp(text + ID_LEN, "-init", 5);
	if (!is_id(text, *init ? ID_LEN : len))
		return say_damaged(err, "a layer has no proper name");
	memcpy(id, text, ID_LEN);
	id[ID_LEN] = '\0';
	return 0;
}

/* What the link of a lower layer says: "../ID/diff". */
static int
read_lower(const char *target, char id[ID_LEN + 1], bool *init,
	   struct balimg_error *err)
{
	size_t len;

	if (!target || strncmp(target, "../", 3) != 0)
		return say_damaged(err, "a layer's link leads elsewhere");
	target += 3;
	len = strcspn(target, "/");
	if (strcmp(target + len, "/diff") != 0)
		return say_damaged(err, "a layer's link leads elsewhere");
	return read_id(target, len, id, init, err);
}

/* The layer that overlay2's @name, "l/SHORT", stands for. */
static int
add_lower(struct store *store, const char *name, size_t len,
	  struct balimg_error *err)
{
	struct volume_entry entry = { 0 };
	AUTO_FREE char *path = NULL;
	char id[ID_LEN + 1];
	bool init;
	int result;

	if (len != LINK_LEN + 2 || strncmp(name, "l/", 2) != 0 ||
	    strspn(name + 2, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") < LINK_LEN)
		return say_damaged(err, "a layer has no proper name");
	path = store_path(store, err, "overlay2/%.*s", (int)len, name);
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
	path = store_path(store, err, "overlay2/%s/lower", store->top);
	if (!path || read_text(store, path, TEXT_LIMIT, &text, err) < 0)
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
	char id[ID_LEN + 1];
	const char *at;
	size_t len;
	bool init;

	if (add_layer(store, "aufs/diff/", store->top, "", err) < 0)
		return -1;
	path = store_path(store, err, "aufs/layers/%s", store->top);
	if (!path || read_text(store, path, TEXT_LIMIT, &text, err) < 0)
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
	proper = is_id(name, strlen(name));
	if (proper)
		strncat(store->id, name, ID_LEN);
	volume_entry_clear(&entry);
	return proper ? 0 : say_damaged(err, CURRENT " names no container");
}

/* Where the container's settings are: the store's name changed with 2.9. */
static int
read_settings(struct store *store, char **text, struct balimg_error *err)
{
	static const char *const roots[] = { "/balena", "/docker" };
	size_t i;

	for (i = 0, *text = NULL; i < 2 && !*text; i++) {
		AUTO_FREE char *path = NULL;

		store->root = roots[i];
		path = store_path(store, err, "containers/%s/config.v2.json",
				  store->id);
		if (!path || read_text(store, path, JSON_LIMIT, text, err) < 0)
			return -1;
	}
	return *text ? 0 : say_damaged(err, "the container is missing");
}

static int
read_driver(struct store *store, struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	AUTO_FREE char *text = NULL;
	json_auto_t *settings = NULL;
	const char *driver;

	if (read_settings(store, &text, err) < 0)
		return -1;
	settings = json_text_parse(text, strlen(text), NULL, &why);
	if (!settings && !error_is_finding(&why))
		return error_pass(err, &why);
	driver = json_string_value(json_object_get(settings, "Driver"));
	if (!driver)
		return say_damaged(err, "the container names no storage "
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

	path = store_path(store, err, "image/%s/layerdb/mounts/%s/mount-id",
			  driver, store->id);
	if (!path || read_text(store, path, TEXT_LIMIT, &text, err) < 0)
		return -1;
	if (!text || !is_id(text, strlen(text)))
		return say_damaged(err, "the container has no layer");
	strncat(store->top, text, ID_LEN);
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

	buffer_printf(&path, "/hostapps/%s/boot", store->id);
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
	if (!*store.id)
		return 0;
	*there = true;
	if (read_driver(&store, err) < 0 || read_top(&store, err) < 0)
		return -1;
	if ((app->is_aufs ? find_aufs : find_overlay2)(&store, err) < 0)
		return -1;
	return find_boot(&store, err);
}
