/* os-linux.c - what POSIX lacks, as Linux does it
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <linux/fs.h>

#include "base/cleanup.h"
#include "base/os.h"

/* Some file systems cannot make nameless files: one with a name that nobody
 * knows, removed at once, comes close. */
static int
open_and_unlink(const char *folder, struct balimg_error *err)
{
	AUTO_FREE char *path = NULL;
	int fd;

	if (asprintf(&path, "%s/balimg-XXXXXX", folder) < 0) {
		path = NULL;
		return error_nomem(err);
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return error_sys(err, "cannot make a scratch file in %s",
				 folder);
	unlink(path);
	return fd;
}

int
os_open_scratch(const char *folder, struct balimg_error *err)
{
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	return fd >= 0 ? fd : open_and_unlink(folder, err);
}

/* The name under which linkat() reaches an open file. */
static void
link_source(int fd, char path[32])
{
	snprintf(path, 32, "/proc/self/fd/%d", fd);
}

int
os_open_nameless(const char *folder, mode_t mode)
{
	AUTO_FD int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
	char path[32];

	/* Without /proc it could never get a name. */
	link_source(fd, path);
	if (fd < 0 || access(path, F_OK) < 0)
		return -1;
	return STEAL_FD(fd);
}

int
os_link_file(int fd, const char *path)
{
	char from[32];

	link_source(fd, from);
	return linkat(AT_FDCWD, from, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

int
os_rename_new(const char *from, const char *to)
{
	struct stat st;

	if (!renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE))
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;

	/* The file system cannot promise it: look, then rename. */
	if (!lstat(to, &st)) {
		errno = EEXIST;
		return -1;
	}
	return rename(from, to);
}

mode_t
os_umask(void)
{
	FILE *stream = fopen("/proc/self/status", "re");
	unsigned mask = 077;
	bool found = false;
	char line[256];

	while (stream && !found && fgets(line, sizeof(line), stream))
		found = sscanf(line, "Umask: %o", &mask) == 1;
	if (stream)
		fclose(stream);
	return (mode_t)mask & 0777;
}

uint64_t
os_file_birth(int fd)
{
	struct statx st;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_BTIME, &st) < 0 ||
	    !(st.stx_mask & STATX_BTIME) || st.stx_btime.tv_sec < 0)
		return 0;
	return (uint64_t)st.stx_btime.tv_sec * 1000000000u +
	       st.stx_btime.tv_nsec;
}

int
os_reserve_space(int fd, uint64_t offset, uint64_t len,
		 struct balimg_error *err)
{
	int result;

	do
		result = fallocate(fd, FALLOC_FL_KEEP_SIZE, (off_t)offset,
				   (off_t)len);
	while (result < 0 && errno == EINTR);

	if (result < 0 && errno != EOPNOTSUPP && errno != ENOSYS)
		return error_sys(err, "cannot reserve space");
	return 0;
}

bool
os_clone_file(int from, int to)
{
	return ioctl(to, FICLONE, from) == 0;
}

size_t
os_copy_range(int from, int to, uint64_t offset, size_t len)
{
	off_t in = (off_t)offset, out = (off_t)offset;
	ssize_t copied = copy_file_range(from, &in, to, &out, len, 0);

	return copied > 0 ? (size_t)copied : 0;
}

/* In the queue of a listener without patience there is room for one: if
 * that is not us, somebody else was faster, and we know. */
static int
try_connect(int listener, int connection)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(address);

	/* An address of no more than the family: the kernel chooses one. */
	if (bind(listener, (struct sockaddr *)&address,
		 sizeof(address.sun_family)) < 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &len) < 0 ||
	    listen(listener, 0) < 0)
		return -1;
	return connect(connection, (struct sockaddr *)&address, len);
}

int
os_connected_listener(int *listener, int *connection, struct balimg_error *err)
{
	AUTO_FD int server = -1;
	AUTO_FD int client = -1;

	server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			0);
	if (server < 0 || client < 0)
		return error_sys(err, "cannot make a socket");
	if (try_connect(server, client) < 0) {
		if (errno != EAGAIN)
			return error_sys(err, "cannot connect to a socket");
		error_set(err, BALIMG_E_REFUSED,
			  "another program connects to our sockets");
		return error_hint(err, "look who does, and try again");
	}
	*listener = STEAL_FD(server);
	*connection = STEAL_FD(client);
	return 0;
}

int
os_memory_file(uint64_t size, struct balimg_error *err)
{
	AUTO_FD int fd = memfd_create("balimg", MFD_CLOEXEC);

	if (fd < 0)
		return error_sys(err, "cannot make a file in memory");
	if (size > INT64_MAX)
		return error_set(err, BALIMG_E_INVALID,
				 "no file is that large");
	if (ftruncate(fd, (off_t)size) < 0)
		return error_sys(err, "cannot give a file in memory its size");
	return STEAL_FD(fd);
}

int
os_device_size(int fd, uint64_t *size, struct balimg_error *err)
{
	if (ioctl(fd, BLKGETSIZE64, size) < 0)
		return error_sys(err, "cannot learn the size of the device");
	return 0;
}

unsigned
os_processors(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	return (unsigned)CPU_COUNT(&set);
}
