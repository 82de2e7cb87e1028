/* nbd-server.c - the socket, the thread, and whose the source is
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/thread.h"
#include "source/nbd-session.h"

struct nbd_server {
	struct source *source; /* the caller's */
	char *path;
	int listener; /* -1: none */
	int wake[2];  /* a pipe: closed at one end, it ends the thread */
	pthread_t thread;
	bool running;

	pthread_mutex_t mutex; /* for all that follows */
	pthread_cond_t changed;
	bool lent;     /* the thread may use the source */
	bool busy;     /* it does */
	bool stopping; /* it is to end */
	int client;    /* its connection, or -1 */
	struct balimg_error fault;
};

/* ---- whose the source is ------------------------------------------- */

bool
nbd_server_enter(struct nbd_server *server)
{
	bool mine;

	pthread_mutex_lock(&server->mutex);
	while (!server->lent && !server->stopping)
		pthread_cond_wait(&server->changed, &server->mutex);
	mine = !server->stopping;
	server->busy = mine;
	pthread_mutex_unlock(&server->mutex);
	return mine;
}

void
nbd_server_leave(struct nbd_server *server)
{
	pthread_mutex_lock(&server->mutex);
	server->busy = false;
	pthread_cond_broadcast(&server->changed);
	pthread_mutex_unlock(&server->mutex);
}

void
nbd_server_lend(struct nbd_server *server)
{
	pthread_mutex_lock(&server->mutex);
	server->lent = true;
	pthread_cond_broadcast(&server->changed);
	pthread_mutex_unlock(&server->mutex);
}

void
nbd_server_take_back(struct nbd_server *server)
{
	pthread_mutex_lock(&server->mutex);
	server->lent = false;
	while (server->busy)
		pthread_cond_wait(&server->changed, &server->mutex);
	pthread_mutex_unlock(&server->mutex);
}

/* ---- faults -------------------------------------------------------- */

void
nbd_server_note_fault(struct nbd_server *server,
		      const struct balimg_error *why)
{
	pthread_mutex_lock(&server->mutex);
	if (!server->fault.code)
		server->fault = *why;
	pthread_mutex_unlock(&server->mutex);
}

int
nbd_server_fault(struct nbd_server *server, struct balimg_error *err)
{
	struct balimg_error fault;

	pthread_mutex_lock(&server->mutex);
	fault = server->fault;
	pthread_mutex_unlock(&server->mutex);
	return fault.code ? error_pass(err, &fault) : 0;
}

/* ---- the thread ---------------------------------------------------- */

/* Remember the connection, so that stopping can end it; false if the server
 * is stopping already. */
static bool
set_client(struct nbd_server *server, int fd)
{
	bool on;

	pthread_mutex_lock(&server->mutex);
	on = !server->stopping;
	server->client = fd;
	pthread_mutex_unlock(&server->mutex);
	return on;
}

static void
serve_client(struct nbd_server *server, int fd)
{
	struct nbd_session session = {
		.server = server,
		.source = server->source,
		.fd = fd,
		.offers = NBD_HAS_FLAGS | NBD_SEND_FLUSH,
	};

	session.payload = malloc(NBD_PAYLOAD_MAX);
	if (!session.payload)
		return;
	if (source_is_writable(server->source))
		session.offers |= NBD_SEND_FUA | NBD_SEND_TRIM |
				  NBD_SEND_WRITE_ZEROES;
	else
		session.offers |= NBD_READ_ONLY;
	if (nbd_handshake(&session))
		nbd_transmission(&session);
	free(session.payload);
}

/* The next client, or -1 when the server is to stop. */
static int
accept_client(const struct nbd_server *server)
{
	struct pollfd polled[2] = {
		{ .fd = server->listener, .events = POLLIN },
		{ .fd = server->wake[0], .events = POLLIN },
	};

	for (;;) {
		if (poll(polled, 2, -1) < 0 && errno != EINTR)
			return -1;
		if (polled[1].revents)
			return -1;
		if (polled[0].revents) {
			int fd = accept4(server->listener, NULL, NULL,
					 SOCK_CLOEXEC);

			if (fd >= 0)
				return fd;
			if (errno != EINTR && errno != ECONNABORTED)
				return -1;
		}
	}
}

static void *
run(void *data)
{
	struct nbd_server *server = data;
	int fd;

	while ((fd = accept_client(server)) >= 0) {
		if (set_client(server, fd))
			serve_client(server, fd);
		set_client(server, -1);
		close(fd);
	}
	return NULL;
}

/* ---- start and stop ------------------------------------------------ */

static int
listen_at(struct nbd_server *server, const char *path,
	  struct balimg_error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(address.sun_path))
		return error_set(err, BALIMG_E_USAGE,
				 "the path of a socket is too long: %s", path);
	memcpy(address.sun_path, path, strlen(path));
	server->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (server->listener < 0)
		return error_sys(err, "cannot make a socket");
	if (bind(server->listener, (struct sockaddr *)&address,
		 sizeof(address)) < 0)
		return error_sys(err, "cannot listen at %s", path);
	server->path = strdup(path);
	if (!server->path) {
		unlink(path);
		return error_nomem(err);
	}
	if (listen(server->listener, 1) < 0)
		return error_sys(err, "cannot listen at %s", path);
	return 0;
}

struct nbd_server *
nbd_server_start(struct source *source, const char *path,
		 struct balimg_error *err)
{
	AUTO_NBD_SERVER struct nbd_server *server = NULL;

	server = calloc(1, sizeof(*server));
	if (!server) {
		error_nomem(err);
		return NULL;
	}
	server->source = source;
	server->listener = server->wake[0] = server->wake[1] = -1;
	server->client = -1;
	pthread_mutex_init(&server->mutex, NULL);
	pthread_cond_init(&server->changed, NULL);

	if (pipe2(server->wake, O_CLOEXEC) < 0) {
		error_sys(err, "cannot make a pipe");
		return NULL;
	}
	if (listen_at(server, path, err) < 0 ||
	    thread_start(&server->thread, run, server, err) < 0)
		return NULL;
	server->running = true;
	return STEAL(server);
}

static void
end_thread(struct nbd_server *server)
{
	pthread_mutex_lock(&server->mutex);
	server->stopping = true;
	if (server->client >= 0)
		shutdown(server->client, SHUT_RDWR);
	pthread_cond_broadcast(&server->changed);
	pthread_mutex_unlock(&server->mutex);

	close(server->wake[1]);
	server->wake[1] = -1;
	pthread_join(server->thread, NULL);
}

static void
close_if_open(int fd)
{
	if (fd >= 0)
		close(fd);
}

void
nbd_server_stop(struct nbd_server *server)
{
	if (!server)
		return;
	if (server->running)
		end_thread(server);
	close_if_open(server->wake[0]);
	close_if_open(server->wake[1]);
	close_if_open(server->listener);
	if (server->path)
		unlink(server->path);
	pthread_cond_destroy(&server->changed);
	pthread_mutex_destroy(&server->mutex);
	free(server->path);
	free(server);
}
