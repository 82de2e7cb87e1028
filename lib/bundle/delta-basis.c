/* delta-basis.c - what a delta between two images is applied to
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/digest-sink.h"
#include "base/io.h"
#include "bundle/build-layer.h"
#include "bundle/delta-basis.h"
#include "bundle/layers.h"
#include "bundle/nested.h"
#include "document/json.h"

void
delta_image_id(const char *config, size_t len, char id[DELTA_ID])
{
	uint8_t sum[SHA256_SIZE];

	digest_sha256(config, len, sum);
	memcpy(id, "sha256:", sizeof("sha256:"));
	digest_hex(sum, sizeof(sum), id + strlen(id));
}

void
delta_basis_close(struct delta_basis *basis)
{
	size_t i;

	for (i = 0; i < basis->count; i++)
		free(basis->layers[i].diff_id);
	free(basis->layers);
	source_close(basis->source);
	cleanup_fd(&basis->fd);
}

static int
check_id(const char *config, size_t len, const char *want,
	 struct balimg_error *err)
{
	char id[DELTA_ID];

	delta_image_id(config, len, id);
	if (!strcmp(id, want))
		return 0;
	error_set(err, BALIMG_E_REFUSED,
		  "is image %s, and the delta is one to %s", id, want);
	return error_hint(err, "have --basis name the bundle, or an image, "
			       "with that one");
}

/* ---- the scratch file ---------------------------------------------- */

/* Where the layers go. */
struct spill {
	struct sink head; /* first */
	struct delta_basis *basis;
	uint64_t size; /* so far */
	const struct progress *progress;
};

static int
write_spill(struct sink *sink, const void *data, size_t len,
	    struct balimg_error *err)
{
	struct spill *spill = (struct spill *)sink;

	if (len > ARCHIVE_LIMIT - spill->size)
		return error_set(err, BALIMG_E_INVALID,
				 "its layers are more than %llu GiB, as no "
				 "root file system is",
				 ARCHIVE_LIMIT >> 30);
	if (io_write_at(spill->basis->fd, data, len, spill->size, err) < 0)
		return -1;
	spill->size += len;
	return 0;
}

/* The next layer is what @maker makes. */
static int
spill_layer(struct spill *spill, size_t at, struct docker_maker *maker,
	    struct balimg_error *err)
{
	struct delta_basis_layer *layer = &spill->basis->layers[at];
	AUTO_DIGEST_SINK struct digest_sink *sink =
		digest_sink_open(DIGEST_SHA256, &spill->head, err);
	char id[DELTA_ID] = "sha256:";
	uint8_t sum[SHA256_SIZE];

	if (!sink || maker->make(maker, digest_sink_head(sink), err) < 0)
		return -1;
	digest_sink_finish(sink, sum);
	digest_hex(sum, sizeof(sum), id + strlen(id));
	layer->end = spill->size;
	if (!strcmp(id, layer->diff_id))
		return 0;
	return error_set(err, BALIMG_E_INVALID,
			 "layer %zu does not fit its diff id: it is %s, not "
			 "%s",
			 at, id, layer->diff_id);
}

static int
add_layer(struct delta_basis *basis, const char *prefix, const char *diff_id,
	  struct balimg_error *err)
{
	char **id = &basis->layers[basis->count].diff_id;

	if (asprintf(id, "%s%s", prefix, diff_id) < 0) {
		*id = NULL;
		return error_nomem(err);
	}
	basis->count++;
	return 0;
}

static int
make_room(struct delta_basis *basis, size_t count, struct balimg_error *err)
{
	basis->layers = calloc(count + 1, sizeof(*basis->layers));
	return basis->layers ? 0 : error_nomem(err);
}

/* ---- from a docker archive ----------------------------------------- */

struct packed {
	struct docker_maker maker; /* first: makes a layer */
	struct spill *spill;
	struct bundle bundle;
	struct layers layers;
	size_t layer;
	struct archive *archive;
};

static int
make_packed(struct docker_maker *maker, struct sink *sink,
	    struct balimg_error *err)
{
	struct packed *packed = (struct packed *)maker;
	uint64_t done = packed->spill->size;
	AUTO_NESTED struct nested nested = {
		.progress = packed->spill->progress,
		.done = &done,
		.tap = sink,
	};
	uint8_t unused[SHA256_SIZE];
	struct archive *fault;

	if (nested_open(&nested, packed->archive, &fault, err) < 0)
		return -1;
	if (fault)
		return bundle_fail(fault, packed->layers.paths[packed->layer],
				   err);
	return nested_finish(&nested, unused, unused);
}

static int
take_packed(struct archive *archive, size_t layer, void *data,
	    struct balimg_error *err)
{
	struct packed *packed = data;

	packed->archive = archive;
	packed->layer = layer;
	return spill_layer(packed->spill, layer, &packed->maker, err);
}

static int
add_layers(struct delta_basis *basis, const struct packed *packed,
	   struct balimg_error *err)
{
	const struct bundle_member *config = packed->layers.config;
	json_auto_t *root = json_text_parse(config->text, config->text_len,
					    NULL, err);
	const json_t *ids = json_path_get(root, "rootfs.diff_ids");
	const json_t *id;
	size_t i;

	if (!root)
		return -1;
	if (json_array_size(ids) != packed->layers.count)
		return error_set(err, BALIMG_E_INVALID,
				 "has %zu layers, and the image %zu diff ids",
				 packed->layers.count, json_array_size(ids));
	if (make_room(basis, packed->layers.count, err) < 0)
		return -1;
	json_array_foreach(ids, i, id)
		if (add_layer(basis, "",
			      json_is_string(id) ? json_string_value(id) : "",
			      err) < 0)
			return -1;
	return 0;
}

static int
unpack(struct packed *packed, int fd, const char *want,
       struct balimg_error *err)
{
	const struct layers *layers = &packed->layers;

	packed->bundle.skim = true;
	packed->bundle.progress = packed->spill->progress;
	if (bundle_read(&packed->bundle, fd, err) < 0)
		return -1;
	if (!packed->bundle.docker)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "is no docker archive, nor an image");
	if (layers_find(&packed->bundle, &packed->layers, err) < 0 ||
	    check_id(layers->config->text, layers->config->text_len, want,
		     err) < 0 ||
	    add_layers(packed->spill->basis, packed, err) < 0)
		return -1;
	return layers_each(layers, fd, 0, 0, layers->count, take_packed,
			   packed, err);
}

static int
from_archive(struct spill *spill, int fd, const char *want,
	     struct balimg_error *err)
{
	struct packed packed = { .maker.make = make_packed, .spill = spill };
	int rc = unpack(&packed, fd, want, err);

	bundle_clear(&packed.bundle);
	return rc;
}

/* ---- from an image ------------------------------------------------- */

struct stored {
	struct docker_maker maker; /* first: makes a layer */
	struct volume *raw;
	struct hostapp_image image;
	const struct progress *progress;
	size_t layer;
};

static int
make_stored(struct docker_maker *maker, struct sink *sink,
	    struct balimg_error *err)
{
	struct stored *stored = (struct stored *)maker;

	return build_layer_again(stored->raw, &stored->image, stored->layer,
				 sink, stored->progress, err);
}

static int
collect(struct stored *stored, struct spill *spill, const char *want,
	struct balimg_error *err)
{
	const struct hostapp_image *image = &stored->image;
	size_t i;

	if (hostapp_image_read(stored->raw, &stored->image, err) < 0 ||
	    check_id(image->config, image->config_len, want, err) < 0 ||
	    make_room(spill->basis, image->count, err) < 0)
		return -1;
	for (i = 0; i < image->count; i++) {
		stored->layer = i;
		if (add_layer(spill->basis,
			      "sha256:", image->layers[i].diff_id, err) < 0 ||
		    spill_layer(spill, i, &stored->maker, err) < 0)
			return -1;
	}
	return 0;
}

static int
from_volume(struct spill *spill, struct volume *raw, const char *want,
	    struct balimg_error *err)
{
	struct stored stored = { .maker.make = make_stored,
				 .raw = raw,
				 .progress = spill->progress };
	int rc = collect(&stored, spill, want, err);

	hostapp_image_clear(&stored.image);
	return rc;
}

/* ---- together ------------------------------------------------------ */

int
delta_basis_open(struct delta_basis *basis, const struct build_basis *from,
		 const char *want, const char *folder,
		 const struct progress *progress, struct balimg_error *err)
{
	struct spill spill = { .head.write = write_spill,
			       .basis = basis,
			       .progress = progress };
	int rc;

	basis->fd = io_open_scratch(folder, err);
	if (basis->fd < 0)
		return -1;
	rc = from->raw ? from_volume(&spill, from->raw, want, err) :
			 from_archive(&spill, from->fd, want, err);
	if (rc < 0)
		return error_wrap(err, "its basis %s", from->name);
	basis->source = source_file_open(basis->fd, err);
	return basis->source ? 0 : -1;
}
