/* guest-volume.c - files by path, as the virtual machine reads them
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "volume/guest-volume.h"

static int
ask(struct volume *vol, uint32_t kind, const char *path,
    struct guest_message *reply, struct balimg_error *err)
{
	struct guest_message request = {
		.kind = kind,
		.volume = guest_of(vol)->id,
		.len = (uint32_t)strlen(path) + 1,
		.body = (char *)path,
	};

	return guest_call(guest_of(vol)->guest, &request, reply, err);
}

static void
close_volume(struct volume *vol)
{
	free(vol);
}

/* ---- looking ------------------------------------------------------- */

/* Owners and modes that the kernel makes up are not the volume's. */
static int
take_entry(struct volume *vol, const struct guest_message *reply, size_t *at,
	   struct volume_entry *entry, struct balimg_error *err)
{
	if (guest_entry_get(reply, at, entry, err) < 0)
		return -1;
	if (guest_of(vol)->owned)
		return 0;
	entry->owned = false;
	entry->mode = 0;
	entry->inode = 0;
	entry->links = 0;
	return 0;
}

static int
get_entry(struct volume *vol, uint32_t kind, const char *path,
	  struct volume_entry *entry, struct balimg_error *err)
{
	AUTO_MESSAGE struct guest_message reply = { 0 };
	size_t at = 0;

	if (ask(vol, kind, path, &reply, err) < 0)
		return -1;
	return take_entry(vol, &reply, &at, entry, err);
}

int
guest_stat(struct volume *vol, const char *path, struct volume_entry *entry,
	   struct balimg_error *err)
{
	return get_entry(vol, GUEST_STAT, path, entry, err);
}

int
guest_stat_link(struct volume *vol, const char *path,
		struct volume_entry *entry, struct balimg_error *err)
{
	return get_entry(vol, GUEST_STAT_LINK, path, entry, err);
}

static int
list(struct volume *vol, const char *path, struct volume_listing *listing,
     struct balimg_error *err)
{
	AUTO_MESSAGE struct guest_message reply = { 0 };
	struct volume_entry entry;
	size_t at = 0;

	if (ask(vol, GUEST_LIST, path, &reply, err) < 0)
		return -1;
	while (at < reply.len) {
		if (take_entry(vol, &reply, &at, &entry, err) < 0 ||
		    volume_listing_add(listing, entry.name, &entry, err) < 0)
			return -1;
	}
	return 0;
}

static int
list_xattrs(struct volume *vol, const char *path, struct volume_xattrs *xattrs,
	    struct balimg_error *err)
{
	AUTO_MESSAGE struct guest_message reply = { 0 };
	size_t at = 0;

	if (!guest_of(vol)->owned)
		return 0;
	if (ask(vol, GUEST_XATTRS, path, &reply, err) < 0)
		return -1;
	while (at < reply.len)
		if (guest_xattr_get(&reply, &at, xattrs, err) < 0)
			return -1;
	return 0;
}

int
guest_space(struct volume *vol, struct volume_space *space,
	    struct balimg_error *err)
{
	AUTO_MESSAGE struct guest_message reply = { 0 };

	if (ask(vol, GUEST_SPACE, "/", &reply, err) < 0)
		return -1;
	*space = (struct volume_space){
		.total = reply.a,
		.free = reply.b,
		.unit = reply.len >= 8 ? le64_get(reply.body) : 1,
	};
	return 0;
}

/* There is no bid: who opens it says so. */
static const struct volume_ops guest_ops = {
	.close = close_volume,
	.stat = guest_stat,
	.stat_link = guest_stat_link,
	.list = list,
	.list_xattrs = list_xattrs,
	.open_file = guest_open_file,
	.write_from = guest_write_from,
	.remove = guest_remove,
	.mkdir = guest_mkdir,
	.set_mode = guest_set_mode,
	.create = guest_create,
	.dress = guest_dress,
	.link = guest_link,
	.space = guest_space,
	.flush = guest_flush,
};

/* Does @type keep owners, or does the kernel make them up? */
static bool
has_owners(const char *type)
{
	return strcmp(type, "vfat") != 0 && strcmp(type, "exfat") != 0 &&
	       strcmp(type, "ntfs") != 0;
}

struct volume *
guest_volume_new(struct guest *guest, uint32_t id, const char *type,
		 struct source *source, struct balimg_error *err)
{
	struct guest_volume *vol = calloc(1, sizeof(*vol));

	if (!vol) {
		error_nomem(err);
		return NULL;
	}
	snprintf(vol->type, sizeof(vol->type), "%s", type);
	vol->owned = has_owners(type);
	vol->ops = guest_ops;
	vol->ops.type = vol->type;
	vol->head.ops = &vol->ops;
	vol->head.source = source;
	vol->guest = guest;
	vol->id = id;
	return &vol->head;
}
