/* bundle-docker.c - is a docker archive what hostapp-update takes?
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The engine's loader follows manifest.json, compares the number of layers
 * with that of diff ids and each layer with its diff id, and takes layers
 * that are plain, gzip, bzip2 or xz, in which no path comes twice;
 * hostapp-update wants one image with at most one tag.  Sources:
 * image/tarexport/load.go and the AddEntry() of its vbatts/tar-split in
 * balena-engine, and hostapp-update in meta-balena.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "bundle/bundle-private.h"
#include "bundle/delta-basis.h"
#include "document/json.h"

/* *@root: the JSON in member @path; NULL, and a finding, if there is none. */
static int
load_member(struct bundle *bundle, const char *path, const char *what,
	    json_t **root, struct balimg_error *err)
{
	const struct bundle_member *member = bundle_find(bundle, path);
	struct balimg_error why = { 0 };

	*root = NULL;
	if (!member || !member->text)
		return bundle_find_fault(bundle, "error", path, err,
					 "%s is missing", what);
	*root = json_text_parse(member->text, member->text_len, NULL, &why);
	if (*root)
		return 0;
	if (!error_is_finding(&why))
		return error_pass(err, &why);
	return bundle_find_fault(bundle, "error", path, err,
				 "%s is no JSON: %s", what, why.message);
}

/* A layer may be a link to another, as in archives that share them. */
const struct bundle_member *
bundle_find_layer(const struct bundle *bundle, const char *path)
{
	const struct bundle_member *member = bundle_find(bundle, path);
	const char *target = member ? member->target : NULL;

	if (!target)
		return member;
	while (!strncmp(target, "../", 3))
		target += 3;
	return bundle_find(bundle, target);
}

static int
judge_layer(struct bundle *bundle, const char *path, const char *diff_id,
	    json_t *layers, struct balimg_error *err)
{
	const struct bundle_member *layer = bundle_find_layer(bundle, path);
	char id[8 + 2 * SHA256_SIZE] = "sha256:";

	if (!layer)
		return bundle_find_fault(bundle, "error", path, err,
					 "the layer is missing");
	if (!layer->layer)
		return bundle_find_fault(bundle, "error", path, err,
					 "the layer is no tar file%s%s",
					 *layer->fault ? ": " : "",
					 layer->fault);
	digest_hex(layer->diff_id, SHA256_SIZE, id + strlen(id));
	if (json_array_append_new(
		    layers,
		    json_pack("{s:s, s:I, s:s, s:s, s:I, s:I}", "path", path,
			      "size", (json_int_t)layer->size, "compression",
			      layer->compression, "diffId", id, "files",
			      (json_int_t)layer->tree.files, "bytes",
			      (json_int_t)layer->tree.bytes)) < 0)
		return error_nomem(err);
	if (*layer->fault &&
	    bundle_find_fault(bundle, "error", path, err, "is damaged: %s",
			      layer->fault) < 0)
		return -1;
	if (layer->twice &&
	    bundle_find_fault(bundle, "error", path, err,
			      "has %s twice, which the engine refuses",
			      *layer->twice ? layer->twice : ".") < 0)
		return -1;
	if (!strcmp(layer->compression, "zst") &&
	    bundle_find_fault(bundle, "error", path, err,
			      "is compressed by zstd, which no engine before "
			      "version 25 reads") < 0)
		return -1;
	if (!diff_id || !strcmp(diff_id, id))
		return 0;
	return bundle_find_fault(bundle, "error", path, err,
				 "does not fit its diff id: it is %s, not %s",
				 id, diff_id);
}

/* The layers in order, the topmost telling what it has last. */
static int
judge_layers(struct bundle *bundle, const json_t *image, const json_t *config,
	     json_t *report, struct balimg_error *err)
{
	const json_t *paths = json_object_get(image, "Layers");
	const json_t *ids = json_path_get(config, "rootfs.diff_ids");
	json_t *layers = json_array();
	const json_t *path;
	size_t i;

	if (json_object_set_new(report, "layers", layers) < 0)
		return error_nomem(err);
	if (json_array_size(paths) != json_array_size(ids) &&
	    bundle_find_fault(bundle, "error", "manifest.json", err,
			      "has %zu layers, and the image %zu diff ids",
			      json_array_size(paths),
			      json_array_size(ids)) < 0)
		return -1;
	json_array_foreach(paths, i, path) {
		const char *name = json_string_value(path);
		const struct bundle_member *layer;

		if (!name)
			continue;
		if (judge_layer(bundle, name,
				json_string_value(json_array_get(ids, i)),
				layers, err) < 0)
			return -1;
		layer = bundle_find_layer(bundle, name);
		if (layer && bundle_tell_tree(&layer->tree, report, err) < 0)
			return -1;
	}
	return 0;
}

/* A delta can only be loaded where its basis is. */
static int
tell_delta(struct bundle *bundle, const json_t *config, json_t *report,
	   struct balimg_error *err)
{
	const char *base =
		json_string_value(json_path_get(config, BUNDLE_DELTA_BASE));
	const json_t *made = json_path_get(config, BUNDLE_DELTA_CONFIG);
	char id[DELTA_ID];

	if (json_is_string(made))
		delta_image_id(json_string_value(made),
			       json_string_length(made), id);
	if (json_object_set_new(report, "delta",
				base ? json_string(base) : json_null()) < 0 ||
	    json_object_set_new(report, "target",
				json_is_string(made) ? json_string(id) :
						       json_null()) < 0)
		return error_nomem(err);
	if (!base)
		return 0;
	return bundle_find_fault(bundle, "warning", "", err,
				 "is a delta to image %s, and of use only "
				 "where that is",
				 base);
}

static int
judge_config(struct bundle *bundle, const json_t *image, const json_t *config,
	     json_t *report, struct balimg_error *err)
{
	const char *path = json_string_value(json_object_get(image, "Config"));
	const struct bundle_member *member = bundle_find(bundle, path);
	char id[8 + 2 * SHA256_SIZE] = "sha256:";
	const char *os = json_string_value(json_object_get(config, "os"));
	json_t *architecture = json_object_get(config, "architecture");

	digest_hex(member->sha256, SHA256_SIZE, id + strlen(id));
	if (json_object_set_new(report, "imageId", json_string(id)) < 0 ||
	    json_object_set_new(report, "architecture",
				architecture ? json_incref(architecture) :
					       json_null()) < 0)
		return error_nomem(err);
	if (os && strcmp(os, "linux") != 0 &&
	    bundle_find_fault(bundle, "error", path, err,
			      "is an image for %s, not for linux", os) < 0)
		return -1;
	if (!strstr(path, id + strlen("sha256:")) &&
	    bundle_find_fault(bundle, "note", path, err,
			      "is not named after its sum, %s", id) < 0)
		return -1;
	return tell_delta(bundle, config, report, err);
}

static int
judge_tags(struct bundle *bundle, const json_t *image, json_t *report,
	   struct balimg_error *err)
{
	json_t *tags = json_object_get(image, "RepoTags");

	if (json_object_set_new(report, "tags",
				json_is_array(tags) ? json_incref(tags) :
						      json_array()) < 0)
		return error_nomem(err);
	if (json_array_size(tags) < 2)
		return 0;
	return bundle_find_fault(
		bundle, "error", "manifest.json", err,
		"the image has %zu tags: hostapp-update wants "
		"one at most",
		json_array_size(tags));
}

static int
judge_image(struct bundle *bundle, const json_t *image, json_t *report,
	    struct balimg_error *err)
{
	const char *path = json_string_value(json_object_get(image, "Config"));
	json_auto_t *config = NULL;

	if (judge_tags(bundle, image, report, err) < 0)
		return -1;
	if (!path)
		return bundle_find_fault(bundle, "error", "manifest.json", err,
					 "names no configuration");
	if (load_member(bundle, path, "the image's configuration", &config,
			err) < 0)
		return -1;
	if (!config)
		return 0;
	if (judge_config(bundle, image, config, report, err) < 0)
		return -1;
	return judge_layers(bundle, image, config, report, err);
}

int
bundle_judge_docker(struct bundle *bundle, json_t *report,
		    struct balimg_error *err)
{
	json_auto_t *manifest = NULL;

	if (!bundle_find(bundle, "manifest.json") &&
	    bundle_find(bundle, "oci-layout"))
		return bundle_find_fault(bundle, "error", "", err,
					 "is an OCI archive without "
					 "manifest.json, which the engine "
					 "does not load");
	if (load_member(bundle, "manifest.json", "the manifest", &manifest,
			err) < 0)
		return -1;
	if (!manifest)
		return 0;
	if (json_array_size(manifest) != 1)
		return bundle_find_fault(
			bundle, "error", "manifest.json", err,
			"has %zu images: hostapp-update wants "
			"one",
			json_array_size(manifest));
	return judge_image(bundle, json_array_get(manifest, 0), report, err);
}
