/* os-linux.c - what POSIX lacks, as Linux does it
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <linux/fs.h>
#include <unistd.h>

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
