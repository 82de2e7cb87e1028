/* test-ext-images-within.c - a file of an ext volume can be a volume itself
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * As in a flasher: an image in a root file system, whose free clusters are
 * holes of the file.  Both are edited in one transaction; e2fsck and fsck.fat
 * find nothing, and debugfs and mtools read what was written.
 */
#include <config.h>

#include "scratch.h"
#include "source/overlay.h"
#include "trace-source.h"
#include "volume/volume.h"

#define IMAGE "outer.ext4"

static struct balimg_error err;
static char content[200000];

static void
put(struct volume *vol, const char *path, size_t len)
{
	CHECK_OK(volume_write_file(vol, path, content, len, 0, &err), err);
}

/* What does not fit into the holes is refused before anything is written. */
static void
meet_the_end(struct volume *outer)
{
	AUTO_SOURCE struct source *file = volume_open_file(outer, "/inner.img",
							   &err);
	struct volume_space space;
	char *much;

	CHECK(file);
	CHECK_OK(volume_space(outer, &space, &err), err);
	CHECK(space.free < source_size(file));
	much = malloc(source_size(file));
	CHECK(much);
	memset(much, 'x', source_size(file));
	CHECK(source_write(file, 0, much, source_size(file), &err) < 0);
	CHECK(err.code == BALIMG_E_NO_SPACE);
	error_clear(&err);
	free(much);
}

static void
edit(struct source *source)
{
	AUTO_VOLUME struct volume *outer = volume_open(source, &err);
	AUTO_SOURCE struct source *file = NULL;
	AUTO_VOLUME struct volume *inner = NULL;

	CHECK(outer);
	put(outer, "/before", 5000);
	file = volume_open_file(outer, "/inner.img", &err);
	CHECK(file && source_is_writable(file));
	inner = volume_open(file, &err);
	CHECK(inner && !strcmp(volume_type(inner), "vfat"));
	put(inner, "/config.json", 150000);
	CHECK_OK(volume_mkdir(inner, "/folder", &err), err);
	put(outer, "/between", 5000);
	put(inner, "/folder/file", 20);
	CHECK_OK(volume_flush(inner, &err), err);
	meet_the_end(outer);
	CHECK_OK(volume_remove(outer, "/before", 0, &err), err);
	CHECK_OK(volume_flush(outer, &err), err);
}

/* A source of a file that is gone writes no more. */
static void
remove_open_file(void)
{
	AUTO_SOURCE struct source *base = trace_open(IMAGE, TRACE_PRIVATE);
	AUTO_VOLUME struct volume *vol = volume_open(base, &err);
	AUTO_SOURCE struct source *file = NULL;
	char data[4];

	CHECK(vol);
	file = volume_open_file(vol, "/between", &err);
	CHECK(file);
	CHECK_OK(volume_remove(vol, "/between", 0, &err), err);
	CHECK(source_read(file, 0, data, 4, &err) < 0);
	error_clear(&err);
	CHECK(source_write(file, 0, data, 4, &err) < 0);
	error_clear(&err);
	CHECK_OK(volume_flush(vol, &err), err);
}

int
main(void)
{
	struct source *image;
	size_t i;

	scratch_begin();
	setenv("PATH", "/usr/bin:/bin:/usr/sbin:/sbin", 1);
	if (system("command -v mkfs.ext4 e2fsck debugfs mkfs.fat fsck.fat "
		   "mtype >/dev/null")) {
		puts("skipped: no e2fsprogs, dosfstools and mtools here");
		return 77;
	}
	for (i = 0; i < sizeof(content); i++)
		content[i] = (char)('a' + i % 23);
	scratch_write("content", content, sizeof(content));
	CHECK(system("mkdir tree && mkfs.fat -C -F 16 -s 1 tree/inner.img "
		     "6000 >log && mkfs.ext4 -q -b 1024 -d tree " IMAGE
		     " 3000k >log 2>&1") == 0);
	image = trace_open(IMAGE, TRACE_SHARED);
	edit(image);
	source_close(image);
	CHECK(system("e2fsck -fn " IMAGE
		     " >log 2>&1 || { cat log; exit 1; }") == 0);
	CHECK(system("debugfs -R 'dump /inner.img inner' " IMAGE
		     " >log 2>&1 && fsck.fat -n inner >log || "
		     "{ cat log; exit 1; }") == 0);
	CHECK(system("mtype -i inner ::/config.json | cmp -n 150000 - "
		     "content") == 0);
	CHECK(system("mtype -i inner ::/folder/file | cmp -n 20 - content") ==
	      0);
	CHECK(system("debugfs -R 'cat /between' " IMAGE " 2>log | "
		     "cmp -n 5000 - content") == 0);
	remove_open_file();
	return 0;
}
