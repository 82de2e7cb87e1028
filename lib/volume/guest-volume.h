/* guest-volume.h - a volume that the virtual machine has open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_VOLUME_GUEST_VOLUME_H
#define BALIMG_VOLUME_GUEST_VOLUME_H

#include "volume/guest-call.h"
#include "volume/volume-ops.h"

struct guest_volume {
	struct volume head;
	struct volume_ops ops; /* with the type of this one */
	char type[16];
	struct guest *guest;
	uint32_t id;
	bool owned;   /* files have owners and modes */
	bool editing; /* is mounted for writing, and may have been written */
};

static inline struct guest_volume *
guest_of(struct volume *vol)
{
	return (struct guest_volume *)vol;
}

/* The volume that @guest knows by @id, a file system of @type (copied). */
struct volume *guest_volume_new(struct guest *guest, uint32_t id,
				const char *type, struct source *source,
				struct balimg_error *err) MUST_USE;

/* guest-edit.c: is there room for @new bytes in place of @old? */
int guest_need_room(struct volume *vol, uint64_t old, uint64_t new,
		    struct balimg_error *err) MUST_USE;

/* guest-edit.c: before the first edit; @len bytes of @content, or zeroes for
 * NULL, to @offset of @path. */
int guest_begin_edit(struct volume *vol, struct balimg_error *err) MUST_USE;
int guest_write_range(struct volume *vol, const char *path, uint64_t offset,
		      struct source *content, uint64_t len,
		      struct balimg_error *err) MUST_USE;

/* guest-volume.c: calls of the engine that the edits need, too. */
int guest_stat(struct volume *vol, const char *path,
	       struct volume_entry *entry, struct balimg_error *err) MUST_USE;
int guest_stat_link(struct volume *vol, const char *path,
		    struct volume_entry *entry, struct balimg_error *err)
	MUST_USE;
int guest_space(struct volume *vol, struct volume_space *space,
		struct balimg_error *err) MUST_USE;

/* guest-file.c */
struct source *guest_open_file(struct volume *vol, const char *path,
			       struct balimg_error *err) MUST_USE;

/* guest-edit.c: calls of the engine. */
int guest_write_from(struct volume *vol, const char *path,
		     struct source *content, unsigned flags,
		     struct balimg_error *err) MUST_USE;
int guest_remove(struct volume *vol, const char *path, unsigned flags,
		 struct balimg_error *err) MUST_USE;
int guest_mkdir(struct volume *vol, const char *path, struct balimg_error *err)
	MUST_USE;
int guest_set_mode(struct volume *vol, const char *path, unsigned mode,
		   struct balimg_error *err) MUST_USE;
int guest_flush(struct volume *vol, struct balimg_error *err) MUST_USE;

/* guest-make.c: calls of the engine. */
int guest_create(struct volume *vol, const char *path,
		 const struct volume_entry *as,
		 const struct volume_xattrs *xattrs,
		 struct volume_stream *content, struct balimg_error *err)
	MUST_USE;
int guest_dress(struct volume *vol, const char *path,
		const struct volume_entry *as,
		const struct volume_xattrs *xattrs, struct balimg_error *err)
	MUST_USE;
int guest_link(struct volume *vol, const char *path, const char *existing,
	       struct balimg_error *err) MUST_USE;

#endif /* BALIMG_VOLUME_GUEST_VOLUME_H */
