/* nbd.h - the disk behind an NBD server
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * libnbd is linked to a module, so that only disk images of virtual machines
 * pay for loading it (it brings libxml2 and GnuTLS with it).  The module has
 * just the client; the server is started by disk-image.c.
 */
#ifndef BALIMG_SOURCE_NBD_H
#define BALIMG_SOURCE_NBD_H

#include "base/process.h"
#include "source/source.h"

/* What the module "nbd" has. */
struct nbd_calls {
	/* The disk that the server at the other end of @socket exports
	 * without a name.  Both are taken: the server ends with the source.
	 * Calls of other threads wait for each other.
	 * Only with @write the source is writable. */
	struct source *(*open)(int socket, struct process_server server,
			       bool write, struct balimg_error *err);
	/* Have the server write all that it still holds, and end.  Nothing is
	 * left then but closing the source. */
	int (*finish)(struct source *source, struct balimg_error *err);
};

#endif /* BALIMG_SOURCE_NBD_H */
