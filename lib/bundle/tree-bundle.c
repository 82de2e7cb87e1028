/* tree-bundle.c - the root file system that an update bundle holds
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * First the bundle's texts are read, which name its layers.  A bundle of one
 * layer is then walked once.  Of more, what is there in the end is only known
 * when all were seen: they are walked twice.  Layers may be stored in any
 * order, so a walk takes as many readings of the bundle as the order asks for.
 */
#include <config.h>

#include <string.h>
#include <unistd.h>

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
	/* What is done with the layers, from ->next to ->end. */
	size_t next, end;
	struct tree_visitor *visitor; /* who gets the entries of a layer */
	/* As a visitor of its own, for what lies over each other. */
	struct tree_visitor merging;
	struct tree_visitor *outer;
	struct tree_union *whole;
	bool noting;
	uint32_t at;
};

/* ---- the layers ---------------------------------------------------- */

static int
walk_layer(struct walk *walk, struct archive *archive,
	   struct balimg_error *err)
{
	const char *name = walk->layers.paths[walk->next];
	uint64_t done = 0;
	AUTO_NESTED struct nested nested = {
		.progress = walk->outer->progress,
		.done = &done,
		.tap = walk->visitor->plain,
	};
	uint8_t unused[SHA256_SIZE];
	struct archive *fault;

	walk->at = 0;
	if (nested_open(&nested, archive, &fault, err) < 0)
		return -1;
	if (fault)
		return bundle_fail(fault, name, err);
	if (tree_walk_archive(nested.entries, name, walk->visitor, err) < 0 ||
	    (nested.tap && nested_finish(&nested, unused, unused) < 0))
		return -1;
	walk->next++;
	return 0;
}

/* One reading takes the layers that come in their order. */
static int
pass_member(struct archive *archive, struct archive_entry *entry, size_t at,
	    void *data, struct balimg_error *err)
{
	struct walk *walk = data;

	(void)entry;
	if (at != walk->layers.members[walk->next])
		return 0;
	if (walk_layer(walk, archive, err) < 0)
		return -1;
	return walk->next == walk->end;
}

static int
rewind_bundle(struct walk *walk, struct balimg_error *err)
{
	if (lseek(walk->fd, walk->start, SEEK_SET) < 0)
		return error_sys(err, "it cannot be read twice");
	return 0;
}

static int
walk_layers(struct walk *walk, size_t first, size_t end,
	    struct balimg_error *err)
{
	size_t before;

	walk->next = first;
	walk->end = end;
	while (walk->next < end) {
		before = walk->next;
		if (rewind_bundle(walk, err) < 0 ||
		    bundle_each_member(walk->fd, pass_member, walk, err) < 0)
			return -1;
		if (walk->next == before)
			return error_set(err, BALIMG_E_INVALID,
					 "has changed while it was read");
	}
	return 0;
}

/* ---- laid over each other ------------------------------------------ */

static int
merge(struct tree_visitor *visitor, const struct tree_entry *entry,
      struct tree_content *content, struct balimg_error *err)
{
	struct walk *walk = (struct walk *)((char *)visitor -
					    offsetof(struct walk, merging));
	struct tree_entry seen = *entry;
	unsigned layer = (unsigned)walk->next;
	uint32_t at = walk->at++;
	bool there = tree_whiteout(entry->path) == WHITEOUT_NONE;

	if (walk->noting)
		return tree_union_note(walk->whole, layer, at, entry, err);
	if (walk->whole &&
	    tree_union_see(walk->whole, layer, at, &seen, &there, err) < 0)
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
	if (rewind_bundle(walk, err) < 0)
		return -1;
	return tree_walk_tar(walk->fd, walk->outer, err);
}

/* @index: of the layer that is wanted, or ALL. */
#define ALL SIZE_MAX

static int
walk_bundle(struct walk *walk, size_t index, struct balimg_error *err)
{
	walk->start = lseek(walk->fd, 0, SEEK_CUR);
	if (walk->start < 0)
		return error_sys(err, "it cannot be read twice");
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
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "is a difference to image %s, and holds no "
				 "whole files",
				 walk->layers.delta);
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
