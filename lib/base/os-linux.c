/* os-linux.c - what only Linux has
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/os-linux.h"

int
linux_memory_file(uint64_t size, struct balimg_error *err)
{
	AUTO_FD int fd = memfd_create("balimg", MFD_CLOEXEC);

	if (fd < 0)
		return error_sys(err, "cannot make a file in memory");
	if (size > INT64_MAX)
		return error_set(err, BALIMG_E_INVALID, "no file is that large");
	if (ftruncate(fd, (off_t)size) < 0)
		return error_sys(err, "cannot give a file in memory its size");
	return STEAL_FD(fd);
}
