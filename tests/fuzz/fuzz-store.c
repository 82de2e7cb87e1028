/* fuzz-store.c - any files as the engine's store that holds the system
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The input is a root file system, its entries ended by a byte 0xff, of which
 * no text of a store has one: a letter for what it is, its path, a new line,
 * and its content, or what the link says.
 *
 *	d  directory		o  directory that hides what is below
 *	f  file			w  device 0,0, which hides a name
 *	l  symbolic link
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "balenaos/hostapp-image.h"
#include "balenaos/hostapp.h"
#include "fuzz.h"
#include "volume/volume-ops.h"

#define NODES  512u
#define VISITS 200u
#define DEPTH  6u
#define END    0xff

struct node {
	char kind;
	const char *path; /* with a slash before, and none behind */
	size_t path_len;
	const char *content;
	size_t len;
};

struct store {
	struct volume head; /* first */
	struct node nodes[NODES];
	size_t count;
};

/* A call that failed must have said why. */
static void
check(int result, struct balimg_error *err)
{
	must(result == 0 || err->code);
	error_clear(err);
}

/* ---- the volume ---------------------------------------------------- */

static const struct node *
find(struct volume *vol, const char *path, struct balimg_error *err)
{
	static const struct node top = { .kind = 'd', .path = "" };
	const struct store *store = (const struct store *)vol;
	size_t len = strlen(path), i;

	if (len == 1)
		return &top;
	for (i = 0; i < store->count; i++)
		if (store->nodes[i].path_len == len &&
		    !memcmp(store->nodes[i].path, path, len))
			return &store->nodes[i];
	error_set(err, BALIMG_E_NOT_FOUND, "is not there");
	return NULL;
}

static int
describe(const struct node *node, struct volume_entry *entry,
	 struct balimg_error *err)
{
	*entry = (struct volume_entry){
		.directory = node->kind == 'd' || node->kind == 'o',
		.special = node->kind == 'l' ? "symlink" :
			   node->kind == 'w' ? "character device" :
					       NULL,
		.size = node->kind == 'f' ? node->len : 0,
		.owned = true,
		.mode = 0755,
		.links = 1,
	};
	if (node->kind != 'l')
		return 0;
	entry->target = strndup(node->content, node->len);
	return entry->target ? 0 : error_nomem(err);
}

static int
store_stat(struct volume *vol, const char *path, struct volume_entry *entry,
	   struct balimg_error *err)
{
	const struct node *node = find(vol, path, err);

	if (!node || describe(node, entry, err) < 0)
		return -1;
	return volume_entry_name(entry, path, err);
}

static int
store_list(struct volume *vol, const char *path,
	   struct volume_listing *listing, struct balimg_error *err)
{
	const struct store *store = (const struct store *)vol;
	const struct node *folder = find(vol, path, err), *node;
	size_t len = folder ? folder->path_len : 0, i;
	struct volume_entry entry;
	char *name;

	if (!folder)
		return -1;
	for (i = 0; i < store->count; i++) {
		node = &store->nodes[i];
		if (node->path_len < len + 2 || node->path[len] != '/' ||
		    memcmp(node->path, folder->path, len) != 0 ||
		    memchr(node->path + len + 1, '/',
			   node->path_len - len - 1))
			continue;
		if (describe(node, &entry, err) < 0)
			return -1;
		name = strndup(node->path + len + 1, node->path_len - len - 1);
		if (!name ||
		    volume_listing_add(listing, name, &entry, err) < 0)
			return -1;
	}
	return 0;
}

static int
store_list_xattrs(struct volume *vol, const char *path,
		  struct volume_xattrs *xattrs, struct balimg_error *err)
{
	const struct node *node = find(vol, path, err);

	if (!node || node->kind != 'o')
		return node ? 0 : -1;
	return volume_xattrs_add(xattrs, "trusted.overlay.opaque", "y", 1,
				 err);
}

static struct source *
store_open_file(struct volume *vol, const char *path, struct balimg_error *err)
{
	const struct node *node = find(vol, path, err);

	if (node && node->kind == 'f')
		return source_memory_open(node->content, node->len, err);
	if (node)
		error_set(err, BALIMG_E_INVALID, "is no file");
	return NULL;
}

static const struct volume_ops ops = {
	.type = "store",
	.stat = store_stat,
	.stat_link = store_stat,
	.list = store_list,
	.list_xattrs = store_list_xattrs,
	.open_file = store_open_file,
};

/* ---- its entries --------------------------------------------------- */

/* Take in the @len bytes of one. */
static void
add_node(struct store *store, const char *text, size_t len)
{
	const char *line = memchr(text, '\n', len);
	struct node *node = &store->nodes[store->count];

	if (!line || line - text < 3 || text[1] != '/' || line[-1] == '/' ||
	    !strchr("dofwl", *text) || memchr(text, 0, (size_t)(line - text)))
		return;
	*node = (struct node){
		.kind = *text,
		.path = text + 1,
		.path_len = (size_t)(line - text) - 1,
		.content = line + 1,
		.len = (size_t)(text + len - line) - 1,
	};
	store->count++;
}

static void
read_nodes(struct store *store, const char *data, size_t size)
{
	const char *end;

	for (; size && store->count < NODES; data = end) {
		end = memchr(data, END, size);
		end = end ? end : data + size;
		add_node(store, data, (size_t)(end - data));
		size -= (size_t)(end - data);
		if (size) {
			end++;
			size--;
		}
	}
}

/* ---- looking ------------------------------------------------------- */

static void
look(struct volume *vol, const char *path, unsigned depth, unsigned *visits)
{
	AUTO_LISTING struct volume_listing listing = { 0 };
	AUTO_XATTRS struct volume_xattrs xattrs = { 0 };
	AUTO_FREE char *text = NULL;
	struct volume_entry entry;
	struct balimg_error err = { 0 };
	bool directory;
	size_t i, len;

	if (++*visits > VISITS || depth > DEPTH)
		return;
	check(volume_list_xattrs(vol, path, &xattrs, &err), &err);
	if (volume_stat(vol, path, &entry, &err) < 0) {
		check(-1, &err);
		return;
	}
	directory = entry.directory;
	volume_entry_clear(&entry);
	if (!directory) {
		check(volume_read_file(vol, path, 4096, &text, &len, &err),
		      &err);
		return;
	}
	check(volume_list(vol, path, &listing, &err), &err);
	for (i = 0; i < listing.count; i++) {
		AUTO_FREE char *below = NULL;
		const char *name = listing.entries[i].name;

		must(*name && strcmp(name, ".") && strcmp(name, "..") &&
		     !strchr(name, '/'));
		if (asprintf(&below, "%s/%s", path[1] ? path : "", name) < 0)
			abort();
		look(vol, below, depth + 1, visits);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct store store;
	AUTO_HOSTAPP_IMAGE struct hostapp_image image = { 0 };
	AUTO_VOLUME struct volume *view = NULL;
	AUTO_VOLUME struct volume *alone = NULL;
	struct balimg_error err = { 0 };
	unsigned visits = 0;

	store.head.ops = &ops;
	store.count = 0;
	read_nodes(&store, (const char *)data, size);
	check(hostapp_open(&store.head, &view, &err), &err);
	if (view)
		look(view, "/", 0, &visits);
	alone = hostapp_open_image(&store.head, &err);
	check(alone ? 0 : -1, &err);
	visits = 0;
	if (alone)
		look(alone, "/", 0, &visits);
	check(hostapp_image_read(&store.head, &image, &err), &err);
	return 0;
}
