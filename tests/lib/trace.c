/* trace.c - what a program did to its files, for power-cut to play back
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Runs inside the program that fault.c watches, so it writes by system calls
 * of its own, which fault.c does not see.
 */
#include <config.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "trace.h"

static void
put(int trace, struct event event, const void *data)
{
	struct iovec pieces[] = {
		{ &event, sizeof(event) },
		{ (void *)(uintptr_t)data, event.len },
	};

	if (trace >= 0)
		syscall(SYS_writev, trace, pieces, data ? 2 : 1);
}

static uint64_t
id_of_fd(int fd)
{
	struct stat st;

	return fstat(fd, &st) < 0 ? 0 : st.st_ino;
}

static uint64_t
id_of_path(const char *path)
{
	struct stat st;

	return lstat(path, &st) < 0 ? 0 : st.st_ino;
}

static const char *
last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static uint64_t
id_of_folder(const char *path)
{
	char folder[4096];
	size_t len = (size_t)(last_name(path) - path);

	if (!len)
		return id_of_path(".");
	if (len >= sizeof(folder))
		return 0;
	memcpy(folder, path, len);
	folder[len] = '\0';
	strcat(folder, ".");
	return id_of_path(folder);
}

int
trace_begin(const char *path, const char *image)
{
	int trace = (int)syscall(
		SYS_openat, AT_FDCWD, path,
		O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);

	if (trace >= 0 && image)
		put(trace,
		    (struct event){ .type = EVENT_IMAGE,
				    .id = id_of_path(image),
				    .other = id_of_folder(image),
				    .len = strlen(last_name(image)) },
		    last_name(image));
	return trace;
}

void
trace_new(int trace, int fd)
{
	put(trace, (struct event){ .type = EVENT_NEW, .id = id_of_fd(fd) },
	    NULL);
}

void
trace_write(int trace, int fd, const void *data, size_t len, uint64_t offset)
{
	put(trace,
	    (struct event){ .type = EVENT_WRITE,
			    .id = id_of_fd(fd),
			    .at = offset,
			    .len = len },
	    data);
}

void
trace_copied(int trace, int fd, size_t len, uint64_t offset)
{
	char *data = trace < 0 ? NULL : malloc(len);
	ssize_t got = data ? pread(fd, data, len, (off_t)offset) : -1;

	if (got > 0)
		trace_write(trace, fd, data, (size_t)got, offset);
	free(data);
}

void
trace_truncate(int trace, int fd, uint64_t size)
{
	put(trace,
	    (struct event){
		    .type = EVENT_TRUNCATE, .id = id_of_fd(fd), .at = size },
	    NULL);
}

void
trace_sync(int trace, int fd)
{
	put(trace, (struct event){ .type = EVENT_SYNC, .id = id_of_fd(fd) },
	    NULL);
}

void
trace_link(int trace, const char *path)
{
	put(trace,
	    (struct event){ .type = EVENT_LINK,
			    .id = id_of_folder(path),
			    .other = id_of_path(path),
			    .len = strlen(last_name(path)) },
	    last_name(path));
}

void
trace_unlink(int trace, const char *path)
{
	put(trace,
	    (struct event){ .type = EVENT_UNLINK,
			    .id = id_of_folder(path),
			    .len = strlen(last_name(path)) },
	    last_name(path));
}

void
trace_rename(int trace, const char *from, const char *to)
{
	char names[8192];
	int len = snprintf(names, sizeof(names), "%s%c%s", last_name(from),
			   '\0', last_name(to));

	put(trace,
	    (struct event){ .type = EVENT_RENAME,
			    .id = id_of_folder(to),
			    .other = id_of_path(to),
			    .len = (uint64_t)len },
	    names);
}
