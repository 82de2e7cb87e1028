/* nbd-server.h - lets a program on this machine read and write a source
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A thread serves the source by the NBD protocol on a Unix socket in a
 * private folder, to one client at a time.  A source belongs to one thread
 * at a time, and between two calls of the client's owner that is not the
 * server's: it serves requests only while the source is lent to it, and lets
 * the client wait else.
 *
 * A flush, or a write that is to be durable, is answered once all writes
 * before it are done.  It begins no epoch: what is committed is committed
 * whole, so that only the owner's own source_barrier() counts.  What a client
 * trims keeps its bytes.
 */
#ifndef BALIMG_SOURCE_NBD_SERVER_H
#define BALIMG_SOURCE_NBD_SERVER_H

#include "source/source.h"

struct nbd_server;

/* Serve @source (lent) on the socket @path, in a folder that only this user
 * can enter.  Nothing is lent to the server yet. */
struct nbd_server *nbd_server_start(struct source *source, const char *path,
				    struct balimg_error *err) MUST_USE;

/* End the connection and the thread, remove the socket; NULL is allowed. */
void nbd_server_stop(struct nbd_server *server);
DEFINE_AUTO(nbd_server, nbd_server_stop)
#define AUTO_NBD_SERVER __attribute__((cleanup(cleanup_nbd_server)))

/* Lend the source to the server's thread; take it back, which waits for the
 * request under way. */
void nbd_server_lend(struct nbd_server *server);
void nbd_server_take_back(struct nbd_server *server);

/* The first failure of the source while it served, which the client knows
 * only as an I/O error: -1 with @err set, or 0. */
int nbd_server_fault(struct nbd_server *server, struct balimg_error *err)
	MUST_USE;

#endif /* BALIMG_SOURCE_NBD_SERVER_H */
