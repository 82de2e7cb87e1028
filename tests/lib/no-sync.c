/* no-sync.c - LD_PRELOAD: bringing data to the medium costs nothing
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * For measuring what a command costs beside its syncs, and for tests that
 * lose nothing when power fails.
 */
#include <config.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT int
fsync(int fd)
{
	(void)fd;
	return 0;
}

EXPORT int
fdatasync(int fd)
{
	(void)fd;
	return 0;
}

EXPORT int
syncfs(int fd)
{
	(void)fd;
	return 0;
}

EXPORT int
msync(void *at, size_t len, int flags)
{
	(void)at;
	(void)len;
	(void)flags;
	return 0;
}
