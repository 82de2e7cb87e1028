/* test-nbd-server.c - clients that make no sense, and whose the source is
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every client here is its own worst: what it sends is cut short, too long,
 * or random.  The server must end its connection, or answer, and serve the
 * next.
 */
#include <config.h>

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/folder.h"
#include "source/nbd-server.h"
#include "source/overlay.h"
#include "unit.h"

#define SIZE	(64u * 1024u)
#define REQUEST 28u
#define ANSWER	16u

static char content[SIZE];
static char path[128];

static int
dial(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = 20 };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CHECK(fd >= 0);
	strcpy(address.sun_path, path);
	CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ==
	      0);
	CHECK(connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
	return fd;
}

static void
put(int fd, const void *data, size_t len)
{
	/* The server may have hung up already. */
	if (send(fd, data, len, MSG_NOSIGNAL) < 0)
		CHECK(errno == EPIPE || errno == ECONNRESET);
}

static void
get(int fd, void *data, size_t len)
{
	CHECK(recv(fd, data, len, MSG_WAITALL) == (ssize_t)len);
}

/* The server ends the connection, whatever it still says. */
static void
expect_end(int fd)
{
	char drain[4096];
	ssize_t got;

	do
		got = recv(fd, drain, sizeof(drain), 0);
	while (got > 0);
	CHECK(got == 0 || errno == ECONNRESET);
	close(fd);
}

static void
put_option(int fd, uint32_t option, const void *data, uint32_t len)
{
	uint8_t head[16];

	be64_put(head, 0x49484156454f5054u);
	be32_put(head + 8, option);
	be32_put(head + 12, len);
	put(fd, head, sizeof(head));
	put(fd, data, len);
}

/* Up to the options. */
static int
greet(uint32_t flags)
{
	int fd = dial();
	uint8_t hello[18];
	uint8_t answer[4];

	get(fd, hello, sizeof(hello));
	CHECK(!memcmp(hello, "NBDMAGICIHAVEOPT", 16));
	be32_put(answer, flags);
	put(fd, answer, sizeof(answer));
	return fd;
}

/* Up to the transmission. */
static int
begin(void)
{
	int fd = greet(3);
	uint8_t start[10];

	put_option(fd, 1, NULL, 0);
	get(fd, start, sizeof(start));
	CHECK(be64_get(start) == SIZE);
	return fd;
}

static void
make_request(uint8_t *request, unsigned type, unsigned flags, uint64_t offset,
	     uint32_t len)
{
	be32_put(request, 0x25609513u);
	be16_put(request + 4, (uint16_t)flags);
	be16_put(request + 6, (uint16_t)type);
	be64_put(request + 8, 0x1122334455667788u);
	be64_put(request + 16, offset);
	be32_put(request + 24, len);
}

static uint32_t
ask(int fd, unsigned type, unsigned flags, uint64_t offset, uint32_t len)
{
	uint8_t request[REQUEST];
	uint8_t answer[ANSWER];

	make_request(request, type, flags, offset, len);
	put(fd, request, sizeof(request));
	if (type == 1)
		put(fd, content, len);
	get(fd, answer, sizeof(answer));
	CHECK(be32_get(answer) == 0x67446698u);
	CHECK(be64_get(answer + 8) == 0x1122334455667788u);
	return be32_get(answer + 4);
}

static void
test_refused_requests(void)
{
	char data[16];
	int fd = begin();

	CHECK(ask(fd, 0, 0, SIZE - 15, 16) == 22); /* read beyond the end */
	CHECK(ask(fd, 0, 0, UINT64_MAX - 7, 16) == 22);
	CHECK(ask(fd, 1, 0, SIZE - 15, 16) == 28);
	CHECK(ask(fd, 6, 0, 1, UINT32_MAX) == 28);
	CHECK(ask(fd, 4, 0, UINT64_MAX, 1) == 28);
	CHECK(ask(fd, 0, 4, 0, 16) == 22);  /* flags that it has not */
	CHECK(ask(fd, 77, 0, 0, 16) == 22); /* no such request */
	CHECK(ask(fd, 7, 0, 0, 16) == 22);
	CHECK(ask(fd, 3, 0, 0, 0) == 0);
	CHECK(ask(fd, 0, 0, 16, sizeof(data)) == 0);
	get(fd, data, sizeof(data));
	CHECK(!memcmp(data, content + 16, sizeof(data)));
	close(fd);
}

static void
test_impossible_lengths(void)
{
	uint8_t request[REQUEST];
	int fd = begin();

	make_request(request, 1, 0, 0, UINT32_MAX);
	put(fd, request, sizeof(request));
	expect_end(fd);
	fd = begin();
	make_request(request, 0, 0, 0, 32u << 20);
	put(fd, request, sizeof(request));
	expect_end(fd);
	fd = begin();
	request[0] ^= 1;
	put(fd, request, sizeof(request));
	expect_end(fd);
	fd = greet(3);
	put_option(fd, 7, content, 0);
	shutdown(fd, SHUT_WR);
	expect_end(fd);
}

static void
test_options(void)
{
	static const uint8_t odd[][12] = {
		{ 0, 0, 0, 9, 'x', 'y', 0, 0 }, /* name too long */
		{ 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0 },
		{ 0, 0, 0, 0, 0, 9, 0, 0 },	/* list too long */
		{ 0, 0, 0, 2, 'a', 'b', 0, 0 }, /* no such export */
	};
	uint8_t reply[20];
	int fd = greet(1);
	size_t i;

	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		put_option(fd, 7, odd[i], 8);
		get(fd, reply, sizeof(reply));
		CHECK(be32_get(reply + 12) ==
		      (i == 3 ? 0x80000006u : 0x80000003u));
	}
	put_option(fd, 8, NULL, 0); /* structured replies: declined */
	get(fd, reply, sizeof(reply));
	CHECK(be32_get(reply + 12) == 0x80000001u);
	put_option(fd, 2, NULL, 0);
	expect_end(fd);

	fd = greet(1);
	put_option(fd, 7, content, 8193); /* longer than any option */
	expect_end(fd);
	expect_end(greet(0));
	expect_end(greet(0x80000001u));
}

/* Bytes of no sense, at each stage. */
static void
test_noise(unsigned rounds)
{
	uint8_t noise[512];
	unsigned seed = 1;
	size_t i;

	while (rounds--) {
		int fd = rounds % 3 == 0 ? dial() :
			 rounds % 3 == 1 ? greet(3) :
					   begin();

		for (i = 0; i < sizeof(noise); i++) {
			seed = seed * 1103515245u + 12345u;
			noise[i] = (uint8_t)(seed >> 16);
		}
		/* Some of it with a head that is believed. */
		if (rounds % 3 == 1)
			be64_put(noise, 0x49484156454f5054u);
		if (rounds % 3 == 2 && rounds & 4)
			make_request(noise, noise[40] % 8, noise[41] % 4,
				     noise[42], noise[43]);
		put(fd, noise, 1 + seed % sizeof(noise));
		shutdown(fd, SHUT_WR);
		expect_end(fd);
	}
}

/* Nothing is served while the source is the caller's. */
static void
test_lending(struct nbd_server *server)
{
	uint8_t request[REQUEST];
	uint8_t answer[ANSWER + 16];
	int fd = begin();
	struct pollfd polled = { .fd = fd, .events = POLLIN };

	nbd_server_take_back(server);
	make_request(request, 0, 0, 0, 16);
	put(fd, request, sizeof(request));
	CHECK(poll(&polled, 1, 300) == 0);
	nbd_server_lend(server);
	get(fd, answer, sizeof(answer));
	CHECK(be32_get(answer + 4) == 0);
	close(fd);
}

static int
broken_read(struct source *source, uint64_t offset, void *data, size_t len,
	    struct balimg_error *err)
{
	(void)source;
	(void)offset;
	(void)data;
	(void)len;
	return error_set(err, BALIMG_E_IO, "the card is gone");
}

/* The client hears of an I/O error, the caller of its cause. */
static void
test_fault(const char *folder)
{
	static const struct source_ops ops = {
		.kind = "broken",
		.read = broken_read,
	};
	struct source broken = { .ops = &ops, .size = SIZE };
	struct balimg_error err = { 0 };
	AUTO_NBD_SERVER struct nbd_server *server = NULL;
	int fd;

	snprintf(path, sizeof(path), "%s/broken", folder);
	server = nbd_server_start(&broken, path, &err);
	CHECK(server);
	CHECK(!nbd_server_start(&broken, path, &err)); /* is taken */
	error_clear(&err);
	nbd_server_lend(server);
	fd = begin();
	CHECK_OK(nbd_server_fault(server, &err), err);
	CHECK(ask(fd, 0, 0, 0, 16) == 5);
	CHECK(ask(fd, 1, 0, 0, 16) == 1);
	nbd_server_take_back(server);
	CHECK(nbd_server_fault(server, &err) < 0);
	CHECK_STR(err.message, "the card is gone");
	close(fd);
}

int
main(void)
{
	struct balimg_error err = { 0 };
	AUTO_FREE char *folder = folder_new(&err);
	AUTO_SOURCE struct source *memory = NULL;
	AUTO_SOURCE struct source *overlay = NULL;
	struct nbd_server *server;
	size_t i;
	int fd;

	for (i = 0; i < SIZE; i++)
		content[i] = (char)(i * 7 + i / 256);
	CHECK(folder);
	snprintf(path, sizeof(path), "%s/socket", folder);
	memory = source_memory_open(content, SIZE, &err);
	overlay = memory ? overlay_open(memory, &err) : NULL;
	CHECK(overlay);
	server = nbd_server_start(overlay, path, &err);
	CHECK(server);
	nbd_server_lend(server);
	test_refused_requests();
	test_impossible_lengths();
	test_options();
	test_noise(300);
	test_lending(server);

	fd = begin(); /* stopping does not wait for a client */
	nbd_server_stop(server);
	expect_end(fd);
	CHECK(access(path, F_OK) < 0);
	test_fault(folder);
	CHECK(rmdir(folder) == 0);
	return 0;
}
