/* guest-call.h - the library's end of the line to balimg-guest
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_VOLUME_GUEST_CALL_H
#define BALIMG_VOLUME_GUEST_CALL_H

#include <sys/types.h>

#include "source/nbd-server.h"
#include "volume/guest-wire.h"
#include "volume/guest.h"

struct guest {
	struct source *image; /* lent, as what follows */
	struct plan *plan;
	const struct progress *progress;
	char *key; /* NULL: none */
	size_t key_len;

	char *folder;		   /* for sockets and scratch files */
	struct nbd_server *server; /* NULL: not started */
	pid_t pid;		   /* of balimg-guest; 0: does not run */
	int line;		   /* the socket to it, or -1 */
	bool over;		   /* it ran, and will not again */
};

/* Start the machine unless it runs. */
int guest_start(struct guest *guest, struct balimg_error *err) MUST_USE;

/* Ask, and get the reply, which the caller clears.  Fails if the machine
 * says that the request did; ends it if there is no answer in time, or the
 * progress says stop. */
int guest_call(struct guest *guest, const struct guest_message *request,
	       struct guest_message *reply, struct balimg_error *err) MUST_USE;

/* The same for a request about @path, with the reply thrown away. */
int guest_call_path(struct guest *guest, uint32_t kind, uint32_t volume,
		    const char *path, uint64_t a, uint64_t b,
		    struct balimg_error *err) MUST_USE;

/* End the machine, and what it needed. */
void guest_end(struct guest *guest);

#endif /* BALIMG_VOLUME_GUEST_CALL_H */
