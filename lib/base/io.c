/* io.c - whole reads and writes, and the clock
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/os.h"

/* The largest single transfer: Linux takes no more than 2 GiB at once. */
#define MAX_TRANSFER (1u << 30)

static size_t
next_piece(size_t left)
{
	return left < MAX_TRANSFER ? left : MAX_TRANSFER;
}

int
io_read_at(int fd, void *data, size_t len, uint64_t offset,
	   struct balimg_error *err)
{
	char *to = data;
	ssize_t got;

	while (len) {
		got = pread(fd, to, next_piece(len), (off_t)offset);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_sys(err, "cannot read at byte %llu",
					 (unsigned long long)offset);
		if (!got)
			return error_set(err, BALIMG_E_INVALID,
					 "ends at byte %llu, too early",
					 (unsigned long long)offset);
		to += got;
		offset += (uint64_t)got;
		len -= (size_t)got;
	}
	return 0;
}

int
io_write_at(int fd, const void *data, size_t len, uint64_t offset,
	    struct balimg_error *err)
{
	const char *from = data;
	ssize_t put;

	while (len) {
		put = pwrite(fd, from, next_piece(len), (off_t)offset);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return error_sys(err, "cannot write at byte %llu",
					 (unsigned long long)offset);
		from += put;
		offset += (uint64_t)put;
		len -= (size_t)put;
	}
	return 0;
}

int
io_write(int fd, const void *data, size_t len, struct balimg_error *err)
{
	const char *from = data;
	ssize_t put;

	while (len) {
		put = write(fd, from, next_piece(len));
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return error_sys(err, "cannot write");
		from += put;
		len -= (size_t)put;
	}
	return 0;
}

int
io_rewind(int fd, int64_t offset, struct balimg_error *err)
{
	if (lseek(fd, (off_t)offset, SEEK_SET) >= 0)
		return 0;
	if (errno != ESPIPE)
		return error_sys(err, "cannot be read twice");
	error_set(err, BALIMG_E_UNSUPPORTED,
		  "is a pipe, and this must be read twice");
	return error_hint(err, "store it in a file first");
}

bool
io_send(int fd, const void *data, size_t len)
{
	const char *from = data;
	ssize_t sent;

	while (len) {
		sent = send(fd, from, len, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		from += sent;
		len -= (size_t)sent;
	}
	return true;
}

bool
io_receive(int fd, void *data, size_t len, bool (*wait)(void *waiting),
	   void *waiting)
{
	char *to = data;
	ssize_t got;

	while (len) {
		if (wait && !wait(waiting))
			return false;
		got = recv(fd, to, len, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		to += got;
		len -= (size_t)got;
	}
	return true;
}

int
io_sync(int fd, struct balimg_error *err)
{
	if (fsync(fd) < 0)
		return error_sys(err, "cannot bring the data to the medium");
	return 0;
}

int
io_sync_data(int fd, struct balimg_error *err)
{
	if (fdatasync(fd) < 0)
		return error_sys(err, "cannot bring the data to the medium");
	return 0;
}

int
io_sync_folder(const char *path, struct balimg_error *err)
{
	/* Not from the heap: the file is there already, nothing may fail. */
	char folder[PATH_MAX];
	AUTO_FD int fd = -1;
	char *slash;

	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (slash)
		slash[slash == folder] = '\0';
	fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_sys(err, "cannot open the folder of %s", path);

	/* Some file systems cannot sync a folder, and need not. */
	if (fsync(fd) < 0 && errno != EINVAL && errno != ENOTSUP)
		return error_sys(err, "cannot sync the folder of %s", path);
	return 0;
}

time_t
io_now(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	char *end;
	long long seconds;

	if (epoch && *epoch) {
		errno = 0;
		seconds = strtoll(epoch, &end, 10);
		if (!errno && !*end && seconds >= 0)
			return (time_t)seconds;
	}
	return time(NULL);
}

int
io_open_scratch(const char *folder, struct balimg_error *err)
{
	const char *temporary = getenv("TMPDIR");
	int fd = -1;

	if (folder)
		fd = os_open_scratch(folder, NULL);
	if (fd < 0 && temporary && *temporary)
		fd = os_open_scratch(temporary, NULL);
	return fd < 0 ? os_open_scratch("/var/tmp", err) : fd;
}
