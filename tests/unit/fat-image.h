/* fat-image.h - a FAT volume of mkfs.fat, open for a test
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The programs run in the scratch folder; a test is skipped without them.
 */
#ifndef BALIMG_TESTS_FAT_IMAGE_H
#define BALIMG_TESTS_FAT_IMAGE_H

#include "scratch.h"
#include "trace-source.h"
#include "volume/volume.h"

#define IMAGE "image.fat"

static struct balimg_error err;
static struct source *source; /* of IMAGE, written through */
static struct volume *vol;

/* Status of a shell command. */
static inline int
run(const char *command)
{
	return system(command);
}

static inline void
begin_fat_test(void)
{
	scratch_begin();
	setenv("PATH", "/usr/bin:/bin:/usr/sbin:/sbin", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	if (run("command -v mkfs.fat fsck.fat mtype >/dev/null")) {
		puts("skipped: no dosfstools and mtools here");
		exit(77);
	}
}

static inline void
open_volume(void)
{
	source = trace_open(IMAGE, TRACE_SHARED);
	vol = volume_open(source, &err);
	if (!vol)
		FAIL("open: %s", err.message);
}

static inline void
close_volume(void)
{
	volume_close(vol);
	source_close(source);
	vol = NULL;
	source = NULL;
}

/* A new volume: the arguments of mkfs.fat but for the file's name. */
static inline void
make_volume(const char *kib, const char *options)
{
	char command[512];

	snprintf(command, sizeof(command),
		 "rm -f " IMAGE "; mkfs.fat -C %s " IMAGE " %s >log 2>&1",
		 options, kib);
	CHECK(run(command) == 0);
	open_volume();
}

/* Flush, and have fsck.fat find nothing. */
static inline void
flush_and_judge(void)
{
	CHECK_OK(volume_flush(vol, &err), err);
	if (run("fsck.fat -n " IMAGE " >log 2>&1")) {
		run("cat log >&2");
		FAIL("fsck.fat finds faults");
	}
}

static inline void
end_volume(void)
{
	flush_and_judge();
	close_volume();
}

static inline void
put_text(const char *path, const char *text)
{
	CHECK_OK(volume_write_file(vol, path, text, strlen(text), 0, &err),
		 err);
}

/* A file of @len bytes that differ from file to file. */
static inline int
put_bytes(const char *path, size_t len, unsigned flags)
{
	char *data = malloc(len + 1);
	int rc;
	size_t i;

	CHECK(data);
	for (i = 0; i < len; i++)
		data[i] = (char)(i / 251 + i + strlen(path));
	rc = volume_write_file(vol, path, data, len, flags, &err);
	free(data);
	return rc;
}

static inline void
check_text(const char *path, const char *want)
{
	AUTO_FREE char *data = NULL;
	size_t len;

	CHECK_OK(volume_read_file(vol, path, 1 << 20, &data, &len, &err), err);
	CHECK(len == strlen(want));
	CHECK_STR(data, want);
}

static inline bool
exists(const char *path)
{
	bool yes;

	CHECK_OK(volume_exists(vol, path, &yes, &err), err);
	return yes;
}

static inline uint64_t
free_bytes(void)
{
	struct volume_space space;

	CHECK_OK(volume_space(vol, &space, &err), err);
	return space.free;
}

#endif /* BALIMG_TESTS_FAT_IMAGE_H */
