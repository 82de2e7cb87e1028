/* build-delta.c - a docker archive, made of another and a delta to it
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>
#include <unistd.h>

#include "bundle/build-delta.h"
#include "bundle/bundle-private.h"
#include "bundle/delta-basis.h"
#include "bundle/delta-patch.h"
#include "bundle/layers.h"
#include "bundle/nested.h"
#include "bundle/tree-tar.h"
#include "document/json.h"

struct build_delta {
	struct bundle bundle;
	struct layers layers;
	struct delta_basis basis;
	struct delta_patch patch;
	size_t common;		 /* lowest layers that the basis has, too */
	struct archive *archive; /* at the header of the next layer */
};

void
build_delta_free(struct build_delta *delta)
{
	if (!delta)
		return;
	delta_basis_close(&delta->basis);
	bundle_clear(&delta->bundle);
	free(delta);
}

/* ---- what it stands for -------------------------------------------- */

static int
say_malformed(struct balimg_error *err)
{
	return error_set(err, BALIMG_E_INVALID,
			 "does not tell what image it makes");
}

static int
copy_text(char **to, const char *text, size_t len, struct balimg_error *err)
{
	*to = strndup(text, len);
	return *to ? 0 : error_nomem(err);
}

/* The settings of the image, as they are told. */
static int
take_config(struct docker *docker, struct balimg_error *err)
{
	const struct bundle_member *config = docker->delta->layers.config;
	json_auto_t *root = json_text_parse(config->text, config->text_len,
					    NULL, err);
	const json_t *text = json_path_get(root, BUNDLE_DELTA_CONFIG);

	if (!root)
		return -1;
	if (!json_is_string(text))
		return say_malformed(err);
	docker->image.config_len = json_string_length(text);
	return copy_text(&docker->image.config, json_string_value(text),
			 docker->image.config_len, err);
}

static int
take_layers(struct docker *docker, struct balimg_error *err)
{
	json_auto_t *root = json_text_parse(
		docker->image.config, docker->image.config_len, NULL, err);
	const json_t *ids = json_path_get(root, "rootfs.diff_ids");
	size_t count = json_array_size(ids);
	const json_t *id;
	size_t i;

	if (!root)
		return error_wrap(err, "the settings of what it makes");
	if (count != docker->delta->layers.count)
		return error_set(err, BALIMG_E_INVALID,
				 "has %zu layers, and the image that it makes "
				 "has %zu",
				 docker->delta->layers.count, count);
	docker->image.layers = calloc(count + 1,
				      sizeof(*docker->image.layers));
	if (!docker->image.layers)
		return error_nomem(err);
	json_array_foreach(ids, i, id) {
		const char *text = json_string_value(id);

		if (!text || strncmp(text, "sha256:", 7) != 0)
			return say_malformed(err);
		if (copy_text(&docker->image.layers[i].diff_id, text + 7,
			      DOCKER_HEX, err) < 0)
			return -1;
		docker->image.count++;
	}
	return 0;
}

/* The engine gives the image the tag that the delta has. */
static int
take_tag(struct docker *docker, struct balimg_error *err)
{
	const struct bundle_member *member =
		bundle_find(&docker->delta->bundle, "manifest.json");
	json_auto_t *manifest = NULL;
	const json_t *tag;

	if (!member || !member->text)
		return 0;
	manifest = json_text_parse(member->text, member->text_len, NULL, err);
	if (!manifest)
		return -1;
	tag = json_array_get(
		json_object_get(json_array_get(manifest, 0), "RepoTags"), 0);
	if (!json_is_string(tag))
		return 0;
	return copy_text(&docker->image.tag, json_string_value(tag),
			 json_string_length(tag), err);
}

int
build_delta_read(struct docker *docker, struct balimg_error *err)
{
	const struct build_request *request = docker->request;
	struct build_delta *delta = calloc(1, sizeof(*delta));

	docker->delta = delta;
	if (!delta)
		return error_nomem(err);
	delta->basis.fd = -1;
	delta->bundle.skim = true;
	delta->bundle.progress = request->progress;
	if (bundle_read(&delta->bundle, request->tree, err) < 0)
		return -1;
	if (delta->bundle.docker &&
	    layers_find(&delta->bundle, &delta->layers, err) < 0)
		return -1;
	if (!*delta->layers.delta)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "is no delta, and has "
				 "no use for a basis");
	if (take_config(docker, err) < 0 || take_layers(docker, err) < 0)
		return -1;
	return take_tag(docker, err);
}

/* ---- the layers ---------------------------------------------------- */

/* Patches the first file that it meets. */
struct patching {
	struct tree_visitor visitor; /* first */
	struct delta_patch *patch;
	struct sink *sink;
	bool met;
};

static int
patch_entry(struct tree_visitor *visitor, const struct tree_entry *entry,
	    struct tree_content *content, struct balimg_error *err)
{
	struct patching *patching = (struct patching *)visitor;

	(void)entry;
	if (patching->met || !content)
		return 0;
	patching->met = true;
	return delta_patch(patching->patch, content, patching->sink, err);
}

static int
make_patched(struct docker_maker *maker, struct sink *sink,
	     struct balimg_error *err)
{
	const struct docker *docker = (const struct docker *)maker;
	struct build_delta *delta = docker->delta;
	struct patching patching = {
		.visitor.visit = patch_entry,
		.patch = &delta->patch,
		.sink = sink,
	};
	uint64_t done = 0;
	AUTO_NESTED struct nested nested = { .done = &done };
	struct archive *fault;

	if (nested_open(&nested, delta->archive, &fault, err) < 0)
		return -1;
	if (fault)
		return bundle_fail(fault, "it", err);
	if (tree_walk_archive(nested.entries, "it", &patching.visitor, err) <
	    0)
		return -1;
	return patching.met ?
		       0 :
		       error_set(err, BALIMG_E_INVALID, "holds no delta");
}

static int
make_common(struct docker_maker *maker, struct sink *sink,
	    struct balimg_error *err)
{
	const struct docker *docker = (const struct docker *)maker;
	const struct delta_basis_layer *layers = docker->delta->basis.layers;
	size_t at = docker->layer;
	uint64_t start = at ? layers[at - 1].end : 0;

	return delta_copy(&docker->delta->patch, start, layers[at].end - start,
			  sink, err);
}

static int
add_layer(struct archive *archive, size_t at, void *data,
	  struct balimg_error *err)
{
	struct docker *docker = data;
	const char *path = docker->delta->layers.paths[at];
	struct docker_blob *blob = &docker->blobs[at];
	bool fits;

	docker->delta->archive = archive;
	docker->layer = at;
	docker->maker.make = at < docker->delta->common ? make_common :
							  make_patched;
	if (docker_add_blob(docker->fd, &docker->maker, NULL, blob, &fits,
			    err) < 0)
		return error_wrap(err, "%s", path);
	if (!strcmp(blob->sum, docker->image.layers[at].diff_id))
		return docker_note_layer(docker, "identical", err);
	return error_set(err, BALIMG_E_INVALID,
			 "%s: what it makes does not fit the diff id: it is "
			 "%s, not %s",
			 path, blob->sum, docker->image.layers[at].diff_id);
}

/* How many of the lowest layers are the same? */
static size_t
count_common(const struct docker *docker)
{
	const struct delta_basis *basis = &docker->delta->basis;
	size_t i;

	for (i = 0; i < docker->image.count && i < basis->count; i++)
		if (strcmp(basis->layers[i].diff_id + strlen("sha256:"),
			   docker->image.layers[i].diff_id) != 0)
			break;
	return i;
}

int
build_delta_layers(struct docker *docker, struct balimg_error *err)
{
	const struct build_request *request = docker->request;
	struct build_delta *delta = docker->delta;

	if (delta_basis_open(&delta->basis, request->basis,
			     delta->layers.delta, request->folder,
			     request->progress, err) < 0)
		return -1;
	delta->common = count_common(docker);
	delta->patch = (struct delta_patch){
		.basis = delta->basis.source,
		.limit = ARCHIVE_LIMIT,
		.progress = request->progress,
	};
	return layers_each(&delta->layers, request->tree, 0, 0,
			   delta->layers.count, add_layer, docker, err);
}
