/* ssh-key-agent.c - the public keys that a running agent holds
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * One question, one answer, both a length (32 bits, big-endian) and that many
 * bytes.  The agent may be another's, by a forwarded socket: what it says is
 * bounded in size and time, and checked like any file.
 */
#include <config.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/utf8.h"
#include "document/ssh-key-blob.h"
#include "document/ssh-key.h"

#define REQUEST_IDENTITIES 11
#define IDENTITIES_ANSWER  12

#define ANSWER_MAX (256u * 1024) /* bytes, as OpenSSH bounds it */
#define TIMEOUT_MS 10000

struct answer {
	const uint8_t *at;
	size_t len;
};

/* Milliseconds of a clock that is never set back. */
static int64_t
now_ms(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int
connect_agent(struct balimg_error *err)
{
	const char *path = getenv("SSH_AUTH_SOCK");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	AUTO_FD int fd = -1;

	if (!path || !*path) {
		error_set(err, BALIMG_E_NOT_FOUND,
			  "no SSH agent is running: SSH_AUTH_SOCK is not set");
		return -1;
	}
	if (strlen(path) >= sizeof(address.sun_path))
		return error_set(err, BALIMG_E_INVALID,
				 "SSH_AUTH_SOCK is too long for a socket's "
				 "name");
	memcpy(address.sun_path, path, strlen(path));

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return error_sys(err, "cannot make a socket");
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		if (errno == ENOENT || errno == ECONNREFUSED)
			return error_set(err, BALIMG_E_NOT_FOUND,
					 "no SSH agent answers at %s", path);
		return error_sys(err, "cannot reach the SSH agent at %s",
				 path);
	}
	return STEAL_FD(fd);
}

static int
wait_for(int fd, short events, int64_t deadline, struct balimg_error *err)
{
	struct pollfd poll_fd = { .fd = fd, .events = events };
	int64_t left = deadline - now_ms();
	int rc;

	do
		rc = left > 0 ? poll(&poll_fd, 1, (int)left) : 0;
	while (rc < 0 && errno == EINTR);
	if (rc < 0)
		return error_sys(err, "cannot wait for the SSH agent");
	if (rc == 0)
		return error_set(err, BALIMG_E_IO,
				 "the SSH agent does not answer");
	return 0;
}

static int
send_request(int fd, int64_t deadline, struct balimg_error *err)
{
	static const uint8_t request[] = { 0, 0, 0, 1, REQUEST_IDENTITIES };

	if (wait_for(fd, POLLOUT, deadline, err) < 0)
		return -1;
	/* A new socket has room for it. */
	if (send(fd, request, sizeof(request), MSG_NOSIGNAL) !=
	    (ssize_t)sizeof(request))
		return error_sys(err, "cannot ask the SSH agent");
	return 0;
}

static int
receive(int fd, uint8_t *data, size_t len, int64_t deadline,
	struct balimg_error *err)
{
	ssize_t got;

	while (len) {
		if (wait_for(fd, POLLIN, deadline, err) < 0)
			return -1;
		got = recv(fd, data, len, 0);
		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got < 0)
			return error_sys(err,
					 "cannot read from the SSH agent");
		if (got == 0)
			return error_set(err, BALIMG_E_INVALID,
					 "the SSH agent hung up");
		data += got;
		len -= (size_t)got;
	}
	return 0;
}

/* Ask, and return the answer, *@len bytes, to be freed. */
static uint8_t *
ask_agent(size_t *len, struct balimg_error *err)
{
	AUTO_FD int fd = connect_agent(err);
	int64_t deadline = now_ms() + TIMEOUT_MS;
	AUTO_FREE uint8_t *data = NULL;
	uint8_t head[4];

	if (fd < 0 || send_request(fd, deadline, err) < 0 ||
	    receive(fd, head, sizeof(head), deadline, err) < 0)
		return NULL;
	*len = be32_get(head);
	if (*len < 1 || *len > ANSWER_MAX) {
		error_set(err, BALIMG_E_INVALID,
			  "the SSH agent sent an answer of %zu bytes", *len);
		return NULL;
	}
	data = malloc(*len);
	if (!data) {
		error_nomem(err);
		return NULL;
	}
	if (receive(fd, data, *len, deadline, err) < 0)
		return NULL;
	return STEAL(data);
}

static int
read_string(struct answer *answer, struct answer *string,
	    struct balimg_error *err)
{
	if (answer->len < 4 || be32_get(answer->at) > answer->len - 4)
		return error_set(err, BALIMG_E_INVALID,
				 "the SSH agent's answer is cut short");
	*string = (struct answer){ answer->at + 4, be32_get(answer->at) };
	answer->at += 4 + string->len;
	answer->len -= 4 + string->len;
	return 0;
}

/* Append what of a comment can stand in a line. */
static void
add_comment(struct buffer *line, struct answer comment)
{
	size_t i;

	if (comment.len == 0 ||
	    !utf8_is_valid((const char *)comment.at, comment.len))
		return;
	buffer_puts(line, " ");
	for (i = 0; i < comment.len && i < 1024; i++) {
		char c = (char)comment.at[i];

		if ((comment.at[i] < ' ') || comment.at[i] == 0x7f ||
		    c == '\\')
			c = '_';
		buffer_add(line, &c, 1);
	}
}

/* "TYPE BASE64 COMMENT"; "" for a key that is of no use here: of a type that
 * we do not know, or a certificate, whose plain key the agent has, too. */
static int
make_line(struct answer blob, struct answer comment, struct buffer *line,
	  struct balimg_error *err)
{
	AUTO_FREE char *letters = NULL;
	struct answer rest = blob;
	struct answer type;

	if (read_string(&rest, &type, err) < 0)
		return -1;
	if (!ssh_blob_knows_type((const char *)type.at, type.len))
		return 0;
	letters = malloc(BASE64_ENCODED_SIZE(blob.len));
	if (!letters)
		return error_nomem(err);
	base64_encode(blob.at, blob.len, letters);
	buffer_add(line, type.at, type.len);
	buffer_puts(line, " ");
	buffer_puts(line, letters);
	add_comment(line, comment);
	return 0;
}

static int
add_identity(struct answer *answer, struct ssh_keys *keys,
	     struct balimg_error *err)
{
	AUTO_BUFFER struct buffer line = BUFFER_INIT;
	AUTO_FREE char *text = NULL;
	struct answer blob, comment;
	struct ssh_key key;
	size_t len;

	if (read_string(answer, &blob, err) < 0 ||
	    read_string(answer, &comment, err) < 0 ||
	    make_line(blob, comment, &line, err) < 0)
		return -1;
	text = buffer_take(&line, &len, err);
	if (!text)
		return -1;
	if (len == 0)
		return 0;
	if (ssh_key_parse(text, len, &key, err) < 0)
		return -1;
	if (key.certificate) {
		ssh_key_clear(&key);
		return 0;
	}
	if (ssh_keys_add(keys, &key, err) < 0) {
		ssh_key_clear(&key);
		return -1;
	}
	return 0;
}

static int
read_identities(struct answer answer, struct ssh_keys *keys,
		struct balimg_error *err)
{
	uint32_t count;

	if (answer.len < 5 || answer.at[0] != IDENTITIES_ANSWER)
		return error_set(err, BALIMG_E_INVALID,
				 "the SSH agent does not tell its keys");
	count = be32_get(answer.at + 1);
	answer.at += 5;
	answer.len -= 5;
	for (; count; count--)
		if (add_identity(&answer, keys, err) < 0)
			return -1;
	return 0;
}

int
ssh_agent_keys(struct ssh_keys *keys, struct balimg_error *err)
{
	AUTO_FREE uint8_t *data = NULL;
	size_t len;

	*keys = (struct ssh_keys){ 0 };
	data = ask_agent(&len, err);
	if (!data)
		return -1;
	if (read_identities((struct answer){ data, len }, keys, err) < 0) {
		ssh_keys_clear(keys);
		return error_wrap(err, "SSH agent");
	}
	if (keys->count == 0)
		return error_set(err, BALIMG_E_NOT_FOUND,
				 "the SSH agent has no keys");
	return 0;
}
