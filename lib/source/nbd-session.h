/* nbd-session.h - what the files of the NBD server share
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Numbers are those of the NBD protocol, as its specification
 * (NetworkBlockDevice/nbd, doc/proto.md) gives them; all are big-endian.
 */
#ifndef BALIMG_SOURCE_NBD_SESSION_H
#define BALIMG_SOURCE_NBD_SESSION_H

#include "source/nbd-server.h"

#define NBD_PAYLOAD_MAX (4u * 1024u * 1024u) /* bytes of one request */

/* What the transmission may ask for. */
enum nbd_offers {
	NBD_HAS_FLAGS = 1 << 0,
	NBD_READ_ONLY = 1 << 1,
	NBD_SEND_FLUSH = 1 << 2,
	NBD_SEND_FUA = 1 << 3,
	NBD_SEND_TRIM = 1 << 5,
	NBD_SEND_WRITE_ZEROES = 1 << 6,
};

/* One client. */
struct nbd_session {
	struct nbd_server *server;
	struct source *source;
	int fd;
	uint16_t offers;
	char *payload; /* NBD_PAYLOAD_MAX bytes */
};

/* nbd-handshake.c: agree on what is served.  True if transmission begins;
 * false if the client left, or made no sense. */
bool nbd_handshake(struct nbd_session *session);

/* nbd-transmission.c: serve until the client leaves, or makes no sense. */
void nbd_transmission(struct nbd_session *session);

/* The source is the session's from here, false if it is to end, to there. */
bool nbd_server_enter(struct nbd_server *server);
void nbd_server_leave(struct nbd_server *server);

/* Keep the first error. */
void nbd_server_note_fault(struct nbd_server *server,
			   const struct balimg_error *why);

#endif /* BALIMG_SOURCE_NBD_SESSION_H */
