/* build-docker.c - a bundle for the updater of 2.5 and later
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A docker archive with one image.  Where the store of an image is as the
 * engine made it, so are its layers, to the byte, and its image has the id
 * that it had.  A layer that was changed is written anew.  What was written
 * to the container or to its volume, and what goes in besides, makes all of
 * it one layer, as the build has it.  See hostapp-update in meta-balena and
 * image/tarexport in balena-engine.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/os.h"
#include "bundle/build-delta.h"
#include "bundle/delta-basis.h"

static void
docker_clear(struct docker *docker)
{
	hostapp_image_clear(&docker->image);
	build_delta_free(docker->delta);
	free(docker->blobs);
	json_decref(docker->layers);
	if (docker->fd != docker->request->out)
		cleanup_fd(&docker->fd);
}

/* ---- ways to make a layer ------------------------------------------ */

static int
make_again(struct docker_maker *maker, struct sink *sink,
	   struct balimg_error *err)
{
	const struct docker *docker = (const struct docker *)maker;

	return build_layer_again(docker->request->raw, &docker->image,
				 docker->layer, sink,
				 docker->request->progress, err);
}

static int
finish_layer(struct docker *docker, struct tree_writer *writer,
	     struct balimg_error *err)
{
	if (tree_writer_finish(writer, err) < 0)
		return -1;
	docker->sum.entries += writer->sum.entries;
	docker->sum.bytes += writer->sum.bytes;
	docker->sum.sockets += writer->sum.sockets;
	return 0;
}

/* The files of a layer as they are. */
static int
make_anew(struct docker_maker *maker, struct sink *sink,
	  struct balimg_error *err)
{
	AUTO_TREE_WRITER struct tree_writer writer = { 0 };
	struct docker *docker = (struct docker *)maker;
	const struct hostapp_image *image = &docker->image;
	struct build_whiteouts whiteouts = build_whiteouts_for(
		image->is_aufs ? BUILD_MARKS_AUFS : BUILD_MARKS_OVERLAY,
		&writer.visitor);

	if (tree_writer_open(&writer, sink, "", 1, docker->request->progress,
			     err) < 0 ||
	    tree_walk_volume(docker->request->raw,
			     image->layers[docker->layer].path,
			     &whiteouts.visitor, err) < 0)
		return -1;
	return finish_layer(docker, &writer, err);
}

/* All of it as the running system sees it, with the changes. */
static int
make_whole(struct docker_maker *maker, struct sink *sink,
	   struct balimg_error *err)
{
	AUTO_BUILD_CHANGES struct build_changes changes = { .count = 0 };
	AUTO_TREE_WRITER struct tree_writer writer = { 0 };
	struct docker *docker = (struct docker *)maker;
	const struct build_request *request = docker->request;
	struct build_whiteouts whiteouts =
		build_whiteouts_for(BUILD_MARKS_NONE, &writer.visitor);
	int rc;

	if (tree_writer_open(&writer, sink, "", 1, request->progress, err) <
		    0 ||
	    build_changes_begin(&changes, request, &whiteouts.visitor, err) <
		    0)
		return -1;
	rc = request->view ? tree_walk_volume(request->view, "/",
					      &changes.visitor, err) :
			     build_walk_tree(request, &changes.visitor, err);
	if (rc < 0 || build_changes_finish(&changes, err) < 0)
		return -1;
	return finish_layer(docker, &writer, err);
}

/* ---- the layers ---------------------------------------------------- */

int
docker_note_layer(struct docker *docker, const char *rebuilt,
		  struct balimg_error *err)
{
	const struct docker_blob *blob = &docker->blobs[docker->count++];
	char id[DOCKER_HEX + 8];

	snprintf(id, sizeof(id), "sha256:%s", blob->sum);
	return json_array_append_new(docker->layers,
				     json_pack("{s:s, s:I, s:s}", "diffId", id,
					       "size", (json_int_t)blob->size,
					       "rebuilt", rebuilt)) < 0 ?
		       error_nomem(err) :
		       0;
}

static int
add_whole(struct docker *docker, struct balimg_error *err)
{
	bool fits;

	docker->maker.make = make_whole;
	if (docker_add_blob(docker->fd, &docker->maker, NULL,
			    &docker->blobs[0], &fits, err) < 0)
		return -1;
	return docker_note_layer(docker, "retarred", err);
}

static int
add_layer(struct docker *docker, size_t at, struct balimg_error *err)
{
	const char *diff_id = docker->image.layers[at].diff_id;
	struct docker_blob *blob = &docker->blobs[at];
	bool fits;

	docker->layer = at;
	docker->maker.make = make_again;
	if (docker_add_blob(docker->fd, &docker->maker, diff_id, blob, &fits,
			    err) < 0)
		return -1;
	if (fits)
		return docker_note_layer(docker, "identical", err);
	docker->maker.make = make_anew;
	if (docker_add_blob(docker->fd, &docker->maker, NULL, blob, &fits,
			    err) < 0)
		return -1;
	return docker_note_layer(
		docker, strcmp(blob->sum, diff_id) ? "retarred" : "identical",
		err);
}

static int
add_layers(struct docker *docker, struct balimg_error *err)
{
	const struct build_request *request = docker->request;
	bool whole = !request->view || request->change_count;
	size_t i;

	docker->blobs = calloc(docker->image.count + 1,
			       sizeof(*docker->blobs));
	docker->layers = json_array();
	if (!docker->blobs || !docker->layers)
		return error_nomem(err);
	if (docker->delta)
		return build_delta_layers(docker, err);
	if (!whole &&
	    build_is_changed(request, &docker->image, &whole, err) < 0)
		return -1;
	if (whole)
		return add_whole(docker, err);
	for (i = 0; i < docker->image.count; i++)
		if (add_layer(docker, i, err) < 0)
			return -1;
	return 0;
}

/* ---- the bundle ---------------------------------------------------- */

/* As it is called by custom: by the release, or, where that is not known yet,
 * by the image's id. */
static void
choose_name(const struct docker *docker, char *name, size_t room)
{
	const struct build_request *request = docker->request;
	const struct hostapp_image *image = &docker->image;
	const char *of = request->release.text;
	char id[DELTA_ID];

	if (docker->delta) {
		delta_image_id(image->config, image->config_len, id);
		id[strlen("sha256:") + 12] = '\0';
		of = id + strlen("sha256:");
	}
	snprintf(name, room, "hostapp-%s.docker%s%s", of,
		 *request->compress ? "." : "", request->compress);
}

static int
begin(struct docker *docker, struct balimg_error *err)
{
	struct build_request *request = docker->request;
	char name[256];

	if (!request->compress)
		request->compress = "";
	if (!strcmp(request->compress, "zst")) {
		error_set(err, BALIMG_E_REFUSED,
			  "most devices' engines do not read zstd");
		return error_hint(err, "let the name end in .docker, .tar, "
				       ".gz, .xz or .bz2");
	}
	if (request->view &&
	    hostapp_image_read(request->raw, &docker->image, err) < 0)
		return -1;
	if (request->basis && build_delta_read(docker, err) < 0)
		return -1;
	choose_name(docker, name, sizeof(name));
	if (request->begin(request, name, err) < 0)
		return -1;
	docker->fd = *request->compress ?
			     os_open_scratch(request->folder, err) :
			     request->out;
	return docker->fd < 0 ? -1 : docker_begin(docker->fd, err);
}

static json_t *
tell(const struct docker *docker, const struct docker_blob *config,
     struct balimg_error *err)
{
	const char *compress = docker->request->compress;
	char id[DOCKER_HEX + 8];
	json_t *answer;

	snprintf(id, sizeof(id), "sha256:%s", config->sum);
	answer = json_pack("{s:s, s:s, s:s, s:s?, s:O, s:I}", "format",
			   "hostapp", "compression",
			   *compress ? compress : "none", "imageId", id, "tag",
			   docker->image.tag, "layers", docker->layers,
			   "leftOut", (json_int_t)docker->sum.sockets);
	if (!answer)
		error_nomem(err);
	return answer;
}

json_t *
build_docker(struct build_request *request, struct balimg_error *err)
{
	__attribute__((cleanup(docker_clear))) struct docker docker = {
		.request = request,
		.fd = -1,
	};
	struct docker_blob config;

	if (begin(&docker, err) < 0 || add_layers(&docker, err) < 0 ||
	    docker_add_config(&docker, &config, err) < 0 ||
	    docker_add_manifests(&docker, &config, err) < 0 ||
	    docker_finish(docker.fd, err) < 0)
		return NULL;
	if (*request->compress && build_pack(request, docker.fd, err) < 0)
		return NULL;
	return tell(&docker, &config, err);
}
