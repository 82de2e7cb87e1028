/* nbd-transmission.c - the requests of an NBD client, answered in turn
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A request that names bytes beyond the end, or flags that it may not have,
 * is answered with an error.  One whose end in the stream cannot be known,
 * or that is longer than was offered, ends the connection.
 */
#include <config.h>

#include "base/bytes.h"
#include "base/io.h"
#include "source/nbd-session.h"

#define MAGIC_REQUEST 0x25609513u
#define MAGIC_ANSWER  0x67446698u

enum request_type {
	REQUEST_READ = 0,
	REQUEST_WRITE = 1,
	REQUEST_DISCONNECT = 2,
	REQUEST_FLUSH = 3,
	REQUEST_TRIM = 4,
	REQUEST_WRITE_ZEROES = 6,
};

enum request_flags {
	FLAG_FUA = 1 << 0,
	FLAG_NO_HOLE = 1 << 1,
};

/* What goes over the wire for an errno. */
enum answer_error {
	ANSWER_OK = 0,
	ANSWER_NOT_PERMITTED = 1,
	ANSWER_IO = 5,
	ANSWER_NO_MEMORY = 12,
	ANSWER_INVALID = 22,
	ANSWER_NO_SPACE = 28,
};

struct request {
	uint16_t flags;
	uint16_t type;
	uint8_t cookie[8]; /* the client's, comes back as it is */
	uint64_t offset;
	uint32_t len;
};

static enum answer_error
error_of(const struct balimg_error *why)
{
	switch (why->code) {
	case BALIMG_E_NO_SPACE:
		return ANSWER_NO_SPACE;
	case BALIMG_E_NO_MEMORY:
		return ANSWER_NO_MEMORY;
	default:
		return ANSWER_IO;
	}
}

/* May the request be carried out? */
static enum answer_error
judge(const struct nbd_session *session, const struct request *request)
{
	unsigned allowed = FLAG_FUA;
	bool writes = false;

	switch (request->type) {
	case REQUEST_READ:
		break;
	case REQUEST_FLUSH:
		return request->flags & ~allowed ? ANSWER_INVALID : ANSWER_OK;
	case REQUEST_WRITE_ZEROES:
		allowed |= FLAG_NO_HOLE;
		writes = true;
		break;
	case REQUEST_WRITE:
	case REQUEST_TRIM:
		writes = true;
		break;
	default:
		return ANSWER_INVALID;
	}
	if (request->flags & ~allowed)
		return ANSWER_INVALID;
	if (writes && session->offers & NBD_READ_ONLY)
		return ANSWER_NOT_PERMITTED;
	if (!range_within(request->offset, request->len,
			  source_size(session->source)))
		return writes ? ANSWER_NO_SPACE : ANSWER_INVALID;
	return ANSWER_OK;
}

static int
carry_out(const struct nbd_session *session, const struct request *request,
	  struct balimg_error *why)
{
	switch (request->type) {
	case REQUEST_READ:
		return source_read(session->source, request->offset,
				   session->payload, request->len, why);
	case REQUEST_WRITE:
		return source_write(session->source, request->offset,
				    session->payload, request->len, why);
	case REQUEST_WRITE_ZEROES:
		return source_zero(session->source, request->offset,
				   request->len, why);
	default:
		return 0; /* flush and trim: see nbd-server.h */
	}
}

static bool
send_answer(const struct nbd_session *session, const struct request *request,
	    enum answer_error error)
{
	uint8_t head[16];

	be32_put(head, MAGIC_ANSWER);
	be32_put(head + 4, error);
	memcpy(head + 8, request->cookie, sizeof(request->cookie));
	if (!io_send(session->fd, head, sizeof(head)))
		return false;
	if (request->type != REQUEST_READ || error)
		return true;
	return io_send(session->fd, session->payload, request->len);
}

static bool
serve(const struct nbd_session *session, const struct request *request)
{
	enum answer_error error = judge(session, request);
	struct balimg_error why = { 0 };

	if (error == ANSWER_OK) {
		if (!nbd_server_enter(session->server))
			return false;
		if (carry_out(session, request, &why) < 0) {
			nbd_server_note_fault(session->server, &why);
			error = error_of(&why);
		}
		nbd_server_leave(session->server);
	}
	return send_answer(session, request, error);
}

/* Receive a request, its payload included; false: this is the end. */
static bool
take_request(const struct nbd_session *session, struct request *request)
{
	uint8_t head[28];

	if (!io_receive(session->fd, head, sizeof(head), NULL, NULL) ||
	    be32_get(head) != MAGIC_REQUEST)
		return false;
	request->flags = be16_get(head + 4);
	request->type = be16_get(head + 6);
	memcpy(request->cookie, head + 8, sizeof(request->cookie));
	request->offset = be64_get(head + 16);
	request->len = be32_get(head + 24);

	if (request->type == REQUEST_DISCONNECT)
		return false;
	if (request->type != REQUEST_READ && request->type != REQUEST_WRITE)
		return true;
	if (request->len > NBD_PAYLOAD_MAX)
		return false;
	return request->type == REQUEST_READ ||
	       io_receive(session->fd, session->payload, request->len, NULL,
			  NULL);
}

void
nbd_transmission(struct nbd_session *session)
{
	struct request request;

	while (take_request(session, &request) && serve(session, &request))
		continue;
}
