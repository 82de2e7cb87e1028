/* guest-wire.h - what the library and balimg-guest say to each other
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * One request, one reply, over a pair of sockets, between two halves of one
 * build.  A message is a head of five numbers and a body.  In a body, text
 * ends with NUL.
 */
#ifndef BALIMG_VOLUME_GUEST_WIRE_H
#define BALIMG_VOLUME_GUEST_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "volume/volume.h"

#define GUEST_PIECE    (1024u * 1024u) /* bytes read or written at once */
#define GUEST_BODY_MAX (64u * 1024u * 1024u) /* bytes: a huge directory */
#define GUEST_KEY_MAX  4096u		     /* bytes */

enum guest_request {
	GUEST_LAUNCH,	 /* body: the NBD socket; reply: a: emulated */
	GUEST_ATTACH,	 /* a: partition number, 0: the disk; b: its size;
			    body: a key, or nothing; reply: a: its id; body:
			    what file system it is */
	GUEST_STAT,	 /* body: path; reply: an entry */
	GUEST_STAT_LINK, /* the same, not following the last name */
	GUEST_LIST,	 /* body: path; reply: entries */
	GUEST_XATTRS,	 /* body: path; reply: attributes */
	GUEST_READ,	 /* body: path; a: offset; b: length; reply: bytes */
	GUEST_SPACE,	 /* reply: a: total, b: free; body: unit, 8 bytes */
	GUEST_EDIT,	 /* what follows will change the volume */
	GUEST_CREATE,	 /* body: path; b: time of change; an empty file */
	GUEST_WRITE,	 /* body: path and bytes; a: offset */
	GUEST_CUT,	 /* body: path; a: new size; b: time of change */
	GUEST_SYNC,	 /* what was written is on the disk */
	GUEST_REMOVE,	 /* body: path; a: is a directory; b: time of change */
	GUEST_MKDIR,	 /* body: path; b: time of change */
	GUEST_MODE,	 /* body: path; a: permission bits */
	GUEST_MAKE,	 /* body: path, entry; an empty node of that kind */
	GUEST_DRESS,	 /* body: path, entry, attributes; all that it has */
	GUEST_LINK,	 /* body: path, existing path; one more name */
	GUEST_FLUSH,	 /* all volumes: done with, until the next request */
};

struct guest_message {
	uint32_t kind;	 /* enum guest_request; a reply: enum balimg_code */
	uint32_t volume; /* id */
	uint64_t a, b;
	uint32_t len; /* of the body */
	char *body;   /* a NUL follows it; the receiver frees */
};

void guest_message_clear(struct guest_message *message);
#define AUTO_MESSAGE __attribute__((cleanup(guest_message_clear)))

/* Send all of @message; false if nobody takes it. */
bool guest_send(int fd, const struct guest_message *message);

/* Receive one; before each wait, @wait (may be NULL) is asked whether there
 * is something.  False if the other side is gone, @wait said so, the message
 * makes no sense, or memory ran out. */
bool guest_receive(int fd, struct guest_message *message,
		   bool (*wait)(void *data), void *data);

/* The text at *@at of @message, which ends with NUL; *@at is moved behind.
 * NULL if there is none. */
const char *guest_text(const struct guest_message *message, size_t *at);

/* All of st_mode for @entry, which tells of what kind it is. */
unsigned guest_entry_mode(const struct volume_entry *entry);

/* An entry's form in a body; @mode is all of st_mode. */
void guest_entry_put(struct buffer *body, const struct volume_entry *entry,
		     unsigned mode);
int guest_entry_get(const struct guest_message *message, size_t *at,
		    struct volume_entry *entry, struct balimg_error *err)
	MUST_USE;

/* An extended attribute's. */
void guest_xattr_put(struct buffer *body, const char *name, const void *value,
		     size_t len);
int guest_xattr_get(const struct guest_message *message, size_t *at,
		    struct volume_xattrs *xattrs, struct balimg_error *err)
	MUST_USE;

#endif /* BALIMG_VOLUME_GUEST_WIRE_H */
