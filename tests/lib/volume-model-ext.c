/* volume-model-ext.c - the edits of the model that only ext has
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "volume-model-nodes.h"

/* Bytes that come by once. */
struct memory_stream {
	struct volume_stream head; /* first */
	const uint8_t *next;
};

static int
read_memory(struct volume_stream *stream, void *data, size_t len,
	    struct balimg_error *why)
{
	struct memory_stream *self = (struct memory_stream *)stream;

	(void)why;
	memcpy(data, self->next, len);
	self->next += len;
	return 0;
}

/* A name that is free, where there is room for one. */
static bool
is_free(const char *path)
{
	return !model_find(path) && model_count < MODEL_NODES_MAX &&
	       strlen(path) <= 1000;
}

static void
create_file(struct volume *vol, const char *path)
{
	static uint8_t data[MODEL_LARGE_MAX];
	static char value[1100];
	struct volume_xattr xattr = { (char[]){ "user.note" }, value,
				      pick(2) ? pick(sizeof(value)) : 0 };
	struct volume_xattrs xattrs = { 1, &xattr };
	struct volume_entry as = { .mode = (unsigned)pick(01000),
				   .uid = (uint32_t)pick(100000),
				   .modified = (time_t)pick(5000000000u) };
	struct memory_stream content = { .head = { .read = read_memory },
					 .next = data };
	size_t len = model_content(data);

	memset(value, 'v', sizeof(value));
	content.head.size = len;
	if (!is_free(path) ||
	    !model_done(volume_create(vol, path, &as,
				      xattr.len ? &xattrs : NULL,
				      &content.head, &err),
			"create", path))
		return;
	model_write(path, data, len);
	model_add(path, false);
}

static void
make_symlink(struct volume *vol, const char *path)
{
	struct volume_entry as = { .special = "symlink", .mode = 0777 };
	char target[900];
	size_t len = 1 + pick(pick(2) ? 80 : sizeof(target) - 1);

	memset(target, 't', len);
	target[len] = '\0';
	as.target = target;
	if (!is_free(path) ||
	    !model_done(volume_create(vol, path, &as, NULL, NULL, &err),
			"symlink", path))
		return;
	if (symlink(target, model_path(path)) < 0)
		die("model: %s", path);
	model_add(path, false);
	model_nodes[model_count - 1].link = true;
}

static void
make_hard_link(struct volume *vol, const char *path, const struct node *node)
{
	char old[8192];

	if (!node || !is_free(path) ||
	    !model_done(volume_link(vol, path, node->path, &err), "link",
			path))
		return;
	snprintf(old, sizeof(old), "%s", model_path(node->path));
	if (link(old, model_path(path)) < 0)
		die("model: %s", path);
	model_add(path, false);
}

/* All below it comes after it. */
static void
forget_tree(const char *path)
{
	size_t len = strlen(path);
	size_t i;

	for (i = model_count; i-- > 0;) {
		if (!strncmp(model_nodes[i].path, path, len) &&
		    model_nodes[i].path[len] == '/') {
			forget_tree(model_nodes[i].path);
			i = model_count;
		}
	}
	model_remove(model_find(path));
}

static void
remove_all(struct volume *vol, const struct node *node)
{
	AUTO_FREE char *path = node ? strdup(node->path) : NULL;

	if (!path)
		return;
	if (volume_remove_tree(vol, path, 0, &err) < 0)
		die("remove tree %s", path);
	forget_tree(path);
}

void
model_edit_ext(struct volume *vol, const char *path)
{
	switch (pick(12)) {
	case 0:
	case 1:
	case 2:
	case 3:
		create_file(vol, path);
		break;
	case 4:
	case 5:
	case 6:
		make_symlink(vol, path);
		break;
	case 7:
	case 8:
	case 9:
		make_hard_link(vol, path, model_pick(false));
		break;
	case 10:
		if (model_count)
			model_remove_one(vol, &model_nodes[pick(model_count)]);
		break;
	default:
		remove_all(vol, model_pick(true));
	}
}

void
model_compare_link(struct volume *vol, const struct node *node)
{
	struct volume_entry entry = { 0 };
	char target[1000];
	ssize_t len = readlink(model_path(node->path), target, sizeof(target));

	if (volume_stat_link(vol, node->path, &entry, &err) < 0)
		die("stat %s", node->path);
	if (!entry.target || len != (ssize_t)strlen(entry.target) ||
	    memcmp(target, entry.target, (size_t)len))
		die("%s says another thing", node->path);
	volume_entry_clear(&entry);
}
