/* fault.c - LD_PRELOAD: stop, fail or record what a program writes
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Calls that change files or bring them to the medium are numbered from 1:
 * writes (but not to standard output and error), syncs, names made, moved and
 * removed, space reserved or cut off, files made or opened to be made, ranges
 * copied.  The environment says what happens:
 *   BALIMG_FAULT_STOP=N         the program is killed just before call N
 *   BALIMG_FAULT_ERROR=N:EIO    call N fails, with EIO or ENOSPC;
 *                    =N+:EIO    and so do all later calls of its kind
 *   BALIMG_FAULT_TEAR=1         if call N is a write, its first half (whole
 *                               512-byte sectors) is done all the same
 *   BALIMG_FAULT_NO_TMPFILE=1   the file system cannot make nameless files
 *   BALIMG_FAULT_COUNT=FILE     gets the number of calls at the end
 *   BALIMG_FAULT_TRACE=FILE     gets what was done, see trace.h, for
 *   BALIMG_FAULT_IMAGE=FILE     power-cut; the image that is edited
 * Works on programs that reach these calls through the C library; what stdio
 * writes by itself is not seen.
 */
#include <config.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <linux/fs.h>

#include "trace.h"

#define EXPORT __attribute__((visibility("default")))

/* The C library's own function of that name. */
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

enum kind {
	KIND_WRITE,
	KIND_SYNC,
	KIND_NAME,
	KIND_SPACE,
	KIND_OPEN,
};

enum action {
	GO_ON,
	STOP,
	FAIL,
};

static struct {
	bool ready;
	unsigned long calls;
	unsigned long stop;
	unsigned long error;
	bool and_later;
	int error_number;
	bool tear;
	bool no_tmpfile;
	int failing_kind; /* -1: none yet */
	int trace;
} fault;

static int
parse_errno(const char *name)
{
	return strcmp(name, "ENOSPC") ? EIO : ENOSPC;
}

static void
parse_environment(void)
{
	const char *stop = getenv("BALIMG_FAULT_STOP");
	const char *error = getenv("BALIMG_FAULT_ERROR");
	const char *trace = getenv("BALIMG_FAULT_TRACE");
	char *end;

	fault.ready = true;
	fault.failing_kind = -1;
	fault.tear = getenv("BALIMG_FAULT_TEAR") != NULL;
	fault.no_tmpfile = getenv("BALIMG_FAULT_NO_TMPFILE") != NULL;
	fault.stop = stop ? strtoul(stop, NULL, 10) : 0;
	fault.trace = -1;
	if (error) {
		fault.error = strtoul(error, &end, 10);
		fault.and_later = *end == '+';
		end += fault.and_later;
		fault.error_number = parse_errno(*end ? end + 1 : "");
	}
	if (trace)
		fault.trace = trace_begin(trace, getenv("BALIMG_FAULT_IMAGE"));
}

__attribute__((destructor)) static void
tell_count(void)
{
	const char *path = getenv("BALIMG_FAULT_COUNT");
	FILE *file = path ? fopen(path, "w") : NULL;

	if (!file)
		return;
	fprintf(file, "%lu\n", fault.calls);
	fclose(file);
}

/* Number a call. */
static enum action
count(enum kind kind)
{
	if (!fault.ready)
		parse_environment();
	fault.calls++;
	if (fault.calls == fault.stop)
		return STOP;
	if (fault.calls == fault.error) {
		fault.failing_kind = (int)kind;
		return FAIL;
	}
	if (fault.and_later && fault.failing_kind == (int)kind)
		return FAIL;
	return GO_ON;
}

static int
carry_out(enum action action)
{
	if (action == STOP)
		kill(getpid(), SIGKILL);
	errno = fault.error_number;
	return -1;
}

static size_t
half(size_t len)
{
	return fault.tear ? len / 2 / 512 * 512 : 0;
}

/* ---- writes -------------------------------------------------------- */

static ssize_t
write_at(int fd, const void *data, size_t len, off_t offset)
{
	enum action action = count(KIND_WRITE);
	size_t now = action == GO_ON ? len : half(len);
	ssize_t put = 0;

	if (action == GO_ON || now)
		put = NEXT(pwrite)(fd, data, now, offset);
	if (put > 0)
		trace_write(fault.trace, fd, data, (size_t)put,
			    (uint64_t)offset);
	return action == GO_ON ? put : carry_out(action);
}

EXPORT ssize_t
pwrite(int fd, const void *data, size_t len, off_t offset)
{
	return write_at(fd, data, len, offset);
}

EXPORT ssize_t
write(int fd, const void *data, size_t len)
{
	struct stat st;
	off_t offset;
	ssize_t put;

	if (fd <= STDERR_FILENO || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return NEXT(write)(fd, data, len);
	offset = lseek(fd, 0, SEEK_CUR);
	put = write_at(fd, data, len, offset);
	if (put > 0)
		lseek(fd, offset + put, SEEK_SET);
	return put;
}

/* Piece by piece, each a call of its own. */
EXPORT ssize_t
pwritev(int fd, const struct iovec *pieces, int pieces_len, off_t offset)
{
	ssize_t sum = 0, put;
	int i;

	for (i = 0; i < pieces_len; i++) {
		put = write_at(fd, pieces[i].iov_base, pieces[i].iov_len,
			       offset + sum);
		if (put < 0)
			return sum ? sum : -1;
		sum += put;
	}
	return sum;
}

EXPORT ssize_t
copy_file_range(int in, off64_t *in_at, int out, off64_t *out_at, size_t len,
		unsigned flags)
{
	enum action action = count(KIND_WRITE);
	off64_t at = out_at ? *out_at : lseek(out, 0, SEEK_CUR);
	ssize_t put;

	if (action != GO_ON)
		return carry_out(action);
	put = NEXT(copy_file_range)(in, in_at, out, out_at, len, flags);
	if (put > 0)
		trace_copied(fault.trace, out, (size_t)put, (uint64_t)at);
	return put;
}

/* ---- syncs and space ----------------------------------------------- */

static int
sync_file(int fd, int (*next)(int))
{
	enum action action = count(KIND_SYNC);

	if (action != GO_ON)
		return carry_out(action);
	trace_sync(fault.trace, fd);
	return next(fd);
}

EXPORT int
fsync(int fd)
{
	return sync_file(fd, NEXT(fsync));
}

EXPORT int
fdatasync(int fd)
{
	return sync_file(fd, NEXT(fdatasync));
}

EXPORT int
ftruncate(int fd, off_t size)
{
	enum action action = count(KIND_SPACE);

	if (action != GO_ON)
		return carry_out(action);
	trace_truncate(fault.trace, fd, (uint64_t)size);
	return NEXT(ftruncate)(fd, size);
}

EXPORT int
fallocate(int fd, int mode, off_t offset, off_t len)
{
	enum action action = count(KIND_SPACE);

	return action == GO_ON ? NEXT(fallocate)(fd, mode, offset, len) :
				 carry_out(action);
}

/* ---- names --------------------------------------------------------- */

EXPORT int
linkat(int from_folder, const char *from, int to_folder, const char *to,
       int flags)
{
	enum action action = count(KIND_NAME);
	int result;

	if (action != GO_ON)
		return carry_out(action);
	result = NEXT(linkat)(from_folder, from, to_folder, to, flags);
	if (!result)
		trace_link(fault.trace, to);
	return result;
}

EXPORT int
link(const char *from, const char *to)
{
	return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

EXPORT int
renameat2(int from_folder, const char *from, int to_folder, const char *to,
	  unsigned flags)
{
	enum action action = count(KIND_NAME);
	int result;

	if (action != GO_ON)
		return carry_out(action);
	result = NEXT(renameat2)(from_folder, from, to_folder, to, flags);
	if (!result)
		trace_rename(fault.trace, from, to);
	return result;
}

EXPORT int
renameat(int from_folder, const char *from, int to_folder, const char *to)
{
	return renameat2(from_folder, from, to_folder, to, 0);
}

EXPORT int
rename(const char *from, const char *to)
{
	return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

EXPORT int
unlinkat(int folder, const char *path, int flags)
{
	enum action action = count(KIND_NAME);
	int result;

	if (action != GO_ON)
		return carry_out(action);
	result = NEXT(unlinkat)(folder, path, flags);
	if (!result)
		trace_unlink(fault.trace, path);
	return result;
}

EXPORT int
unlink(const char *path)
{
	return unlinkat(AT_FDCWD, path, 0);
}

EXPORT int
mkdir(const char *path, mode_t mode)
{
	enum action action = count(KIND_NAME);

	return action == GO_ON ? NEXT(mkdir)(path, mode) : carry_out(action);
}

/* ---- opening, cloning ---------------------------------------------- */

static int
open_file(int folder, const char *path, int flags, mode_t mode)
{
	bool nameless = (flags & O_TMPFILE) == O_TMPFILE;
	bool makes = (flags & O_CREAT) || nameless;
	enum action action = makes ? count(KIND_OPEN) : GO_ON;
	struct stat st;
	bool named = (flags & O_CREAT) && lstat(path, &st) < 0;
	int fd;

	if (action != GO_ON)
		return carry_out(action);
	if (nameless && fault.no_tmpfile) {
		errno = EOPNOTSUPP;
		return -1;
	}
	fd = NEXT(openat)(folder, path, flags, mode);
	if (fd < 0)
		return fd;
	if (named || nameless)
		trace_new(fault.trace, fd);
	if (named)
		trace_link(fault.trace, path);
	return fd;
}

static mode_t
take_mode(int flags, va_list ap)
{
	if (flags & (O_CREAT | __O_TMPFILE))
		return va_arg(ap, mode_t);
	return 0;
}

EXPORT int
open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = take_mode(flags, ap);
	va_end(ap);
	return open_file(AT_FDCWD, path, flags, mode);
}

EXPORT int
openat(int folder, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = take_mode(flags, ap);
	va_end(ap);
	return open_file(folder, path, flags, mode);
}

EXPORT int
mkostemp(char *path, int flags)
{
	enum action action = count(KIND_OPEN);
	int fd;

	if (action != GO_ON)
		return carry_out(action);
	fd = NEXT(mkostemp)(path, flags);
	if (fd >= 0) {
		trace_new(fault.trace, fd);
		trace_link(fault.trace, path);
	}
	return fd;
}

/* Of all ioctls only the one that copies a file, which is not done at all
 * where a trace would have to hold the data. */
EXPORT int
ioctl(int fd, unsigned long request, ...)
{
	enum action action;
	va_list ap;
	void *argument;

	va_start(ap, request);
	argument = va_arg(ap, void *);
	va_end(ap);
	if (request != FICLONE)
		return NEXT(ioctl)(fd, request, argument);
	action = count(KIND_WRITE);
	if (action != GO_ON)
		return carry_out(action);
	if (fault.trace < 0)
		return NEXT(ioctl)(fd, request, argument);
	errno = EOPNOTSUPP;
	return -1;
}

/* The same by the names for large files. */
#define ALSO(name, other) \
	EXPORT __typeof__(name) other __attribute__((alias(#name)))

ALSO(pwrite, pwrite64);
ALSO(ftruncate, ftruncate64);
ALSO(fallocate, fallocate64);
ALSO(open, open64);
ALSO(openat, openat64);
