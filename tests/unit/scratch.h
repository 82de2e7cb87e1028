/* scratch.h - files that a test makes and that vanish with it
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * scratch_begin() makes a folder of the test's own in the current one, makes
 * it the current folder, and has it removed when the test ends, passed or
 * failed.
 */
#ifndef BALIMG_TESTS_SCRATCH_H
#define BALIMG_TESTS_SCRATCH_H

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

static char scratch_folder[4096];

static int
scratch_remove(const char *path, const struct stat *st, int kind,
	       struct FTW *walk)
{
	(void)st;
	(void)kind;
	(void)walk;
	return remove(path);
}

static void
scratch_end(void)
{
	if (!chdir("/"))
		nftw(scratch_folder, scratch_remove, 8, FTW_DEPTH | FTW_PHYS);
}

static inline void
scratch_begin(void)
{
	char here[3072];

	CHECK(getcwd(here, sizeof(here)));
	snprintf(scratch_folder, sizeof(scratch_folder), "%s/scratch-XXXXXX",
		 here);
	CHECK(mkdtemp(scratch_folder));
	CHECK(chdir(scratch_folder) == 0);
	atexit(scratch_end);
}

/* Make @path hold @data. */
static inline void
scratch_write(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	CHECK(fd >= 0);
	CHECK(write(fd, data, len) == (ssize_t)len);
	close(fd);
}

/* What @path holds, to be freed; NULL if it is not there. */
static inline char *
scratch_read(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *data;

	if (fd < 0)
		return NULL;
	CHECK(fstat(fd, &st) == 0);
	*len = (size_t)st.st_size;
	data = malloc(*len + 1);
	CHECK(data);
	CHECK(read(fd, data, *len) == (ssize_t)*len);
	close(fd);
	return data;
}

/* Does @path hold exactly @data? */
static inline int
scratch_holds(const char *path, const void *data, size_t len)
{
	size_t got_len = 0;
	char *got = scratch_read(path, &got_len);
	int same = got && got_len == len && !memcmp(got, data, len);

	free(got);
	return same;
}

static inline int
scratch_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

#endif /* BALIMG_TESTS_SCRATCH_H */
