/* tree-union.c - which files are there, when layers lie over each other
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "bundle/tree-union-private.h"

void
tree_union_free(struct tree_union *whole)
{
	if (!whole)
		return;
	free(whole->nodes);
	free(whole->heads);
	free(whole->links);
	free(whole->heirs);
	buffer_free(&whole->names);
	free(whole);
}

struct tree_union *
tree_union_new(struct balimg_error *err)
{
	AUTO_UNION struct tree_union *whole = calloc(1, sizeof(*whole));
	uint32_t root;

	if (!whole) {
		error_nomem(err);
		return NULL;
	}
	if (union_add(whole, ROOT, "", 0, &root, err) < 0)
		return NULL;
	return STEAL(whole);
}

/* ---- noting -------------------------------------------------------- */

enum whiteout
tree_whiteout(const char *path)
{
	size_t len;

	for (; (len = strcspn(path, "/"), path[len]); path += len + 1)
		if (!strncmp(path, ".wh.", 4))
			return WHITEOUT_OWN;
	if (strncmp(path, ".wh.", 4) != 0)
		return WHITEOUT_NONE;
	if (!strcmp(path, ".wh..wh..opq"))
		return WHITEOUT_OPAQUE;
	return !path[4] || !strncmp(path, ".wh..wh.", 8) ? WHITEOUT_OWN :
							   WHITEOUT_FILE;
}

/* Something of @layer is below @node: then that is a directory there. */
static int
enter(struct tree_union *whole, uint32_t node, int layer, const char *path,
      struct balimg_error *err)
{
	struct node *at = &whole->nodes[node];

	at->used = layer;
	if (at->layer == NONE || at->directory)
		return 0;
	if (at->layer == layer)
		return error_set(err, BALIMG_E_INVALID,
				 "%s lies below what is no directory", path);
	at->layer = NONE;
	return 0;
}

/* *@node: that of the first @len bytes of @path, made where there is none. */
static int
reach(struct tree_union *whole, const char *path, size_t len, int layer,
      uint32_t *node, struct balimg_error *err)
{
	const char *at = path;
	uint32_t child;
	size_t part;

	for (*node = ROOT; len; at += part, len -= part) {
		part = strcspn(at, "/");
		if (part > len)
			part = len;
		if (enter(whole, *node, layer, path, err) < 0)
			return -1;
		child = union_find_child(whole, *node, at, part);
		if (!child &&
		    union_add(whole, *node, at, part, &child, err) < 0)
			return -1;
		*node = child;
		part += part < len;
	}
	return 0;
}

static int
note_whiteout(struct tree_union *whole, const char *path, bool opaque,
	      int layer, struct balimg_error *err)
{
	const char *name = strrchr(path, '/');
	size_t len = name ? (size_t)(name - path) : 0;
	AUTO_BUFFER struct buffer gone = BUFFER_INIT;
	uint32_t node;

	name = name ? name + 1 : path;
	buffer_add(&gone, path, len);
	if (!opaque)
		buffer_printf(&gone, "%s%s", len ? "/" : "",
			      name + strlen(".wh."));
	if (gone.failed)
		return error_nomem(err);
	if (!union_find(whole, gone.data ? gone.data : "", gone.len, &node))
		return 0;
	whole->nodes[node].cut = layer;
	if (!opaque && whole->nodes[node].layer < layer)
		whole->nodes[node].layer = NONE;
	return 0;
}

/* Remember @node as a hard link, and which file it is. */
static int
note_link(struct tree_union *whole, uint32_t node, unsigned layer,
	  const struct tree_entry *entry, struct balimg_error *err)
{
	struct node *link = &whole->nodes[node];
	struct link *links = whole->links;
	const struct node *file;

	if (!union_find(whole, entry->target, strlen(entry->target),
			&link->file) ||
	    link->file == node ||
	    whole->nodes[link->file].layer != (int)layer ||
	    whole->nodes[link->file].directory)
		return error_set(err, BALIMG_E_INVALID,
				 "%s is another name of %s, which its layer "
				 "does not have before it",
				 entry->path, entry->target);
	file = &whole->nodes[link->file];
	link->link = true;
	link->file_at = file->link ? file->file_at : file->at;
	link->file = file->link ? file->file : link->file;
	if (whole->link_count == whole->link_room) {
		size_t room = whole->link_room ? 2 * whole->link_room : 64;

		links = realloc(links, room * sizeof(*links));
		if (!links)
			return error_nomem(err);
		whole->links = links;
		whole->link_room = room;
	}
	links[whole->link_count++] = (struct link){
		layer, node, link->at, link->file, link->file_at,
	};
	return 0;
}

int
tree_union_note(struct tree_union *whole, unsigned layer, uint32_t at,
		const struct tree_entry *entry, struct balimg_error *err)
{
	enum whiteout kind = tree_whiteout(entry->path);
	struct node *node;
	uint32_t place;

	if (kind == WHITEOUT_FILE || kind == WHITEOUT_OPAQUE)
		return note_whiteout(whole, entry->path,
				     kind == WHITEOUT_OPAQUE, (int)layer, err);
	if (reach(whole, entry->path, strlen(entry->path), (int)layer, &place,
		  err) < 0)
		return -1;
	node = &whole->nodes[place];
	node->directory = entry->type == TREE_DIRECTORY;
	if (!node->directory && (node->used == (int)layer || place == ROOT))
		return error_set(err, BALIMG_E_INVALID,
				 "%s is no directory, but its layer has files "
				 "below it",
				 entry->path);
	node->layer = (int)layer;
	node->at = at;
	node->unseen = kind == WHITEOUT_OWN;
	node->link = false;
	if (!node->directory)
		node->cut = (int)layer;
	return entry->type == TREE_HARDLINK ?
		       note_link(whole, place, layer, entry, err) :
		       0;
}

/* ---- asking -------------------------------------------------------- */

/* Did that entry make what is at @node in the end? */
static bool
is_there(const struct tree_union *whole, uint32_t node, unsigned layer,
	 uint32_t at)
{
	const struct node *now = &whole->nodes[node];

	if (now->layer != (int)layer || now->at != at || now->unseen)
		return false;
	while (node != ROOT) {
		node = whole->nodes[node].parent;
		if (whole->nodes[node].cut > (int)layer)
			return false;
	}
	return true;
}

static int
by_file(const void *a, const void *b)
{
	const struct link *one = a;
	const struct link *other = b;

	if (one->layer != other->layer)
		return one->layer < other->layer ? -1 : 1;
	if (one->file != other->file)
		return one->file < other->file ? -1 : 1;
	return one->file_at < other->file_at ? -1 :
					       one->file_at > other->file_at;
}

static int
by_file_and_age(const void *a, const void *b)
{
	const struct link *one = a;
	const struct link *other = b;
	int order = by_file(a, b);

	return order ? order : one->at < other->at ? -1 : one->at > other->at;
}

int
tree_union_settle(struct tree_union *whole, struct balimg_error *err)
{
	const struct link *link = whole->links;
	struct link *heirs;
	size_t i, kept = 0;

	if (!whole->link_count)
		return 0;
	heirs = calloc(whole->link_count, sizeof(*heirs));
	if (!heirs)
		return error_nomem(err);
	whole->heirs = heirs;
	for (i = 0; i < whole->link_count; i++, link++)
		if (is_there(whole, link->node, link->layer, link->at) &&
		    !is_there(whole, link->file, link->layer, link->file_at))
			heirs[whole->heir_count++] = *link;
	qsort(heirs, whole->heir_count, sizeof(*heirs), by_file_and_age);
	for (i = 0; i < whole->heir_count; i++)
		if (!kept || by_file(&heirs[kept - 1], &heirs[i]))
			heirs[kept++] = heirs[i];
	whole->heir_count = kept;
	return 0;
}

static const struct link *
find_heir(const struct tree_union *whole, unsigned layer, uint32_t file,
	  uint32_t file_at)
{
	const struct link key = { .layer = layer,
				  .file = file,
				  .file_at = file_at };

	return whole->heir_count ?
		       bsearch(&key, whole->heirs, whole->heir_count,
			       sizeof(key), by_file) :
		       NULL;
}

int
tree_union_see(struct tree_union *whole, unsigned layer, uint32_t at,
	       struct tree_entry *seen, bool *there, struct balimg_error *err)
{
	const struct link *heir;
	struct node *node;
	uint32_t place;

	*there = false;
	if (tree_whiteout(seen->path) == WHITEOUT_FILE ||
	    tree_whiteout(seen->path) == WHITEOUT_OPAQUE)
		return 0;
	if (!union_find(whole, seen->path, strlen(seen->path), &place))
		return error_set(err, BALIMG_E_INVALID,
				 "has changed while it was read");
	node = &whole->nodes[place];
	*there = is_there(whole, place, layer, at);
	if (!*there && seen->type != TREE_HARDLINK) {
		heir = find_heir(whole, layer, place, at);
		*there = heir != NULL;
		if (heir)
			seen->path = union_path(whole, heir->node,
						whole->path);
	} else if (*there && seen->type == TREE_HARDLINK) {
		heir = find_heir(whole, layer, node->file, node->file_at);
		*there = !heir || heir->node != place;
		seen->target = union_path(
			whole, heir ? heir->node : node->file, whole->target);
	}
	return 0;
}
