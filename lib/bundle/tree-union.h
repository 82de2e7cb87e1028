/* tree-union.h - which files are there, when layers lie over each other
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The layers are noted from the lowest up, entry by entry; afterwards each
 * entry can be asked for.  A whiteout takes away what lower layers have of its
 * name, an opaque directory what they have in it, and what is no directory
 * hides what was in one of its name (OCI image-spec, layer.md).  A hard link
 * names a file of its own layer, which may itself be hidden: then the first
 * name that is not becomes the file.  A path takes some 60 bytes.
 */
#ifndef BALIMG_BUNDLE_TREE_UNION_H
#define BALIMG_BUNDLE_TREE_UNION_H

#include "bundle/tree.h"

struct tree_union;

struct tree_union *tree_union_new(struct balimg_error *err) MUST_USE;
void tree_union_free(struct tree_union *whole);
DEFINE_AUTO(tree_union, tree_union_free)
#define AUTO_UNION __attribute__((cleanup(cleanup_tree_union)))

/* Note entry number @at of @layer; both only grow, from 0. */
int tree_union_note(struct tree_union *whole, unsigned layer, uint32_t at,
		    const struct tree_entry *entry, struct balimg_error *err)
	MUST_USE;

/* Once, when all are noted, before any is asked for. */
int tree_union_settle(struct tree_union *whole, struct balimg_error *err)
	MUST_USE;

/* Is that entry, which was noted, there in the end?  @seen is a copy of it to
 * be changed: of a file that lost its name, the path is another, lent until
 * the next call, as is the target of a hard link to one. */
int tree_union_see(struct tree_union *whole, unsigned layer, uint32_t at,
		   struct tree_entry *seen, bool *there,
		   struct balimg_error *err) MUST_USE;

/* What a path means in a layer, by the parts that begin with ".wh.". */
enum whiteout {
	WHITEOUT_NONE,	 /* itself */
	WHITEOUT_FILE,	 /* that lower layers' file is gone */
	WHITEOUT_OPAQUE, /* that what they have in its directory is gone */
	WHITEOUT_OWN,	 /* nothing: the engine keeps it for itself */
};
enum whiteout tree_whiteout(const char *path);

#endif /* BALIMG_BUNDLE_TREE_UNION_H */
