/* apply-layer.c - a hostapp's layers, and what the engine notes of them
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/gzip.h"
#include "base/io.h"
#include "bundle/apply-private.h"
#include "bundle/tar-cut.h"

#define LINK_LEN 26 /* of what stands for a long path in overlay2 */

/* Letters and digits of base 32, as the engine takes them. */
static void
make_link(const char *id, char name[LINK_LEN + 1])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint8_t sum[SHA256_SIZE];
	size_t i;

	digest_sha256(id, strlen(id), sum);
	for (i = 0; i < LINK_LEN; i++)
		name[i] = digits[sum[i] % 32];
	name[LINK_LEN] = '\0';
}

/* ---- the layers' files --------------------------------------------- */

/* What the engine keeps beside a layer of overlay2; @at: its index, or count
 * for the container's own. */
static int
put_overlay2(const struct apply_store *store, const char *id, size_t at,
	     struct balimg_error *err)
{
	AUTO_BUFFER struct buffer lower = BUFFER_INIT;
	AUTO_FREE char *path = NULL;
	AUTO_BUFFER struct buffer target = BUFFER_INIT;
	char name[LINK_LEN + 1];
	size_t i;

	make_link(id, name);
	buffer_printf(&target, "../%s/diff", id);
	for (i = at; i-- > 0;) {
		char below[LINK_LEN + 1];

		make_link(store->layers[i].cache_id, below);
		buffer_printf(&lower, "%sl/%s", lower.len ? ":" : "", below);
	}
	if (target.failed || lower.failed)
		return error_nomem(err);
	path = apply_store_path(store, err, "overlay2/l/%s", name);
	if (!path ||
	    apply_link(store->apply->root, path, target.data, err) < 0 ||
	    apply_store_mkdir(store, 0710, err, "overlay2/%s", id) < 0 ||
	    apply_store_mkdir(store, 0755, err, "overlay2/%s/diff", id) < 0 ||
	    apply_store_put(store, 0644, name, err, "overlay2/%s/link", id) <
		    0)
		return -1;
	if (at < store->count &&
	    apply_store_put(store, 0600, "", err, "overlay2/%s/committed",
			    id) < 0)
		return -1;
	if (!at)
		return 0;
	if (apply_store_put(store, 0644, lower.data, err, "overlay2/%s/lower",
			    id) < 0)
		return -1;
	return apply_store_mkdir(store, 0700, err, "overlay2/%s/work", id);
}

static int
put_aufs(const struct apply_store *store, const char *id, size_t at,
	 struct balimg_error *err)
{
	AUTO_BUFFER struct buffer below = BUFFER_INIT;
	size_t i;

	for (i = at; i-- > 0;)
		buffer_printf(&below, "%s\n", store->layers[i].cache_id);
	if (below.failed)
		return error_nomem(err);
	if (apply_store_mkdir(store, 0755, err, "aufs/diff/%s", id) < 0 ||
	    apply_store_mkdir(store, 0755, err, "aufs/mnt/%s", id) < 0)
		return -1;
	return apply_store_put(store, 0644, below.len ? below.data : "", err,
			       "aufs/layers/%s", id);
}

int
apply_put_driver(const struct apply_store *store, const char *id, size_t at,
		 struct balimg_error *err)
{
	return (apply_store_is_aufs(store) ? put_aufs :
					     put_overlay2)(store, id, at, err);
}

/* ---- a layer's records --------------------------------------------- */

/* Where a layer's tar file goes: hashed, and taken apart. */
struct tap {
	struct sink head; /* first */
	struct sink *cut;
	struct digest digest;
};

static int
write_tap(struct sink *sink, const void *data, size_t len,
	  struct balimg_error *err)
{
	struct tap *tap = (struct tap *)sink;

	digest_add(&tap->digest, data, len);
	return sink_write(tap->cut, data, len, err);
}

static int
check_layer(const struct apply_layer *layer, struct tap *tap,
	    struct balimg_error *err)
{
	uint8_t sum[SHA256_SIZE];
	char hex[APPLY_ID];

	digest_finish(&tap->digest, sum);
	digest_hex(sum, sizeof(sum), hex);
	if (!strcmp(layer->diff_id + strlen("sha256:"), hex))
		return 0;
	return error_set(err, BALIMG_E_INVALID,
			 "the bundle has changed while it was read");
}

/* Let the layer's files come by, its tar file's other bytes going to
 * @lines. */
static int
unpack_layer(struct apply_store *store, size_t at, struct sink *lines,
	     struct balimg_error *err)
{
	AUTO_TAR_CUT struct tar_cut *cut = tar_cut_open(lines, err);
	struct apply_layer *layer = &store->layers[at];
	struct apply *apply = store->apply;
	struct tap tap = { .head = { .write = write_tap } };
	AUTO_FREE char *diff = NULL;
	struct apply_nodes nodes;
	uint64_t entries, bytes;

	if (!cut)
		return -1;
	diff = apply_store_is_aufs(store) ?
		       apply_store_path(store, err, "aufs/diff/%s",
					layer->cache_id) :
		       apply_store_path(store, err, "overlay2/%s/diff",
					layer->cache_id);
	if (!diff)
		return -1;
	tap.cut = tar_cut_sink(cut);
	digest_begin(&tap.digest, DIGEST_SHA256);
	apply_nodes_begin(&nodes, apply->root, diff,
			  apply_store_is_aufs(store) ? FORM_AUFS :
						       FORM_OVERLAY2);
	nodes.visitor.plain = &tap.head;
	nodes.visitor.progress = apply->wish->progress;
	if (apply_rewind(apply, err) < 0 ||
	    apply->archive->walk_layer(apply->wish->fd, at, &nodes.visitor,
				       err) < 0 ||
	    check_layer(layer, &tap, err) < 0 ||
	    tar_cut_finish(cut, &entries, &bytes, err) < 0)
		return -1;
	/* Two readers must have seen the same files. */
	if (entries != nodes.entries || bytes != nodes.contents)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "the layer's tar file is of a kind that is "
				 "not understood");
	layer->size = nodes.size;
	apply->files += nodes.files;
	apply->bytes += nodes.size;
	return 0;
}

/* Write what @scratch holds as the layer's tar-split file. */
static int
put_split(const struct apply_store *store, const struct apply_layer *layer,
	  int scratch, struct balimg_error *err)
{
	AUTO_SOURCE struct source *content = source_file_open(scratch, err);
	AUTO_FREE char *path = NULL;

	path = apply_store_path(
		store, err, "image/%s/layerdb/sha256/%s/tar-split.json.gz",
		store->driver, layer->chain_id + strlen("sha256:"));
	if (!content || !path)
		return -1;
	return volume_write_from(store->apply->root, path, content, 0, err);
}

static int
put_records(const struct apply_store *store, size_t at,
	    struct balimg_error *err)
{
	const struct apply_layer *layer = &store->layers[at];
	const char *chain = layer->chain_id + strlen("sha256:");
	const char *driver = store->driver;
	char size[24];

	snprintf(size, sizeof(size), "%llu", (unsigned long long)layer->size);
	if (apply_store_put(store, 0644, layer->diff_id, err,
			    "image/%s/layerdb/sha256/%s/diff", driver,
			    chain) < 0 ||
	    apply_store_put(store, 0644, size, err,
			    "image/%s/layerdb/sha256/%s/size", driver,
			    chain) < 0 ||
	    apply_store_put(store, 0644, layer->cache_id, err,
			    "image/%s/layerdb/sha256/%s/cache-id", driver,
			    chain) < 0)
		return -1;
	if (!at)
		return 0;
	return apply_store_put(store, 0644, store->layers[at - 1].chain_id,
			       err, "image/%s/layerdb/sha256/%s/parent",
			       driver, chain);
}

int
apply_install_layer(struct apply_store *store, size_t at,
		    struct balimg_error *err)
{
	AUTO_FD int scratch = io_open_scratch(NULL, err);
	struct apply_layer *layer = &store->layers[at];
	struct sink_file file = sink_to_file(scratch);
	AUTO_GZIP struct gzip *gzip = NULL;

	if (scratch < 0)
		return -1;
	gzip = gzip_open(&file.head, 0, err);
	if (!gzip || apply_put_driver(store, layer->cache_id, at, err) < 0 ||
	    apply_store_mkdir(store, 0755, err, "image/%s/layerdb/sha256/%s",
			      store->driver,
			      layer->chain_id + strlen("sha256:")) < 0 ||
	    unpack_layer(store, at, gzip_sink(gzip), err) < 0 ||
	    gzip_finish(gzip, err) < 0 || put_records(store, at, err) < 0)
		return -1;
	return put_split(store, layer, scratch, err);
}
