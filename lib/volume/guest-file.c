/* guest-file.c - the content of a file in a virtual machine, as a source
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "volume/guest-volume.h"

struct guest_file {
	struct source head;
	struct volume *vol;
	char *path;
};

static void
file_close(struct source *source)
{
	free(((struct guest_file *)source)->path);
	free(source);
}

static int
read_piece(const struct guest_file *file, uint64_t offset, void *data,
	   size_t len, struct balimg_error *err)
{
	AUTO_MESSAGE struct guest_message reply = { 0 };
	struct guest_message request = {
		.kind = GUEST_READ,
		.volume = guest_of(file->vol)->id,
		.a = offset,
		.b = len,
		.len = (uint32_t)strlen(file->path) + 1,
		.body = file->path,
	};

	if (guest_call(guest_of(file->vol)->guest, &request, &reply, err) < 0)
		return -1;
	if (reply.len != len)
		return error_set(err, BALIMG_E_IO, "the file is shorter");
	memcpy(data, reply.body, len);
	return 0;
}

static int
file_read(struct source *source, uint64_t offset, void *data, size_t len,
	  struct balimg_error *err)
{
	char *to = data;
	size_t now;

	for (; len; len -= now, to += now, offset += now) {
		now = len < GUEST_PIECE ? len : GUEST_PIECE;
		if (read_piece((struct guest_file *)source, offset, to, now,
			       err) < 0)
			return -1;
	}
	return 0;
}

static int
file_write(struct source *source, uint64_t offset, const void *data,
	   size_t len, struct balimg_error *err)
{
	const struct guest_file *file = (struct guest_file *)source;
	AUTO_SOURCE struct source *content = NULL;

	content = source_memory_open(data, len, err);
	if (!content || guest_begin_edit(file->vol, err) < 0)
		return -1;
	return guest_write_range(file->vol, file->path, offset, content, len,
				 err);
}

static int
file_zero(struct source *source, uint64_t offset, uint64_t len,
	  struct balimg_error *err)
{
	const struct guest_file *file = (struct guest_file *)source;

	if (guest_begin_edit(file->vol, err) < 0)
		return -1;
	return guest_write_range(file->vol, file->path, offset, NULL, len,
				 err);
}

/* The volume's flush is the barrier, of which a transaction needs one. */
static int
file_barrier(struct source *source, struct balimg_error *err)
{
	(void)source;
	(void)err;
	return 0;
}

static const struct source_ops file_ops = {
	.kind = "file in a virtual machine",
	.close = file_close,
	.read = file_read,
};

static const struct source_ops writable_file_ops = {
	.kind = "file in a virtual machine",
	.close = file_close,
	.read = file_read,
	.write = file_write,
	.zero = file_zero,
	.barrier = file_barrier,
};

struct source *
guest_open_file(struct volume *vol, const char *path, struct balimg_error *err)
{
	AUTO_SOURCE struct source *source = NULL;
	struct volume_entry entry = { 0 };
	struct guest_file *file;
	bool regular;

	if (guest_stat(vol, path, &entry, err) < 0)
		return NULL;
	regular = !entry.directory && !entry.special;
	file = regular ? calloc(1, sizeof(*file)) : NULL;
	if (file) {
		source = &file->head;
		source->ops = source_is_writable(vol->source) ?
				      &writable_file_ops :
				      &file_ops;
		source->size = entry.size;
		file->vol = vol;
		file->path = strdup(path);
	}
	volume_entry_clear(&entry);
	if (!regular)
		error_set(err, BALIMG_E_INVALID, "not a regular file");
	else if (!file || !file->path)
		error_nomem(err);
	return file && file->path ? STEAL(source) : NULL;
}
