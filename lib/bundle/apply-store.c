/* apply-store.c - a hostapp becomes an engine's store
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * What `balena load` and `balena create` would leave, as hostapp-update calls
 * them: the image's layers and their records, and one container of it, with a
 * volume that has a copy of /boot.  A hostapp's container is created by the
 * runtime "bare", for which the engine makes no init layer.  Where the engine
 * rolls dice for an id, one that follows from the image serves, so that the
 * same bundle makes the same store.
 */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "balenaos/hostapp.h"
#include "base/buffer.h"
#include "base/io.h"
#include "bundle/apply-private.h"
#include "document/json.h"

/* ---- names --------------------------------------------------------- */

bool
apply_store_is_aufs(const struct apply_store *store)
{
	return !strcmp(store->driver, "aufs");
}

void
apply_make_id(const struct apply_store *store, const char *word,
	      char id[APPLY_ID])
{
	uint8_t sum[SHA256_SIZE];
	struct digest digest;

	digest_begin(&digest, DIGEST_SHA256);
	digest_add(&digest, word, strlen(word) + 1);
	digest_add(&digest, store->image_id, strlen(store->image_id));
	digest_finish(&digest, sum);
	digest_hex(sum, sizeof(sum), id);
}

__attribute__((format(printf, 2, 0))) static char *
format_path(const struct apply_store *store, const char *fmt, va_list ap,
	    struct balimg_error *err)
{
	struct buffer path = BUFFER_INIT;
	char text[512];

	vsnprintf(text, sizeof(text), fmt, ap);
	buffer_printf(&path, "%s%s%s", store->root, *text ? "/" : "", text);
	return buffer_take(&path, NULL, err);
}

char *
apply_store_path(const struct apply_store *store, struct balimg_error *err,
		 const char *fmt, ...)
{
	va_list ap;
	char *path;

	va_start(ap, fmt);
	path = format_path(store, fmt, ap, err);
	va_end(ap);
	return path;
}

int
apply_store_put(const struct apply_store *store, unsigned mode,
		const char *text, struct balimg_error *err, const char *fmt,
		...)
{
	AUTO_FREE char *path = NULL;
	va_list ap;

	va_start(ap, fmt);
	path = format_path(store, fmt, ap, err);
	va_end(ap);
	return path ? apply_put(store->apply->root, path, mode, text,
				strlen(text), err) :
		      -1;
}

int
apply_store_mkdir(const struct apply_store *store, unsigned mode,
		  struct balimg_error *err, const char *fmt, ...)
{
	AUTO_FREE char *path = NULL;
	va_list ap;

	va_start(ap, fmt);
	path = format_path(store, fmt, ap, err);
	va_end(ap);
	return path ? apply_mkdir(store->apply->root, path, mode, err) : -1;
}

/* ---- the image ----------------------------------------------------- */

/* A chain's id is that of its first layer, then the sum of the id below and
 * the layer's own. */
static void
make_chain(const struct apply_store *store, size_t at)
{
	struct apply_layer *layer = &store->layers[at];
	uint8_t sum[SHA256_SIZE];
	struct digest digest;

	if (!at) {
		memcpy(layer->chain_id, layer->diff_id,
		       sizeof(layer->chain_id));
	} else {
		digest_begin(&digest, DIGEST_SHA256);
		digest_add(&digest, layer[-1].chain_id,
			   strlen(layer[-1].chain_id));
		digest_add(&digest, " ", 1);
		digest_add(&digest, layer->diff_id, strlen(layer->diff_id));
		digest_finish(&digest, sum);
		memcpy(layer->chain_id, "sha256:", 8);
		digest_hex(sum, sizeof(sum), layer->chain_id + 7);
	}
	apply_make_id(store, layer->chain_id, layer->cache_id);
}

/* The report has been through every sum. */
static int
take_image(struct apply_store *store, struct balimg_error *err)
{
	const struct bundle_facts *facts = &store->apply->facts;
	const json_t *ids;
	uint8_t sum[SHA256_SIZE];
	const char *id;
	size_t i;

	digest_sha256(facts->config, facts->config_len, sum);
	digest_hex(sum, sizeof(sum), store->image_id);
	store->config = json_text_parse(facts->config, facts->config_len, NULL,
					err);
	if (!store->config)
		return -1;
	ids = json_path_get(store->config, "rootfs.diff_ids");
	store->count = json_array_size(ids);
	store->layers = calloc(store->count + 1, sizeof(*store->layers));
	if (!store->layers)
		return error_nomem(err);
	for (i = 0; i < store->count; i++) {
		id = json_string_value(json_array_get(ids, i));
		if (!id || strlen(id) != strlen("sha256:") + 2 * SHA256_SIZE)
			return error_set(err, BALIMG_E_INVALID,
					 "a diff id of the image is damaged");
		memcpy(store->layers[i].diff_id, id, strlen(id) + 1);
		make_chain(store, i);
	}
	apply_make_id(store, "container", store->container_id);
	apply_make_id(store, "mount", store->mount_id);
	apply_make_id(store, "volume", store->volume_id);
	return 0;
}

/* The tag, if it has one: {"REPOSITORY":{"REPOSITORY:TAG":"sha256:ID"}}. */
static int
put_repositories(const struct apply_store *store, struct balimg_error *err)
{
	const char *tag = json_string_value(json_array_get(
		json_object_get(store->apply->report, "tags"), 0));
	const char *colon = tag ? strrchr(tag, ':') : NULL;
	json_auto_t *all = json_object();
	json_auto_t *root = json_pack("{s:O}", "Repositories", all);
	AUTO_FREE char *name = NULL;
	AUTO_FREE char *text = NULL;

	if (colon && !strchr(colon, '/')) {
		name = strndup(tag, (size_t)(colon - tag));
		if (!name ||
		    json_object_set_new(all, name,
					json_pack("{s:s+}", tag, "sha256:",
						  store->image_id)) < 0)
			return error_nomem(err);
	}
	if (!root)
		return error_nomem(err);
	text = json_value_print(root, false, err);
	if (!text)
		return -1;
	return apply_store_put(store, 0600, text, err,
			       "image/%s/repositories.json", store->driver);
}

static int
put_image(const struct apply_store *store, struct balimg_error *err)
{
	const struct bundle_facts *facts = &store->apply->facts;
	AUTO_FREE char *path = NULL;

	path = apply_store_path(store, err,
				"image/%s/imagedb/content/sha256/%s",
				store->driver, store->image_id);
	if (!path || apply_put(store->apply->root, path, 0600, facts->config,
			       facts->config_len, err) < 0)
		return -1;
	return put_repositories(store, err);
}

/* ---- the folders --------------------------------------------------- */

static int
make_folders(const struct apply_store *store, struct balimg_error *err)
{
	static const struct {
		const char *path; /* "%s": the storage driver */
		unsigned mode;
	} folders[] = {
		{ "", 0711 },
		{ "containers", 0710 },
		{ "image", 0700 },
		{ "image/%s", 0700 },
		{ "image/%s/distribution", 0700 },
		{ "image/%s/imagedb", 0700 },
		{ "image/%s/imagedb/content", 0700 },
		{ "image/%s/imagedb/content/sha256", 0700 },
		{ "image/%s/imagedb/metadata", 0700 },
		{ "image/%s/imagedb/metadata/sha256", 0700 },
		{ "image/%s/layerdb", 0700 },
		{ "image/%s/layerdb/mounts", 0755 },
		{ "image/%s/layerdb/sha256", 0755 },
		{ "image/%s/layerdb/tmp", 0755 },
		{ "volumes", 0701 },
		{ "tmp", 0700 },
	};
	size_t i;

	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		char path[128];
		const char *mark = strstr(folders[i].path, "%s");

		snprintf(path, sizeof(path), "%.*s%s%s",
			 mark ? (int)(mark - folders[i].path) : 128,
			 folders[i].path, mark ? store->driver : "",
			 mark ? mark + 2 : "");
		if (apply_store_mkdir(store, folders[i].mode, err, "%s",
				      path) < 0)
			return -1;
	}
	if (apply_store_mkdir(store, 0710, err, "%s", store->driver) < 0)
		return -1;
	if (!apply_store_is_aufs(store))
		return apply_store_mkdir(store, 0710, err, "overlay2/l");
	if (apply_store_mkdir(store, 0755, err, "aufs/diff") < 0 ||
	    apply_store_mkdir(store, 0755, err, "aufs/mnt") < 0)
		return -1;
	return apply_store_mkdir(store, 0755, err, "aufs/layers");
}

/* What hostapp-update makes beside the store. */
static int
make_skeleton(const struct apply *apply, struct balimg_error *err)
{
	static const char *const folders[] = {
		"/dev",	 "/etc", "/hostapps", "/mnt", "/mnt/state",
		"/proc", "/run", "/sbin",     "/sys", "/tmp"
	};
	/* Relative since 2.73.2. */
	bool relative = release_at_least(&apply->to, "2.73.2");
	struct volume *root = apply->root;
	size_t i;

	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (apply_mkdir(root, folders[i], 0755, err) < 0)
			return -1;
	if (apply_put(root, "/etc/machine-id", 0644, "", 0, err) < 0 ||
	    apply_link(root, "/sbin/init",
		       relative ? "../current/boot/init" :
				  "/current/boot/init",
		       err) < 0)
		return -1;
	return apply_link(root, "/boot",
			  relative ? "current/boot" : "/current/boot", err);
}

/* ---- the container ------------------------------------------------- */

/* The view of the layers, in which the volume does not cover /boot yet. */
static int
open_view(struct apply *apply, struct balimg_error *err)
{
	if (hostapp_open(apply->root, &apply->view, err) < 0)
		return -1;
	return apply->view ? 0 :
			     error_set(err, BALIMG_E_INVALID,
				       "the new hostapp is not found");
}

/* An anonymous volume, which the engine fills with the image's /boot. */
static int
fill_volume(const struct apply_store *store, struct balimg_error *err)
{
	struct apply *apply = store->apply;
	AUTO_FREE char *data = NULL;
	struct apply_nodes nodes;

	data = apply_store_path(store, err, "volumes/%s/_data",
				store->volume_id);
	if (!data ||
	    apply_store_mkdir(store, 0701, err, "volumes/%s",
			      store->volume_id) < 0 ||
	    apply_mkdir(apply->root, data, 0755, err) < 0)
		return -1;
	apply_nodes_begin(&nodes, apply->root, data, FORM_COPY);
	return tree_walk_volume(apply->view, "/boot", &nodes.visitor, err);
}

static int
make_hostapp(const struct apply_store *store, struct balimg_error *err)
{
	struct apply *apply = store->apply;
	AUTO_BUFFER struct buffer folder = BUFFER_INIT;
	AUTO_BUFFER struct buffer link = BUFFER_INIT;
	AUTO_BUFFER struct buffer target = BUFFER_INIT;

	buffer_printf(&folder, "/hostapps/%s", store->container_id);
	buffer_printf(&link, "/hostapps/%s/boot", store->container_id);
	buffer_printf(&target, "../..%s/volumes/%s/_data", store->root,
		      store->volume_id);
	if (folder.failed || link.failed || target.failed)
		return error_nomem(err);
	if (apply_mkdir(apply->root, folder.data, 0755, err) < 0 ||
	    apply_link(apply->root, "/current", folder.data + 1, err) < 0 ||
	    open_view(apply, err) < 0 || fill_volume(store, err) < 0)
		return -1;
	return apply_link(apply->root, link.data, target.data, err);
}

/* ---- together ------------------------------------------------------ */

static int
install(struct apply_store *store, const char *counter,
	struct balimg_error *err)
{
	struct apply *apply = store->apply;
	size_t i;

	if (take_image(store, err) < 0 ||
	    volume_remove_tree(apply->root, "/", 0, err) < 0 ||
	    make_skeleton(apply, err) < 0 || make_folders(store, err) < 0)
		return -1;
	for (i = 0; i < store->count; i++) {
		if (apply_install_layer(store, i, err) < 0)
			return error_wrap(err, "layer %zu", i + 1);
	}
	if (put_image(store, err) < 0 ||
	    apply_put_driver(store, store->mount_id, store->count, err) < 0 ||
	    apply_put_container(store, err) < 0 ||
	    make_hostapp(store, err) < 0)
		return -1;
	return apply_put(apply->root, "/counter", 0644, counter,
			 strlen(counter), err);
}

/* That of the root which runs, and one more; a fresh image has 1. */
static int
next_counter(struct apply *apply, char text[24], struct balimg_error *err)
{
	struct volume *vol = os_volume(apply->os, apply->active, err);
	AUTO_FREE char *old = NULL;
	unsigned long count = 0;
	size_t len;

	if (!vol)
		return -1;
	old = apply_read_text(vol, "/counter", &len, err);
	if (!old && err && err->code)
		return -1;
	if (old)
		count = strtoul(old, NULL, 10);
	if (count >= 1000000000)
		count = 0;
	snprintf(text, 24, "%lu\n", count + 1);
	return 0;
}

/* Engines before 2.84.0 go on with the driver that the device has; then
 * overlay2 it is for all.  One that never ran a hostapp has what was the
 * default of its time. */
static int
choose_driver(struct apply_store *store, struct balimg_error *err)
{
	struct apply *apply = store->apply;
	struct volume *vol = os_volume(apply->os, apply->active, err);
	bool aufs, overlay;

	store->driver = "overlay2";
	if (!vol)
		return -1;
	if (!apply->to.parsed || release_at_least(&apply->to, "2.84.0"))
		return 0;
	if (volume_exists(vol, "/balena/overlay2", &overlay, err) < 0)
		return -1;
	if (!overlay &&
	    volume_exists(vol, "/docker/overlay2", &overlay, err) < 0)
		return -1;
	aufs = !overlay;
	if (aufs)
		store->driver = "aufs";
	return 0;
}

int
apply_hostapp(struct apply *apply, struct balimg_error *err)
{
	struct apply_store store = { .apply = apply, .root = "/balena" };
	time_t now = io_now();
	char counter[24];
	struct tm tm;
	int rc;

	if (apply->to.parsed && !release_at_least(&apply->to, "2.9.0"))
		store.root = "/docker";
	gmtime_r(&now, &tm);
	strftime(store.created, sizeof(store.created), "%Y-%m-%dT%H:%M:%SZ",
		 &tm);
	if (choose_driver(&store, err) < 0 ||
	    next_counter(apply, counter, err) < 0)
		return -1;
	rc = install(&store, counter, err);
	free(store.layers);
	json_decref(store.config);
	return rc;
}
