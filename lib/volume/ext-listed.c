/* ext-listed.c - the names of the directory that was listed last
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who walks a volume lists a directory and then asks for each of its files by
 * path; libext2fs would search every block of every directory on the way,
 * and verify their sums, each time anew.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "volume/ext.h"

static int
by_name(const void *a, const void *b)
{
	const struct ext_name *one = a;
	const struct ext_name *other = b;

	return strcmp(one->name, other->name);
}

void
ext_listed_forget(struct ext_listed *listed)
{
	size_t i;

	for (i = 0; i < listed->count; i++)
		free(listed->names[i].name);
	free(listed->names);
	free(listed->path);
	*listed = (struct ext_listed){ 0 };
}

/* Copy the names; false if there is no memory for them. */
static bool
copy_names(struct ext_listed *listed, const struct volume_listing *listing)
{
	const struct volume_entry *entry = listing->entries;

	for (; listed->count < listing->count; listed->count++, entry++) {
		listed->names[listed->count] = (struct ext_name){
			.name = strdup(entry->name),
			.ino = (ext2_ino_t)entry->inode,
		};
		if (!listed->names[listed->count].name)
			return false;
	}
	qsort(listed->names, listed->count, sizeof(*listed->names), by_name);
	return true;
}

void
ext_listed_keep(struct ext_listed *listed, const char *path, ext2_ino_t dir,
		const struct volume_listing *listing)
{
	ext_listed_forget(listed);
	if (!listing->count)
		return;
	listed->dir = dir;
	listed->path = strdup(path);
	listed->names = calloc(listing->count, sizeof(*listed->names));
	if (!listed->path || !listed->names || !copy_names(listed, listing))
		ext_listed_forget(listed);
}

bool
ext_listed_find(const struct ext_listed *listed, const char *path,
		struct ext_place *place)
{
	const char *name = strrchr(path, '/') + 1;
	size_t len = (size_t)(name - path) - 1;
	const struct ext_name *found;

	/* "/etc" is what "/etc/passwd" is in, "/" what "/etc" is. */
	if (!listed->path || !*name || strlen(name) > EXT2_NAME_LEN ||
	    strncmp(listed->path, path, len ? len : 1) != 0 ||
	    listed->path[len ? len : 1])
		return false;
	found = bsearch(&(struct ext_name){ .name = (char *)(uintptr_t)name },
			listed->names, listed->count, sizeof(*found), by_name);
	if (!found)
		return false;
	place->dir = listed->dir;
	place->ino = found->ino;
	memcpy(place->name, name, strlen(name) + 1);
	return true;
}
