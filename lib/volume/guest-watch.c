/* guest-watch.c - leave nothing behind, however the library ended
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A call of libguestfs may last for minutes, and cannot be stopped from
 * outside; so a thread listens for the end of the line.
 */
#include <config.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/folder.h"
#include "volume/guest-machine.h"

#define FD_LIMIT  64  /* libguestfs has a dozen open */
#define LOOK_EACH 100 /* milliseconds */
#define FOLDERS	  8

/* For root, libguestfs puts its sockets in a folder in /tmp, wherever it is
 * told to, and does not say where; while it has the socket, that tells. */
static char folders[FOLDERS][sizeof(((struct sockaddr_un *)0)->sun_path)];

static void
note_folder(const char *path)
{
	size_t i;

	for (i = 0; i < FOLDERS && folders[i][0]; i++)
		if (!strcmp(folders[i], path))
			return;
	if (i < FOLDERS)
		memcpy(folders[i], path, strlen(path) + 1);
}

static void
note_socket(int fd)
{
	struct sockaddr_un address = { 0 };
	socklen_t len = sizeof(address);
	char *slash;

	if (getsockname(fd, (struct sockaddr *)&address, &len) < 0 ||
	    address.sun_family != AF_UNIX || len >= sizeof(address) ||
	    strncmp(address.sun_path, "/tmp/libguestfs", 15) != 0)
		return;
	slash = strrchr(address.sun_path, '/');
	*slash = '\0';
	if (strlen(address.sun_path) > strlen("/tmp/libguestfs"))
		note_folder(address.sun_path);
}

static void
note_sockets(const struct machine *machine)
{
	int fd;

	for (fd = 0; fd < FD_LIMIT; fd++)
		if (fd != machine->line)
			note_socket(fd);
}

static void
vanish(struct machine *machine)
{
	size_t i;

	note_sockets(machine);
	/* A folder may have been made a moment ago. */
	poll(NULL, 0, LOOK_EACH / 2);
	note_sockets(machine);
	for (i = 0; i < FOLDERS && folders[i][0]; i++)
		folder_remove(folders[i]);
	folder_remove(machine->folder);
	kill(0, SIGKILL);
}

static void *
watch(void *data)
{
	struct machine *machine = data;
	struct pollfd polled = { .fd = machine->line, .events = POLLRDHUP };

	while (poll(&polled, 1, LOOK_EACH) <= 0)
		note_sockets(machine);
	vanish(machine);
	return NULL;
}

int
machine_watch(struct machine *machine, struct balimg_error *err)
{
	pthread_t thread;
	int failed = pthread_create(&thread, NULL, watch, machine);

	errno = failed;
	return failed ? error_sys(err, "cannot start a thread") : 0;
}

/* Until the watch has ended all of it. */
void
machine_wait(void)
{
	for (;;)
		pause();
}
