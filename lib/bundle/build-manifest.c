/* build-manifest.c - what a docker archive says of its layers
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/io.h"
#include "bundle/build-docker.h"
#include "document/json.h"

/* ---- the settings -------------------------------------------------- */

static json_t *
diff_ids(const struct docker *docker)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; list && i < docker->count; i++)
		if (json_array_append(
			    list,
			    json_object_get(json_array_get(docker->layers, i),
					    "diffId")) < 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

/* As docker's import makes them, whose architecture is that of the machine
 * that built it: devices have always been given "amd64". */
static json_t *
new_config(const char *created)
{
	return json_pack("{s:s, s:{}, s:s, s:[{s:s, s:s}], s:s, "
			 "s:{s:s}}",
			 "architecture", "amd64", "config", "created", created,
			 "history", "created", created, "comment",
			 "Imported by balimg", "os", "linux", "rootfs", "type",
			 "layers");
}

/* Of several layers that became one, the history is no longer theirs. */
static int
set_layers(const struct docker *docker, json_t *config,
	   struct balimg_error *err)
{
	json_t *rootfs = json_object_get(config, "rootfs");

	if (json_object_set_new(rootfs, "diff_ids", diff_ids(docker)) < 0)
		return error_nomem(err);
	if (docker->count != docker->image.count && docker->image.count)
		json_object_del(config, "history");
	return 0;
}

/* *@text: the settings of the image, with the layers as they are now. */
static int
make_config(const struct docker *docker, char **text, size_t *len,
	    struct balimg_error *err)
{
	json_auto_t *config = NULL;
	time_t now = io_now();
	char created[32];
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(created, sizeof(created), "%Y-%m-%dT%H:%M:%SZ", &tm);
	config = docker->image.config ?
			 json_text_parse(docker->image.config,
					 docker->image.config_len, NULL, err) :
			 new_config(created);
	if (!config)
		return docker->image.config ? -1 : error_nomem(err);
	if (set_layers(docker, config, err) < 0)
		return -1;
	*text = json_dumps(config, JSON_COMPACT);
	if (!*text)
		return error_nomem(err);
	*len = strlen(*text);
	return 0;
}

/* Are they the layers that the image had? */
static bool
has_old_layers(const struct docker *docker)
{
	size_t i;

	for (i = 0; i < docker->count && docker->count == docker->image.count;
	     i++)
		if (strcmp(docker->blobs[i].sum,
			   docker->image.layers[i].diff_id) != 0)
			return false;
	return docker->count == docker->image.count;
}

int
docker_add_config(const struct docker *docker, struct docker_blob *blob,
		  struct balimg_error *err)
{
	AUTO_FREE char *text = NULL;
	size_t len;

	if (has_old_layers(docker))
		return docker_add_bytes(docker->fd, docker->image.config,
					docker->image.config_len, blob, err);
	if (make_config(docker, &text, &len, err) < 0)
		return -1;
	return docker_add_bytes(docker->fd, text, len, blob, err);
}

/* ---- the manifests ------------------------------------------------- */

static json_t *
describe(const char *type, const struct docker_blob *blob)
{
	char digest[DOCKER_HEX + 8];

	snprintf(digest, sizeof(digest), "sha256:%s", blob->sum);
	return json_pack("{s:s, s:s, s:I}", "mediaType", type, "digest",
			 digest, "size", (json_int_t)blob->size);
}

/* Print @value, which is taken; NULL @name: as a blob, to @blob. */
static int
add_json(const struct docker *docker, const char *name, json_t *value,
	 struct docker_blob *blob, struct balimg_error *err)
{
	AUTO_FREE char *text = value ? json_dumps(value, JSON_COMPACT) : NULL;

	json_decref(value);
	if (!text)
		return error_nomem(err);
	return name ? docker_add_member(docker->fd, name, text, strlen(text),
					err) :
		      docker_add_bytes(docker->fd, text, strlen(text), blob,
				       err);
}

#define OCI "application/vnd.oci.image."

static json_t *
oci_manifest(const struct docker *docker, const struct docker_blob *config)
{
	json_t *layers = json_array();
	size_t i;

	for (i = 0; layers && i < docker->count; i++)
		json_array_append_new(layers, describe(OCI "layer.v1.tar",
						       &docker->blobs[i]));
	if (json_array_size(layers) != docker->count) {
		json_decref(layers);
		return NULL;
	}
	return json_pack("{s:i, s:s, s:o, s:o}", "schemaVersion", 2,
			 "mediaType", OCI "manifest.v1+json", "config",
			 describe(OCI "config.v1+json", config), "layers",
			 layers);
}

static json_t *
manifest(const struct docker *docker, const struct docker_blob *config)
{
	char path[DOCKER_HEX + 16];
	json_t *layers = json_array();
	json_t *tags = docker->image.tag ?
			       json_pack("[s]", docker->image.tag) :
			       json_null();
	size_t i;

	for (i = 0; layers && i < docker->count; i++) {
		snprintf(path, sizeof(path), "blobs/sha256/%s",
			 docker->blobs[i].sum);
		json_array_append_new(layers, json_string(path));
	}
	if (json_array_size(layers) != docker->count) {
		json_decref(layers);
		json_decref(tags);
		return NULL;
	}
	snprintf(path, sizeof(path), "blobs/sha256/%s", config->sum);
	return json_pack("[{s:s, s:o, s:o}]", "Config", path, "RepoTags", tags,
			 "Layers", layers);
}

int
docker_add_manifests(const struct docker *docker,
		     const struct docker_blob *config,
		     struct balimg_error *err)
{
	static const char layout[] = "{\"imageLayoutVersion\": \"1.0.0\"}";
	struct docker_blob oci;

	if (add_json(docker, NULL, oci_manifest(docker, config), &oci, err) <
		    0 ||
	    add_json(docker, "index.json",
		     json_pack("{s:i, s:s, s:[o]}", "schemaVersion", 2,
			       "mediaType", OCI "index.v1+json", "manifests",
			       describe(OCI "manifest.v1+json", &oci)),
		     NULL, err) < 0 ||
	    add_json(docker, "manifest.json", manifest(docker, config), NULL,
		     err) < 0)
		return -1;
	return docker_add_member(docker->fd, "oci-layout", layout,
				 strlen(layout), err);
}
