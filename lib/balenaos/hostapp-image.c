/* hostapp-image.c - the engine's image that a hostapp was made of
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Layers are called by the sum of the chain that ends with them: that of the
 * lowest is its diff id, each other's the sum of the text "CHAIN DIFF-ID" of
 * the chain below and itself.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "balenaos/hostapp-image.h"
#include "balenaos/hostapp-private.h"
#include "base/buffer.h"
#include "base/digest.h"
#include "document/json.h"

#define CONFIG_LIMIT 1048576u /* bytes */
#define TAGS_LIMIT   1048576u
#define TEXT_LIMIT   4096u

static const char *
driver_of(const struct hostapp *app)
{
	return app->is_aufs ? "aufs" : "overlay2";
}

/* ---- the layers ---------------------------------------------------- */

static void
next_chain(char chain[HOSTAPP_ID_LEN + 1], const char *diff_id)
{
	char text[2 * HOSTAPP_ID_LEN + 32];
	uint8_t sum[SHA256_SIZE];

	if (!*chain) {
		snprintf(chain, HOSTAPP_ID_LEN + 1, "%s", diff_id);
		return;
	}
	snprintf(text, sizeof(text), "sha256:%s sha256:%s", chain, diff_id);
	digest_sha256(text, strlen(text), sum);
	digest_hex(sum, sizeof(sum), chain);
}

/* Fill in the layer that the database calls @chain. */
static int
read_layer(const struct hostapp *app, const char *chain, const char *diff_id,
	   struct hostapp_image_layer *layer, struct balimg_error *err)
{
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *cache = NULL;
	const char *driver = driver_of(app);

	layer->diff_id = strdup(diff_id);
	if (!layer->diff_id)
		return error_nomem(err);
	path = hostapp_store_path(app, err, "image/%s/layerdb/sha256/%s/%s",
				  driver, chain, "cache-id");
	layer->tar_split =
		hostapp_store_path(app, err, "image/%s/layerdb/sha256/%s/%s",
				   driver, chain, "tar-split.json.gz");
	if (!path || !layer->tar_split ||
	    hostapp_read_text(app, path, TEXT_LIMIT, &cache, err) < 0)
		return -1;
	if (!cache || !hostapp_is_id(cache, strlen(cache)))
		return hostapp_say_damaged(err, "a layer of the image is not "
						"in the database");
	layer->path = hostapp_store_path(
		app, err, app->is_aufs ? "aufs/diff/%s" : "overlay2/%s/diff",
		cache);
	return layer->path ? 0 : -1;
}

/* The container lies on the layers of the image, and on no others. */
static int
compare_layers(const struct hostapp *app, const struct hostapp_image *image,
	       struct balimg_error *err)
{
	size_t i;

	for (i = 0; i < image->count; i++)
		if (app->count != image->count + 1 || !image->layers[i].path ||
		    strcmp(app->layers[app->count - 1 - i],
			   image->layers[i].path) != 0)
			return hostapp_say_damaged(err,
						   "the container lies on "
						   "other layers than its "
						   "image has");
	return 0;
}

static int
read_layers(const struct hostapp *app, const json_t *diff_ids,
	    struct hostapp_image *image, struct balimg_error *err)
{
	char chain[HOSTAPP_ID_LEN + 1] = "";
	const json_t *value;
	const char *diff_id;
	size_t i;

	if (!json_array_size(diff_ids) ||
	    json_array_size(diff_ids) > HOSTAPP_LAYERS_MAX)
		return hostapp_say_damaged(err, "its image has no layers, or "
						"too many");
	image->layers = calloc(json_array_size(diff_ids),
			       sizeof(*image->layers));
	if (!image->layers)
		return error_nomem(err);
	json_array_foreach(diff_ids, i, value) {
		diff_id = hostapp_strip_sum(json_string_value(value));
		if (!diff_id)
			return hostapp_say_damaged(err, "its image names a "
							"layer wrongly");
		next_chain(chain, diff_id);
		image->count++;
		if (read_layer(app, chain, diff_id, &image->layers[i], err) <
		    0)
			return -1;
	}
	return compare_layers(app, image, err);
}

/* ---- the image ----------------------------------------------------- */

static int
read_config(const struct hostapp *app, struct hostapp_image *image,
	    json_t **config, struct balimg_error *err)
{
	AUTO_FREE char *path = NULL;
	uint8_t sum[SHA256_SIZE];
	char hex[HOSTAPP_ID_LEN + 1];

	if (!*app->image)
		return hostapp_say_damaged(err,
					   "the container names no image");
	path = hostapp_store_path(app, err,
				  "image/%s/imagedb/content/sha256/%s",
				  driver_of(app), app->image);
	if (!path ||
	    volume_read_file(app->raw, path, CONFIG_LIMIT, &image->config,
			     &image->config_len, err) < 0)
		return -1;
	digest_sha256(image->config, image->config_len, sum);
	digest_hex(sum, sizeof(sum), hex);
	if (strcmp(hex, app->image) != 0)
		return hostapp_say_damaged(err, "the settings of its image "
						"have another sum than their "
						"name");
	return hostapp_parse(image->config, config, err);
}

/* Of several, the first by its bytes; a reference by digest is no tag. */
static int
choose_tag(const json_t *names, const char *id, struct hostapp_image *image,
	   struct balimg_error *err)
{
	const char *name, *target;
	json_t *value;

	json_object_foreach((json_t *)names, name, value) {
		target = hostapp_strip_sum(json_string_value(value));
		if (!target || strcmp(target, id) != 0 || strchr(name, '@') ||
		    (image->tag && strcmp(image->tag, name) <= 0))
			continue;
		free(image->tag);
		image->tag = strdup(name);
		if (!image->tag)
			return error_nomem(err);
	}
	return 0;
}

static int
read_tag(const struct hostapp *app, struct hostapp_image *image,
	 struct balimg_error *err)
{
	json_auto_t *root = NULL;
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *text = NULL;
	json_t *repositories, *names;
	const char *repository;

	path = hostapp_store_path(app, err, "image/%s/repositories.json",
				  driver_of(app));
	if (!path || hostapp_read_text(app, path, TAGS_LIMIT, &text, err) < 0)
		return -1;
	if (!text)
		return 0;
	if (hostapp_parse(text, &root, err) < 0)
		return -1;
	repositories = json_object_get(root, "Repositories");
	json_object_foreach(repositories, repository, names) {
		if (choose_tag(names, app->image, image, err) < 0)
			return -1;
	}
	return 0;
}

static int
read_all(const struct hostapp *app, struct hostapp_image *image,
	 struct balimg_error *err)
{
	json_auto_t *config = NULL;
	const json_t *rootfs;

	image->is_aufs = app->is_aufs;
	image->own = strdup(app->layers[0]);
	if (!image->own)
		return error_nomem(err);
	if (read_config(app, image, &config, err) < 0)
		return -1;
	rootfs = json_object_get(config, "rootfs");
	if (read_layers(app, json_object_get(rootfs, "diff_ids"), image, err) <
	    0)
		return -1;
	return read_tag(app, image, err);
}

int
hostapp_image_read(struct volume *raw, struct hostapp_image *image,
		   struct balimg_error *err)
{
	AUTO_FREE struct hostapp *app = calloc(1, sizeof(*app));
	bool there = false;
	size_t i;
	int rc;

	if (!app)
		return error_nomem(err);
	app->raw = raw;
	rc = hostapp_find_layers(app, &there, err);
	if (rc == 0 && !there)
		rc = error_set(err, BALIMG_E_NOT_FOUND,
			       "there is no hostapp in it");
	if (rc == 0)
		rc = read_all(app, image, err);
	for (i = 0; i < app->count; i++)
		free(app->layers[i]);
	free(app->boot);
	return rc;
}

void
hostapp_image_clear(struct hostapp_image *image)
{
	size_t i;

	for (i = 0; i < image->count; i++) {
		free(image->layers[i].path);
		free(image->layers[i].diff_id);
		free(image->layers[i].tar_split);
	}
	free(image->layers);
	free(image->config);
	free(image->tag);
	free(image->own);
}
