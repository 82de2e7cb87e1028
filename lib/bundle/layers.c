/* layers.c - which layers a docker archive's image has
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * manifest.json is what the engine follows; where an archive has none but is
 * an OCI layout, index.json names a manifest by its sum, and that the layers.
 * See image-layout.md and manifest.md of the OCI's image-spec.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "bundle/layers.h"
#include "document/json.h"

static json_t *
load_text(const struct bundle *bundle, const char *path,
	  struct balimg_error *err)
{
	const struct bundle_member *member = bundle_find(bundle, path);
	json_t *root;

	if (!member || !member->text) {
		error_set(err, BALIMG_E_INVALID, "%s is missing", path);
		return NULL;
	}
	root = json_text_parse(member->text, member->text_len, NULL, err);
	if (!root)
		error_wrap(err, "%s", path);
	return root;
}

static int
add_layer(const struct bundle *bundle, const char *path, struct layers *layers,
	  struct balimg_error *err)
{
	const struct bundle_member *member = bundle_find_layer(bundle, path);

	if (!member)
		return error_set(err, BALIMG_E_INVALID, "layer %s is missing",
				 path);
	if (layers->count == LAYERS)
		return error_set(err, BALIMG_E_INVALID,
				 "has more than %u layers", LAYERS);
	layers->members[layers->count] = (size_t)(member - bundle->members);
	layers->paths[layers->count++] = member->path;
	return 0;
}

static int
tell_delta(const struct bundle *bundle, const char *config,
	   struct layers *layers, struct balimg_error *err)
{
	json_auto_t *root = load_text(bundle, config, err);
	const char *base =
		json_string_value(json_path_get(root, BUNDLE_DELTA_BASE));

	layers->config = bundle_find(bundle, config);
	snprintf(layers->delta, sizeof(layers->delta), "%s", base ? base : "");
	return root ? 0 : -1;
}

/* ---- manifest.json -------------------------------------------------- */

static int
refuse_many(const json_t *manifest, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer tags = BUFFER_INIT;
	const json_t *image;
	const char *tag;
	size_t i;

	json_array_foreach(manifest, i, image) {
		tag = json_string_value(
			json_array_get(json_object_get(image, "RepoTags"), 0));
		if (tag && tags.len < 200)
			buffer_printf(&tags, "%s%s", tags.len ? ", " : ": ",
				      tag);
	}
	error_set(err, BALIMG_E_UNSUPPORTED, "holds %zu images%s",
		  json_array_size(manifest), tags.data ? tags.data : "");
	return error_hint(err, "save one image alone: a device takes no more");
}

static int
follow_manifest(const struct bundle *bundle, struct layers *layers,
		struct balimg_error *err)
{
	json_auto_t *manifest = load_text(bundle, "manifest.json", err);
	const json_t *image = json_array_get(manifest, 0);
	const char *config =
		json_string_value(json_object_get(image, "Config"));
	const json_t *layer;
	size_t i;

	if (!manifest)
		return -1;
	if (json_array_size(manifest) > 1)
		return refuse_many(manifest, err);
	if (!config)
		return error_set(err, BALIMG_E_INVALID,
				 "manifest.json names no image");
	json_array_foreach(json_object_get(image, "Layers"), i, layer)
		if (!json_is_string(layer) ||
		    add_layer(bundle, json_string_value(layer), layers, err) <
			    0)
			return error_set(err, BALIMG_E_INVALID,
					 "manifest.json names no layers");
	return tell_delta(bundle, config, layers, err);
}

/* ---- index.json ----------------------------------------------------- */

/* "sha256:abc" in an object's "digest" as "blobs/sha256/abc". */
static int
blob_path(const json_t *object, char path[128], struct balimg_error *err)
{
	const char *digest =
		json_string_value(json_object_get(object, "digest"));
	const char *colon = digest ? strchr(digest, ':') : NULL;

	if (!colon || strlen(digest) > 100)
		return error_set(err, BALIMG_E_INVALID,
				 "index.json, or what it leads to, is no OCI "
				 "layout");
	snprintf(path, 128, "blobs/%.*s/%s", (int)(colon - digest), digest,
		 colon + 1);
	return 0;
}

/* *@manifest: that of the one image, maybe by an index in the index. */
static int
find_manifest(const struct bundle *bundle, json_t **manifest,
	      struct balimg_error *err)
{
	json_t *found = load_text(bundle, "index.json", err);
	char path[128];
	unsigned depth;

	for (depth = 0;
	     found && json_object_get(found, "manifests") && depth < 4;
	     depth++) {
		json_auto_t *index = found;
		const json_t *list = json_object_get(index, "manifests");

		found = NULL;
		if (json_array_size(list) > 1)
			return error_set(err, BALIMG_E_UNSUPPORTED,
					 "holds %zu images",
					 json_array_size(list));
		if (blob_path(json_array_get(list, 0), path, err) < 0)
			return -1;
		found = load_text(bundle, path, err);
	}
	*manifest = found;
	return found ? 0 : -1;
}

static int
follow_index(const struct bundle *bundle, struct layers *layers,
	     struct balimg_error *err)
{
	json_auto_t *manifest = NULL;
	const json_t *layer;
	char path[128];
	size_t i;

	if (find_manifest(bundle, &manifest, err) < 0)
		return -1;
	json_array_foreach(json_object_get(manifest, "layers"), i, layer)
		if (blob_path(layer, path, err) < 0 ||
		    add_layer(bundle, path, layers, err) < 0)
			return -1;
	if (blob_path(json_object_get(manifest, "config"), path, err) < 0)
		return -1;
	return tell_delta(bundle, path, layers, err);
}

int
layers_find(const struct bundle *bundle, struct layers *layers,
	    struct balimg_error *err)
{
	*layers = (struct layers){ 0 };
	if (!bundle_find(bundle, "manifest.json") &&
	    bundle_find(bundle, "oci-layout"))
		return follow_index(bundle, layers, err);
	return follow_manifest(bundle, layers, err);
}

/* ---- one after the other -------------------------------------------- */

struct pass {
	const struct layers *layers;
	size_t next, end;
	int (*each)(struct archive *archive, size_t layer, void *data,
		    struct balimg_error *err);
	void *data;
};

/* One reading takes the layers that come in their order. */
static int
pass_member(struct archive *archive, struct archive_entry *entry, size_t at,
	    void *data, struct balimg_error *err)
{
	struct pass *pass = data;

	(void)entry;
	if (at != pass->layers->members[pass->next])
		return 0;
	if (pass->each(archive, pass->next, pass->data, err) < 0)
		return -1;
	return ++pass->next == pass->end;
}

int
layers_each(const struct layers *layers, int fd, off_t start, size_t first,
	    size_t end,
	    int (*each)(struct archive *archive, size_t layer, void *data,
			struct balimg_error *err),
	    void *data, struct balimg_error *err)
{
	struct pass pass = { layers, first, end, each, data };
	size_t before;

	while (pass.next < end) {
		before = pass.next;
		if (io_rewind(fd, start, err) < 0 ||
		    bundle_each_member(fd, pass_member, &pass, err) < 0)
			return -1;
		if (pass.next == before)
			return error_set(err, BALIMG_E_INVALID,
					 "has changed while it was read");
	}
	return 0;
}
