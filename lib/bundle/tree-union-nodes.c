/* tree-union-nodes.c - the paths that the layers have, as nodes
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Found by a hash of their parent and their name.
 */
#include <config.h>

#include <string.h>

#include "bundle/bundle-private.h"
#include "bundle/tree-union-private.h"

#define NAMES (256u << 20) /* bytes of names, in all */

static uint32_t
hash(uint32_t parent, const char *name, size_t len)
{
	uint32_t sum = 2166136261u ^ parent;

	while (len--)
		sum = (sum ^ (uint8_t)*name++) * 16777619u;
	return sum ^ sum >> 15;
}

static const char *
node_name(const struct tree_union *whole, uint32_t node)
{
	return whole->names.data + whole->nodes[node].name;
}

/* Twice as much room, and all nodes in their lists again. */
static int
grow(struct tree_union *whole, struct balimg_error *err)
{
	uint32_t room = whole->room ? 2 * whole->room : 1024;
	struct node *nodes = realloc(whole->nodes, room * sizeof(*nodes));
	uint32_t *heads = nodes ? calloc(room, sizeof(*heads)) : NULL;
	uint32_t i, *head;

	if (nodes)
		whole->nodes = nodes;
	if (!heads)
		return error_nomem(err);
	free(whole->heads);
	whole->heads = heads;
	whole->room = room;
	for (i = 1; i < whole->count; i++) {
		const char *name = node_name(whole, i);

		head = &heads[hash(nodes[i].parent, name, strlen(name)) &
			      (room - 1)];
		nodes[i].next = *head;
		*head = i;
	}
	return 0;
}

int
union_add(struct tree_union *whole, uint32_t parent, const char *name,
	  size_t len, uint32_t *node, struct balimg_error *err)
{
	uint32_t *head;

	if (whole->count == 4 * TREE_ENTRIES || whole->names.len > NAMES)
		return error_set(err, BALIMG_E_INVALID,
				 "the layers have too many files");
	if (whole->count == whole->room && grow(whole, err) < 0)
		return -1;
	*node = whole->count;
	head = &whole->heads[hash(parent, name, len) & (whole->room - 1)];
	whole->nodes[*node] = (struct node){
		.name = (uint32_t)whole->names.len,
		.parent = parent,
		.next = *head,
		.layer = NONE,
		.cut = NONE,
		.used = NONE,
	};
	buffer_add(&whole->names, name, len);
	buffer_add(&whole->names, "", 1);
	if (whole->names.failed)
		return error_nomem(err);
	if (*node != ROOT)
		*head = *node;
	whole->count++;
	return 0;
}

uint32_t
union_find_child(const struct tree_union *whole, uint32_t parent,
		 const char *name, size_t len)
{
	uint32_t at =
		whole->heads[hash(parent, name, len) & (whole->room - 1)];

	for (; at; at = whole->nodes[at].next)
		if (whole->nodes[at].parent == parent &&
		    !strncmp(node_name(whole, at), name, len) &&
		    !node_name(whole, at)[len])
			return at;
	return 0;
}

bool
union_find(const struct tree_union *whole, const char *path, size_t len,
	   uint32_t *node)
{
	size_t part;

	for (*node = ROOT; len; path += part, len -= part) {
		part = strcspn(path, "/");
		if (part > len)
			part = len;
		*node = union_find_child(whole, *node, path, part);
		if (!*node)
			return false;
		part += part < len;
	}
	return true;
}

const char *
union_path(const struct tree_union *whole, uint32_t node, char room[TREE_PATH])
{
	char *at = room + TREE_PATH - 1;
	const char *name;
	size_t len;

	*at = '\0';
	for (; node != ROOT; node = whole->nodes[node].parent) {
		if (*at)
			*--at = '/';
		name = node_name(whole, node);
		len = strlen(name);
		at -= len;
		memcpy(at, name, len);
	}
	return at;
}
