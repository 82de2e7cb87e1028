/* guest-edit.c - files written by the kernel of the virtual machine
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The machine mounts a volume for reading only, so that nothing is replayed
 * or marked, until the first edit.  Then its kernel writes when it likes, and
 * all of it must be there when the volume is flushed.  It promises no order
 * that could be taken for epochs: the transaction is one.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "volume/guest-volume.h"

static int
call(struct volume *vol, uint32_t kind, const char *path, uint64_t a,
     uint64_t b, struct balimg_error *err)
{
	return guest_call_path(guest_of(vol)->guest, kind, guest_of(vol)->id,
			       path, a, b, err);
}

int
guest_begin_edit(struct volume *vol, struct balimg_error *err)
{
	if (guest_of(vol)->editing)
		return 0;
	guest_of(vol)->editing = true;
	return call(vol, GUEST_EDIT, "/", 0, 0, err);
}

/* What is there now: *@there, and if so, its size; it must be a regular
 * file. */
static int
look_at_old(struct volume *vol, const char *path, bool *there, uint64_t *size,
	    struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	struct volume_entry entry = { 0 };
	bool regular;

	*size = 0;
	*there = guest_stat(vol, path, &entry, &why) == 0;
	if (!*there)
		return error_is(&why, BALIMG_E_NOT_FOUND) ?
			       0 :
			       error_pass(err, &why);
	regular = !entry.directory && !entry.special;
	*size = entry.size;
	volume_entry_clear(&entry);
	if (regular)
		return 0;
	return error_set(err, BALIMG_E_USAGE, "not a regular file");
}

static int
is_same(struct volume *vol, const char *path, struct source *content,
	bool *same, struct balimg_error *err)
{
	AUTO_SOURCE struct source *old = guest_open_file(vol, path, err);

	return old ? volume_compare(old, content, same, err) : -1;
}

/* The kernel would say so too, but half way. */
int
guest_need_room(struct volume *vol, uint64_t old, uint64_t new,
		struct balimg_error *err)
{
	struct volume_space space;

	if (new <= old)
		return 0;
	if (guest_space(vol, &space, err) < 0)
		return -1;
	if (new - old <= space.free)
		return 0;
	return error_set(err, BALIMG_E_NO_SPACE,
			 "%llu bytes more are needed, %llu are free",
			 (unsigned long long)(new - old),
			 (unsigned long long)space.free);
}

static int
write_piece(struct volume *vol, const char *path, uint64_t offset,
	    struct source *content, uint64_t from, size_t len,
	    struct balimg_error *err)
{
	AUTO_MESSAGE struct guest_message reply = { 0 };
	size_t head = strlen(path) + 1;
	AUTO_FREE char *body = malloc(head + len);
	struct guest_message request = {
		.kind = GUEST_WRITE,
		.volume = guest_of(vol)->id,
		.a = offset,
		.len = (uint32_t)(head + len),
		.body = body,
	};

	if (!body)
		return error_nomem(err);
	memcpy(body, path, head);
	if (!content)
		memset(body + head, 0, len);
	else if (source_read(content, from, body + head, len, err) < 0)
		return -1;
	return guest_call(guest_of(vol)->guest, &request, &reply, err);
}

int
guest_write_range(struct volume *vol, const char *path, uint64_t offset,
		  struct source *content, uint64_t len,
		  struct balimg_error *err)
{
	uint64_t at;
	size_t now;

	for (at = 0; at < len; at += now) {
		now = len - at < GUEST_PIECE ? (size_t)(len - at) :
					       GUEST_PIECE;
		if (write_piece(vol, path, offset + at, content, at, now,
				err) < 0)
			return -1;
	}
	return 0;
}

/* Zeroes over the bytes of @path from @at to @end, on the disk, before they
 * become free.  A file system that never writes in place keeps the old ones
 * somewhere. */
static int
wipe(struct volume *vol, const char *path, uint64_t at, uint64_t end,
     struct balimg_error *err)
{
	if (at >= end)
		return 0;
	if (guest_write_range(vol, path, at, NULL, end - at, err) < 0)
		return -1;
	return call(vol, GUEST_SYNC, "/", 0, 0, err);
}

int
guest_write_from(struct volume *vol, const char *path, struct source *content,
		 unsigned flags, struct balimg_error *err)
{
	uint64_t size = source_size(content);
	uint64_t old;
	bool there, same;

	if (look_at_old(vol, path, &there, &old, err) < 0)
		return -1;
	if (there && old == size) {
		if (is_same(vol, path, content, &same, err) < 0)
			return -1;
		if (same)
			return 0;
	}
	if (guest_need_room(vol, old, size, err) < 0 ||
	    guest_begin_edit(vol, err) < 0)
		return -1;
	if (!there &&
	    call(vol, GUEST_CREATE, path, 0, (uint64_t)io_now(), err) < 0)
		return -1;
	if (guest_write_range(vol, path, 0, content, size, err) < 0)
		return -1;
	if (flags & VOLUME_WIPE_OLD && wipe(vol, path, size, old, err) < 0)
		return -1;
	return call(vol, GUEST_CUT, path, size, (uint64_t)io_now(), err);
}

int
guest_remove(struct volume *vol, const char *path, unsigned flags,
	     struct balimg_error *err)
{
	struct volume_entry entry = { 0 };
	bool directory, wiped;
	uint64_t size;

	if (!path[1])
		return error_set(err, BALIMG_E_REFUSED,
				 "the root directory stays");
	if (guest_stat_link(vol, path, &entry, err) < 0)
		return -1;
	directory = entry.directory;
	/* Another name of the file needs its content. */
	wiped = !directory && !entry.special && entry.links <= 1;
	size = entry.size;
	volume_entry_clear(&entry);
	if (guest_begin_edit(vol, err) < 0)
		return -1;
	if (flags & VOLUME_WIPE_OLD && wiped &&
	    wipe(vol, path, 0, size, err) < 0)
		return -1;
	return call(vol, GUEST_REMOVE, path, directory, (uint64_t)io_now(),
		    err);
}

int
guest_mkdir(struct volume *vol, const char *path, struct balimg_error *err)
{
	if (guest_begin_edit(vol, err) < 0)
		return -1;
	return call(vol, GUEST_MKDIR, path, 0, (uint64_t)io_now(), err);
}

int
guest_set_mode(struct volume *vol, const char *path, unsigned mode,
	       struct balimg_error *err)
{
	struct volume_entry entry = { 0 };
	bool same;

	if (guest_stat(vol, path, &entry, err) < 0)
		return -1;
	same = !entry.owned || entry.mode == mode;
	volume_entry_clear(&entry);
	if (same)
		return 0;
	if (guest_begin_edit(vol, err) < 0)
		return -1;
	return call(vol, GUEST_MODE, path, mode, 0, err);
}

int
guest_flush(struct volume *vol, struct balimg_error *err)
{
	if (!guest_of(vol)->editing)
		return 0;
	if (call(vol, GUEST_FLUSH, "/", 0, 0, err) < 0)
		return -1;
	return source_barrier(vol->source, err);
}
