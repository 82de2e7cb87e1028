/* nbd-handshake.c - an NBD client and the server agree on what is served
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fixed newstyle only.  There is one export, without a name.  The client
 * haggles by options; what we do not know is declined, what cannot be right
 * ends the connection.
 */
#include <config.h>

#include "base/bytes.h"
#include "base/io.h"
#include "source/nbd-session.h"

#define MAGIC_HEAD     0x4e42444d41474943u /* "NBDMAGIC" */
#define MAGIC_OPTION   0x49484156454f5054u /* "IHAVEOPT" */
#define MAGIC_REPLY    0x0003e889045565a9u
#define OPTION_MAX     8192u /* bytes; a name has at most 4096 */
#define FIXED_NEWSTYLE 1u
#define NO_ZEROES      2u

enum option {
	OPTION_EXPORT_NAME = 1,
	OPTION_ABORT = 2,
	OPTION_LIST = 3,
	OPTION_INFO = 6,
	OPTION_GO = 7,
};

#define REPLY_ACK	   1u
#define REPLY_SERVER	   2u
#define REPLY_INFO	   3u
#define REPLY_UNSUPPORTED  0x80000001u
#define REPLY_INVALID	   0x80000003u
#define REPLY_UNKNOWN_NAME 0x80000006u

enum info {
	INFO_EXPORT = 0,
	INFO_BLOCK_SIZE = 3,
};

static bool
send_reply(int fd, uint32_t option, uint32_t reply, const void *data,
	   uint32_t len)
{
	uint8_t head[20];

	be64_put(head, MAGIC_REPLY);
	be32_put(head + 8, option);
	be32_put(head + 12, reply);
	be32_put(head + 16, len);
	return io_send(fd, head, sizeof(head)) && io_send(fd, data, len);
}

static bool
send_export(const struct nbd_session *session, uint32_t option)
{
	uint8_t info[12];

	be16_put(info, INFO_EXPORT);
	be64_put(info + 2, source_size(session->source));
	be16_put(info + 10, session->offers);
	return send_reply(session->fd, option, REPLY_INFO, info, sizeof(info));
}

static bool
send_block_size(const struct nbd_session *session, uint32_t option)
{
	uint8_t info[14];

	be16_put(info, INFO_BLOCK_SIZE);
	be32_put(info + 2, 1);	  /* least */
	be32_put(info + 6, 4096); /* best */
	be32_put(info + 10, NBD_PAYLOAD_MAX);
	return send_reply(session->fd, option, REPLY_INFO, info, sizeof(info));
}

/* Answer INFO or GO: a name, then a list of what is asked for. */
static bool
answer_go(const struct nbd_session *session, uint32_t option,
	  const uint8_t *data, uint32_t len, bool *go)
{
	uint32_t name = len >= 6 ? be32_get(data) : 0;

	if (len < 6 || name > len - 6 ||
	    len - 6 - name != 2u * be16_get(data + 4 + name))
		return send_reply(session->fd, option, REPLY_INVALID, NULL, 0);
	if (name)
		return send_reply(session->fd, option, REPLY_UNKNOWN_NAME,
				  NULL, 0);
	*go = option == OPTION_GO;
	return send_export(session, option) &&
	       send_block_size(session, option) &&
	       send_reply(session->fd, option, REPLY_ACK, NULL, 0);
}

static bool
answer_list(const struct nbd_session *session, uint32_t len)
{
	static const uint8_t no_name[4];

	if (len)
		return send_reply(session->fd, OPTION_LIST, REPLY_INVALID,
				  NULL, 0);
	return send_reply(session->fd, OPTION_LIST, REPLY_SERVER, no_name,
			  sizeof(no_name)) &&
	       send_reply(session->fd, OPTION_LIST, REPLY_ACK, NULL, 0);
}

/* The oldest way to begin, in which nothing can be declined. */
static bool
begin_unasked(const struct nbd_session *session, uint32_t len, bool zeroes,
	      bool *go)
{
	uint8_t start[10 + 124] = { 0 };

	if (len)
		return false;
	be64_put(start, source_size(session->source));
	be16_put(start + 8, session->offers);
	*go = true;
	return io_send(session->fd, start, zeroes ? sizeof(start) : 10);
}

/* Take one option; *@go if transmission follows. */
static bool
take_option(const struct nbd_session *session, bool zeroes, bool *go)
{
	uint8_t head[16];
	uint8_t data[OPTION_MAX];
	uint32_t option, len;

	if (!io_receive(session->fd, head, sizeof(head), NULL, NULL) ||
	    be64_get(head) != MAGIC_OPTION)
		return false;
	option = be32_get(head + 8);
	len = be32_get(head + 12);
	if (len > sizeof(data) ||
	    !io_receive(session->fd, data, len, NULL, NULL))
		return false;

	switch (option) {
	case OPTION_EXPORT_NAME:
		return begin_unasked(session, len, zeroes, go);
	case OPTION_ABORT:
		(void)send_reply(session->fd, option, REPLY_ACK, NULL, 0);
		return false;
	case OPTION_LIST:
		return answer_list(session, len);
	case OPTION_INFO:
	case OPTION_GO:
		return answer_go(session, option, data, len, go);
	default:
		return send_reply(session->fd, option, REPLY_UNSUPPORTED, NULL,
				  0);
	}
}

bool
nbd_handshake(struct nbd_session *session)
{
	uint8_t hello[18];
	uint8_t flags[4];
	bool go = false;

	be64_put(hello, MAGIC_HEAD);
	be64_put(hello + 8, MAGIC_OPTION);
	be16_put(hello + 16, FIXED_NEWSTYLE | NO_ZEROES);
	if (!io_send(session->fd, hello, sizeof(hello)) ||
	    !io_receive(session->fd, flags, sizeof(flags), NULL, NULL) ||
	    be32_get(flags) & ~(FIXED_NEWSTYLE | NO_ZEROES) ||
	    !(be32_get(flags) & FIXED_NEWSTYLE))
		return false;
	while (!go) {
		if (!take_option(session, !(be32_get(flags) & NO_ZEROES), &go))
			return false;
	}
	return true;
}
