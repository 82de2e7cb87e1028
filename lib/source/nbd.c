/* nbd.c - the disk behind an NBD server, by libnbd
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <errno.h>

#include <libnbd.h>

#include "base/module.h"
#include "source/nbd.h"

#define PIECE (UINT64_C(4) << 20) /* bytes a request, at most */
#define MAP_LENGTH                                                \
	(UINT64_C(1) << 31) /* bytes whose state is asked at once \
			     */

struct nbd {
	struct source head;
	struct nbd_handle *handle;
	struct process_server server;
	bool mapped; /* the server tells what is stored */
};

static int
fail(const char *what, struct balimg_error *err)
{
	const char *why = nbd_get_error();

	if (nbd_get_errno() == ENOMEM)
		return error_nomem(err);
	return error_set(err,
			 nbd_get_errno() == ENOSPC ? BALIMG_E_NO_SPACE :
						     BALIMG_E_IO,
			 "the disk image cannot be %s: %s", what,
			 why ? why : "no reason is given");
}

static void
client_close(struct source *source)
{
	struct nbd *nbd = (struct nbd *)source;

	nbd_close(nbd->handle);
	process_server_end(&nbd->server);
	free(nbd);
}

static size_t
piece_of(uint64_t len)
{
	return (size_t)(len < PIECE ? len : PIECE);
}

static int
client_read(struct source *source, uint64_t offset, void *data, size_t len,
	    struct balimg_error *err)
{
	const struct nbd *nbd = (struct nbd *)source;
	char *to = data;
	size_t now;

	for (; len; len -= now, to += now, offset += now) {
		now = piece_of(len);
		if (nbd_pread(nbd->handle, to, now, offset, 0) < 0)
			return fail("read", err);
	}
	return 0;
}

static int
client_write(struct source *source, uint64_t offset, const void *data,
	     size_t len, struct balimg_error *err)
{
	const struct nbd *nbd = (struct nbd *)source;
	const char *from = data;
	size_t now;

	for (; len; len -= now, from += now, offset += now) {
		now = piece_of(len);
		if (nbd_pwrite(nbd->handle, from, now, offset, 0) < 0)
			return fail("written", err);
	}
	return 0;
}

static int
client_zero(struct source *source, uint64_t offset, uint64_t len,
	    struct balimg_error *err)
{
	const struct nbd *nbd = (struct nbd *)source;
	size_t now;

	for (; len; len -= now, offset += now) {
		now = piece_of(len);
		if (nbd_zero(nbd->handle, now, offset, 0) < 0)
			return fail("written", err);
	}
	return 0;
}

static int
client_barrier(struct source *source, struct balimg_error *err)
{
	const struct nbd *nbd = (struct nbd *)source;

	return nbd_flush(nbd->handle, 0) < 0 ? fail("synced", err) : 0;
}

/* The first of the extents that the server tells of. */
static int
take_extent(void *data, const char *context, uint64_t offset,
	    uint32_t *entries, size_t count, int *error)
{
	struct extent *extent = data;

	(void)context; /* only one was asked for */
	(void)error;
	if (offset != extent->offset || count < 2 || !entries[0])
		return 0;
	if (extent->len > entries[0])
		extent->len = entries[0];
	if (!(entries[1] & LIBNBD_STATE_ZERO))
		extent->kind = EXTENT_DATA;
	else
		extent->kind = entries[1] & LIBNBD_STATE_HOLE ? EXTENT_HOLE :
								EXTENT_ZERO;
	return 0;
}

static int
client_extents(struct source *source, uint64_t offset, struct extent *extent,
	       struct balimg_error *err)
{
	const struct nbd *nbd = (struct nbd *)source;
	nbd_extent_callback callback = {
		.callback = take_extent,
		.user_data = extent,
	};
	uint64_t len = nbd->head.size - offset;

	*extent = (struct extent){
		.offset = offset,
		.len = len < MAP_LENGTH ? len : MAP_LENGTH,
		.kind = EXTENT_DATA,
	};
	if (nbd->mapped && nbd_block_status(nbd->handle, extent->len, offset,
					    callback, 0) < 0)
		return fail("read", err);
	return 0;
}

static const struct source_ops reader_ops = {
	.kind = "disk image",
	.close = client_close,
	.read = client_read,
	.extents = client_extents,
};

static const struct source_ops writer_ops = {
	.kind = "disk image",
	.close = client_close,
	.read = client_read,
	.write = client_write,
	.zero = client_zero,
	.barrier = client_barrier,
	.extents = client_extents,
};

static int
connect_to(struct nbd *nbd, int socket, struct balimg_error *err)
{
	int64_t size;

	if (nbd_add_meta_context(nbd->handle, LIBNBD_CONTEXT_BASE_ALLOCATION) <
		    0 ||
	    nbd_connect_socket(nbd->handle, socket) < 0)
		return fail("opened", err);
	size = nbd_get_size(nbd->handle);
	if (size < 0)
		return fail("opened", err);
	nbd->head.size = (uint64_t)size;
	nbd->mapped = nbd_can_meta_context(nbd->handle,
					   LIBNBD_CONTEXT_BASE_ALLOCATION) > 0;
	return 0;
}

static struct source *
client_open(int socket, struct process_server server, bool write,
	    struct balimg_error *err)
{
	struct nbd *nbd = calloc(1, sizeof(*nbd));

	if (nbd)
		nbd->handle = nbd_create();
	if (!nbd || !nbd->handle) {
		close(socket);
		process_server_end(&server);
		free(nbd);
		error_nomem(err);
		return NULL;
	}
	nbd->head.ops = write ? &writer_ops : &reader_ops;
	nbd->server = server;
	if (connect_to(nbd, socket, err) < 0) {
		client_close(&nbd->head);
		return NULL;
	}
	return &nbd->head;
}

static int
client_finish(struct source *source, struct balimg_error *err)
{
	struct nbd *nbd = (struct nbd *)source;

	if (nbd_flush(nbd->handle, 0) < 0 || nbd_shutdown(nbd->handle, 0) < 0)
		return fail("closed", err);
	if (!process_server_wait(&nbd->server))
		return error_set(
			err, BALIMG_E_IO,
			"qemu-nbd failed as it closed the disk image");
	return 0;
}

static const struct nbd_calls calls = {
	.open = client_open,
	.finish = client_finish,
};
MODULE_DOOR(nbd, &calls);
