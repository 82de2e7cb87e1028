/* tree-met.c - the files that a walk has met
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "bundle/tree-met.h"

static bool
is_before(const struct tree_met_file *file, uint64_t device, uint64_t inode)
{
	return file->device != device ? file->device < device :
					file->inode < inode;
}

/* Where the file is among those met, or would be. */
static size_t
find(const struct tree_met *met, uint64_t device, uint64_t inode)
{
	size_t low = 0;
	size_t high = met->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (is_before(&met->files[middle], device, inode))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int
make_room(struct tree_met *met, struct balimg_error *err)
{
	size_t room = met->room ? 2 * met->room : 64;
	struct tree_met_file *files;

	if (met->count < met->room)
		return 0;
	files = realloc(met->files, room * sizeof(*files));
	if (!files)
		return error_nomem(err);
	met->files = files;
	met->room = room;
	return 0;
}

int
tree_met_add(struct tree_met *met, uint64_t device, uint64_t inode,
	     const char *path, const char **first, struct balimg_error *err)
{
	size_t at = find(met, device, inode);
	char *copy;

	*first = NULL;
	if (at < met->count && met->files[at].device == device &&
	    met->files[at].inode == inode) {
		*first = met->files[at].path;
		return 0;
	}
	if (make_room(met, err) < 0)
		return -1;
	copy = strdup(path);
	if (!copy)
		return error_nomem(err);
	memmove(met->files + at + 1, met->files + at,
		(met->count - at) * sizeof(*met->files));
	met->files[at] = (struct tree_met_file){ device, inode, copy };
	met->count++;
	return 0;
}

void
tree_met_clear(struct tree_met *met)
{
	size_t i;

	for (i = 0; i < met->count; i++)
		free(met->files[i].path);
	free(met->files);
}
