/* build-same.c - is a layer's file what the tar file has?
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * When the engine unpacks a name of a file that is there, it gives the file
 * the owner and mode of that header, too, whereby the kernel takes away its
 * capability (createTarFile() in pkg/archive, and chown(2)).  So of a file
 * with several names the last header tells owner and mode, and a capability
 * may be missing.
 */
#include <config.h>

#include <string.h>

#include "bundle/build-layer.h"

#define OVERLAY	   "trusted.overlay."
#define CAPABILITY "security.capability"

static const struct volume_xattr *
find_xattr(const struct volume_xattrs *xattrs, const char *name)
{
	size_t i;

	for (i = 0; i < xattrs->count; i++)
		if (!strcmp(xattrs->xattrs[i].name, name))
			return &xattrs->xattrs[i];
	return NULL;
}

/* How many of @xattrs @among has, too; *@others: how many it has not, those of
 * the layers left aside. */
static size_t
count_shared(const struct volume_xattrs *xattrs,
	     const struct volume_xattrs *among, size_t *others)
{
	const struct volume_xattr *one, *other;
	size_t shared = 0, i;

	*others = 0;
	for (i = 0; i < xattrs->count; i++) {
		one = &xattrs->xattrs[i];
		other = find_xattr(among, one->name);
		if (other && other->len == one->len &&
		    !memcmp(other->value, one->value, one->len))
			shared++;
		else if (strncmp(one->name, OVERLAY, strlen(OVERLAY)) != 0)
			++*others;
	}
	return shared;
}

bool
build_has_same_xattrs(const struct volume_entry *entry,
		      const struct volume_xattrs *xattrs,
		      const struct tree_entry *in_tar)
{
	size_t others, shared = count_shared(xattrs, in_tar->xattrs, &others);
	size_t want = in_tar->xattrs->count;

	if (in_tar->type == TREE_HARDLINK)
		return shared == want;
	if (!entry->directory && entry->links > 1 &&
	    find_xattr(in_tar->xattrs, CAPABILITY) &&
	    !find_xattr(xattrs, CAPABILITY))
		want--;
	return !others && shared == want;
}

static bool
has_same_owner(const struct volume_entry *entry,
	       const struct tree_entry *in_tar)
{
	return (tree_type_of(entry) == TREE_SYMLINK ||
		entry->mode == in_tar->mode) &&
	       entry->uid == in_tar->uid && entry->gid == in_tar->gid;
}

bool
build_is_same(const struct volume_entry *entry,
	      const struct tree_entry *in_tar)
{
	enum tree_type type = tree_type_of(entry);

	if (in_tar->type == TREE_HARDLINK)
		return entry->links > 1 && has_same_owner(entry, in_tar);
	if (type != in_tar->type || ((entry->directory || entry->links < 2) &&
				     !has_same_owner(entry, in_tar)))
		return false;
	if (type == TREE_SYMLINK)
		return entry->target && in_tar->target &&
		       !strcmp(entry->target, in_tar->target);
	return entry->size == in_tar->size && entry->major == in_tar->major &&
	       entry->minor == in_tar->minor;
}

bool
build_is_implied(const struct tree_entry *entry)
{
	static const struct volume_xattrs none;
	static const struct volume_entry plain = { .directory = true };
	const struct tree_entry bare = { .type = TREE_DIRECTORY,
					 .xattrs = &none };

	return entry->type == TREE_DIRECTORY && entry->mode == 0755 &&
	       !entry->uid && !entry->gid &&
	       build_has_same_xattrs(&plain, entry->xattrs, &bare);
}
