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

#define FD_LIMIT 256 /* libguestfs has a dozen open */

/* For root, libguestfs puts its sockets in a folder in /tmp, wherever it is
 * told to, and does not say where: its own socket tells. */
static void
remove_socket_folder(int fd)
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
		folder_remove(address.sun_path);
}

void
machine_vanish(struct machine *machine)
{
	int fd;

	for (fd = 0; fd < FD_LIMIT; fd++)
		if (fd != machine->line)
			remove_socket_folder(fd);
	folder_remove(machine->folder);
	kill(0, SIGKILL);
}

static void *
watch(void *data)
{
	struct machine *machine = data;
	struct pollfd polled = { .fd = machine->line, .events = POLLRDHUP };

	while (poll(&polled, 1, -1) <= 0)
		continue;
	machine_vanish(machine);
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
