/* guest-make.c - any kind of node, made by the kernel of the virtual machine
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "volume/guest-volume.h"

/* Ask for @kind, the body being @path and what is in @rest. */
static int
ask(struct volume *vol, uint32_t kind, const char *path,
    const struct buffer *rest, uint64_t a, struct balimg_error *err)
{
	AUTO_MESSAGE struct guest_message reply = { 0 };
	AUTO_BUFFER struct buffer body = BUFFER_INIT;
	struct guest_message request = {
		.kind = kind,
		.volume = guest_of(vol)->id,
		.a = a,
	};

	buffer_add(&body, path, strlen(path) + 1);
	buffer_add(&body, rest->data, rest->len);
	if (rest->failed || body.failed)
		return error_nomem(err);
	request.body = body.data;
	request.len = (uint32_t)body.len;
	return guest_call(guest_of(vol)->guest, &request, &reply, err);
}

static void
put_entry(struct buffer *body, const struct volume_entry *as)
{
	struct volume_entry entry = *as;

	entry.name = (char *)"";
	guest_entry_put(body, &entry, guest_entry_mode(as));
}

static int
write_stream(struct volume *vol, const char *path,
	     struct volume_stream *content, struct balimg_error *err)
{
	AUTO_FREE char *piece = malloc(GUEST_PIECE);
	uint64_t at;
	size_t now;

	if (!piece)
		return error_nomem(err);
	for (at = 0; at < content->size; at += now) {
		AUTO_BUFFER struct buffer bytes = BUFFER_INIT;

		now = content->size - at < GUEST_PIECE ?
			      (size_t)(content->size - at) :
			      GUEST_PIECE;
		if (content->read(content, piece, now, err) < 0)
			return -1;
		buffer_add(&bytes, piece, now);
		if (ask(vol, GUEST_WRITE, path, &bytes, at, err) < 0)
			return -1;
	}
	return 0;
}

static int
check_new(struct volume *vol, const char *path, const struct volume_entry *as,
	  struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	struct volume_entry entry = { 0 };

	if (as->special && !guest_of(vol)->owned)
		return error_set(
			err, BALIMG_E_UNSUPPORTED,
			"is a %s, which an %s file system cannot hold",
			as->special, guest_of(vol)->type);
	if (guest_stat_link(vol, path, &entry, &why) < 0)
		return error_is(&why, BALIMG_E_NOT_FOUND) ?
			       0 :
			       error_pass(err, &why);
	volume_entry_clear(&entry);
	return error_set(err, BALIMG_E_REFUSED, "exists already");
}

int
guest_create(struct volume *vol, const char *path,
	     const struct volume_entry *as, const struct volume_xattrs *xattrs,
	     struct volume_stream *content, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer entry = BUFFER_INIT;

	if (check_new(vol, path, as, err) < 0 ||
	    guest_need_room(vol, 0, content ? content->size : 0, err) < 0 ||
	    guest_begin_edit(vol, err) < 0)
		return -1;
	put_entry(&entry, as);
	if (ask(vol, GUEST_MAKE, path, &entry, 0, err) < 0 ||
	    (content && write_stream(vol, path, content, err) < 0))
		return -1;
	return guest_of(vol)->owned ? guest_dress(vol, path, as, xattrs, err) :
				      0;
}

int
guest_dress(struct volume *vol, const char *path,
	    const struct volume_entry *as, const struct volume_xattrs *xattrs,
	    struct balimg_error *err)
{
	AUTO_BUFFER struct buffer body = BUFFER_INIT;
	size_t i;

	if (!guest_of(vol)->owned)
		return 0;
	if (guest_begin_edit(vol, err) < 0)
		return -1;
	put_entry(&body, as);
	for (i = 0; xattrs && i < xattrs->count; i++)
		guest_xattr_put(&body, xattrs->xattrs[i].name,
				xattrs->xattrs[i].value,
				xattrs->xattrs[i].len);
	return ask(vol, GUEST_DRESS, path, &body, 0, err);
}

int
guest_link(struct volume *vol, const char *path, const char *existing,
	   struct balimg_error *err)
{
	AUTO_BUFFER struct buffer name = BUFFER_INIT;

	if (check_new(vol, path, &(struct volume_entry){ 0 }, err) < 0 ||
	    guest_begin_edit(vol, err) < 0)
		return -1;
	buffer_add(&name, existing, strlen(existing) + 1);
	return ask(vol, GUEST_LINK, path, &name, 0, err);
}
