/* tree-bundle.c - the root file system that an update bundle holds
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * First the bundle's texts are read, which name its layers.  A bundle of one
 * layer is then walked once.  Of more, what is there in the end is only known
 * when all were seen: they are walked twice.
 */
#include <config.h>

#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "bundle/archive-calls.h"
#include "bundle/bundle-private.h"
#include "bundle/layers.h"
#include "bundle/nested.h"
#include "bundle/tree-tar.h"
#include "bundle/tree-union.h"

struct walk {
	int fd;
	off_t start; /* of the bundle */
	struct bundle bundle;
	struct layers layers;
	unsigned layer;		      /* that is being walked, */
	uint32_t at;		      /* and the number of its entry */
	struct tree_visitor *visitor; /* who gets the entries of a layer */
	/* As a visitor of its own, for what lies over each other. */
	struct tree_visitor merging;
	struct tree_visitor *outer;
	struct tree_union *whole;
	bool noting;
};

/* ---- the layers ---------------------------------------------------- */

static int
walk_layer(struct archive *archive, size_t layer, void *data,
	   struct balimg_error *err)
{
	struct walk *walk = data;
	const char *name = walk->layers.paths[layer];
	uint64_t done = 0;
	AUTO_NESTED struct nested nested = {
		.progress = walk->outer->progress,
		.done = &done,
		.tap = walk->visitor->plain,
	};
	uint8_t unused[SHA256_SIZE];
	struct archive *fault;

	walk->layer = (unsigned)layer;
	walk->at = 0;
	if (nested_open(&nested, archive, &fault, err) < 0)
		return -1;
	if (fault)
		return bundle_fail(fault, name, err);
	if (tree_walk_archive(nested.entries, name, walk->visitor, err) < 0)
		return -1;
	return nested.tap ? nested_finish(&nested, unused, unused) : 0;
}

static int
walk_layers(struct walk *walk, size_t first, size_t end,
	    struct balimg_error *err)
{
	return layers_each(&walk->layers, walk->fd, walk->start, first, end,
			   walk_layer, walk, err);
}

/* ---- laid over each other ------------------------------------------ */

static int
merge(struct tree_visitor *visitor, const struct tree_entry *entry,
      struct tree_content *content, struct balimg_error *err)
{
	struct walk *walk = (struct walk *)((char *)visitor -
					    offsetof(struct walk, merging));
	struct tree_entry seen = *entry;
	uint32_t at = walk->at++;
	bool there = tree_whiteout(entry->path) == WHITEOUT_NONE;

	if (walk->noting)
		return tree_union_note(walk->whole, walk->layer, at, entry,
				       err);
	if (walk->whole && tree_union_see(walk->whole, walk->layer, at, &seen,
					  &there, err) < 0)
		return -1;
	return there ? walk->outer->visit(walk->outer, &seen, content, err) :
		       0;
}

static int
merge_layers(struct walk *walk, struct balimg_error *err)
{
	AUTO_UNION struct tree_union *whole = NULL;
	size_t count = walk->layers.count;
	int rc;

	walk->visitor = &walk->merging;
	if (count <= 1)
		return walk_layers(walk, 0, count, err);
	whole = tree_union_new(err);
	if (!whole)
		return -1;
	walk->whole = whole;
	walk->noting = true;
	rc = walk_layers(walk, 0, count, err);
	walk->noting = false;
	if (rc < 0 || tree_union_settle(whole, err) < 0)
		return -1;
	return walk_layers(walk, 0, count, err);
}

/* ---- the bundle ---------------------------------------------------- */

static int
walk_root(struct walk *walk, struct balimg_error *err)
{
	if (io_rewind(walk->fd, walk->start, err) < 0)
		return -1;
	return tree_walk_tar(walk->fd, walk->outer, err);
}

static int
refuse_delta(const struct walk *walk, struct balimg_error *err)
{
	error_set(err, BALIMG_E_UNSUPPORTED,
		  "is a delta to image %s, and holds no whole files",
		  walk->layers.delta);
	return error_hint(err, "hup unpack and hup build take that image, or "
			       "a bundle of it, with --basis");
}

/* @index: of the layer that is wanted, or ALL. */
#define ALL SIZE_MAX

static int
walk_bundle(struct walk *walk, size_t index, struct balimg_error *err)
{
	walk->start = lseek(walk->fd, 0, SEEK_CUR);
	if (walk->start < 0)
		return io_rewind(walk->fd, 0, err);
	walk->bundle.skim = true;
	walk->bundle.progress = walk->outer->progress;
	if (bundle_read(&walk->bundle, walk->fd, err) < 0)
		return -1;
	if (!walk->bundle.docker && index == ALL)
		return walk_root(walk, err);
	if (!walk->bundle.docker)
		return error_set(err, BALIMG_E_NOT_FOUND,
				 "is no docker archive: it has no layers");
	if (layers_find(&walk->bundle, &walk->layers, err) < 0)
		return -1;
	if (index == ALL && *walk->layers.delta)
		return refuse_delta(walk, err);
	if (index == ALL)
		return merge_layers(walk, err);
	if (index >= walk->layers.count)
		return error_set(err, BALIMG_E_NOT_FOUND, "has %zu layers",
				 walk->layers.count);
	walk->visitor = walk->outer;
	return walk_layers(walk, index, index + 1, err);
}

static int
begin_walk(int fd, size_t index, struct tree_visitor *visitor,
	   struct balimg_error *err)
{
	locale_t before = archive_enter_locale();
	struct walk walk = {
		.fd = fd,
		.outer = visitor,
		.merging = { .visit = merge },
	};
	int rc = walk_bundle(&walk, index, err);

	bundle_clear(&walk.bundle);
	archive_leave_locale(before);
	return rc;
}

int
tree_walk_bundle(int fd, struct tree_visitor *visitor,
		 struct balimg_error *err)
{
	return begin_walk(fd, ALL, visitor, err);
}

int
tree_walk_layer(int fd, size_t index, struct tree_visitor *visitor,
		struct balimg_error *err)
{
	if (index == ALL)
		return error_set(err, BALIMG_E_NOT_FOUND, "has fewer layers");
	return begin_walk(fd, index, visitor, err);
}
