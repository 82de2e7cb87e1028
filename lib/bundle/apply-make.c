/* apply-make.c - single files, folders and links of root's
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "base/io.h"
#include "bundle/apply-private.h"

int
apply_mkdir(struct volume *vol, const char *path, unsigned mode,
	    struct balimg_error *err)
{
	const struct volume_entry as = { .directory = true,
					 .mode = mode,
					 .modified = io_now() };

	return volume_create(vol, path, &as, NULL, NULL, err);
}

struct memory_stream {
	struct volume_stream head; /* first */
	const char *next;
};

static int
read_memory(struct volume_stream *stream, void *data, size_t len,
	    struct balimg_error *err)
{
	struct memory_stream *self = (struct memory_stream *)stream;

	(void)err;
	memcpy(data, self->next, len);
	self->next += len;
	return 0;
}

int
apply_put(struct volume *vol, const char *path, unsigned mode,
	  const void *data, size_t len, struct balimg_error *err)
{
	const struct volume_entry as = { .mode = mode, .modified = io_now() };
	struct memory_stream content = { { len, read_memory }, data };

	return volume_create(vol, path, &as, NULL, &content.head, err);
}

int
apply_link(struct volume *vol, const char *path, const char *target,
	   struct balimg_error *err)
{
	const struct volume_entry as = { .special = "symlink",
					 .mode = 0777,
					 .target = (char *)(uintptr_t)target,
					 .modified = io_now() };

	return volume_create(vol, path, &as, NULL, NULL, err);
}
