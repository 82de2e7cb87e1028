/* guest.c - one virtual machine for all volumes of an image
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "volume/guest-volume.h"

#define HEAD 4096u /* bytes by which a partition is known again */

struct guest *
guest_new(struct source *image, struct plan *plan,
	  const struct progress *progress, struct balimg_error *err)
{
	struct guest *guest = calloc(1, sizeof(*guest));

	if (!guest) {
		error_nomem(err);
		return NULL;
	}
	guest->image = image;
	guest->plan = plan;
	guest->progress = progress;
	guest->line = -1;
	return guest;
}

static void
forget_key(struct guest *guest)
{
	if (guest->key)
		explicit_bzero(guest->key, guest->key_len);
	free(guest->key);
	guest->key = NULL;
}

void
guest_free(struct guest *guest)
{
	if (!guest)
		return;
	guest_end(guest);
	forget_key(guest);
	free(guest);
}

int
guest_set_key(struct guest *guest, const void *key, size_t len,
	      struct balimg_error *err)
{
	char *copy;

	if (!len || len > GUEST_KEY_MAX || memchr(key, '\0', len))
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "a key has 1 to %u bytes, none of them NUL",
				 GUEST_KEY_MAX);
	copy = malloc(len + 1);
	if (!copy)
		return error_nomem(err);
	memcpy(copy, key, len);
	copy[len] = '\0';
	forget_key(guest);
	guest->key = copy;
	guest->key_len = len;
	return 0;
}

bool
guest_has_key(const struct guest *guest)
{
	return guest->key != NULL;
}

/* Is what the machine calls the partition what we do?  Tables that are read
 * in two ways must not have us edit another partition. */
static int
check_place(struct source *source, const struct guest_message *reply,
	    struct balimg_error *err)
{
	char head[HEAD];
	size_t len = source_size(source) < HEAD ? (size_t)source_size(source) :
						  HEAD;
	size_t at = 0;

	if (!guest_text(reply, &at) || reply->len - at < len)
		return error_set(err, BALIMG_E_IO,
				 "balimg-guest gave no proper answer");
	if (source_read(source, 0, head, len, err) < 0)
		return -1;
	if (!memcmp(head, reply->body + at, len))
		return 0;
	return error_set(err, BALIMG_E_INVALID,
			 "the kernel of the virtual machine sees another "
			 "partition table");
}

struct volume *
guest_open_volume(struct guest *guest, unsigned number, struct source *source,
		  struct balimg_error *err)
{
	AUTO_MESSAGE struct guest_message reply = { 0 };
	struct guest_message request = {
		.kind = GUEST_ATTACH,
		.a = number,
		.b = source_size(source),
		.len = guest->key ? (uint32_t)guest->key_len + 1 : 0,
		.body = guest->key,
	};
	size_t at = 0;

	if (guest_start(guest, err) < 0 ||
	    guest_call(guest, &request, &reply, err) < 0 ||
	    check_place(source, &reply, err) < 0)
		return NULL;
	return guest_volume_new(guest, (uint32_t)reply.a,
				guest_text(&reply, &at), source, err);
}
