/* tree-union-private.h - the paths that the layers have, as nodes
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A node is a path; it remembers the topmost entry that made it, and the
 * topmost layer that cut off what lower ones have below it.  An entry is there
 * if it is its node's and no node above was cut off by a later layer.
 */
#ifndef BALIMG_BUNDLE_TREE_UNION_PRIVATE_H
#define BALIMG_BUNDLE_TREE_UNION_PRIVATE_H

#include "base/buffer.h"
#include "bundle/tree-tar.h"
#include "bundle/tree-union.h"

#define ROOT 0u
#define NONE (-1) /* no layer */

struct node {
	uint32_t name; /* where it is in ->names */
	uint32_t parent;
	uint32_t next; /* of those with the same hash; 0: the last */
	uint32_t at;   /* the entry of ->layer that made it */
	int layer;     /* or NONE */
	int cut;       /* what lower layers have below is gone */
	int used;      /* the last layer that has something below */
	bool directory;
	bool unseen;	  /* of the engine's own */
	bool link;	  /* a hard link: */
	uint32_t file;	  /* the node that the file had, */
	uint32_t file_at; /* and its entry, in the same layer */
};

/* A hard link. */
struct link {
	unsigned layer;
	uint32_t node, at;
	uint32_t file, file_at;
};

struct tree_union {
	struct node *nodes;
	uint32_t count, room;
	uint32_t *heads; /* of the hash's lists; as many as ->room */
	struct buffer names;
	struct link *links; /* in the order they came */
	size_t link_count, link_room;
	struct link *heirs; /* the first to be seen of those whose file is not;
			       in the order of by_file() */
	size_t heir_count;
	char path[TREE_PATH], target[TREE_PATH]; /* lent */
};

/* A new node in @parent, called by the @len bytes of @name; the first of all
 * is ROOT. */
int union_add(struct tree_union *whole, uint32_t parent, const char *name,
	      size_t len, uint32_t *node, struct balimg_error *err) MUST_USE;

/* The node of that name in @parent; 0 if there is none. */
uint32_t union_find_child(const struct tree_union *whole, uint32_t parent,
			  const char *name, size_t len);

/* *@node: that of @path, whose first @len bytes count; false if there is
 * none. */
bool union_find(const struct tree_union *whole, const char *path, size_t len,
		uint32_t *node);

/* The path of @node, written into @room, lent. */
const char *union_path(const struct tree_union *whole, uint32_t node,
		       char room[TREE_PATH]);

#endif /* BALIMG_BUNDLE_TREE_UNION_PRIVATE_H */
