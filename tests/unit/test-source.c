/* test-source.c - files, slices and memory as sources
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <unistd.h>

#include "base/io.h"
#include "base/os.h"
#include "source/source.h"
#include "unit.h"

static void
test_memory_and_slice(void)
{
	static const char text[] = "0123456789";
	struct balimg_error err = { 0 };
	AUTO_SOURCE struct source *memory = source_memory_open(text, 10, &err);
	AUTO_SOURCE struct source *slice = source_slice_open(memory, 2, 6,
							     &err);
	AUTO_SOURCE struct source *inner = source_slice_open(slice, 1, 5,
							     &err);
	struct extent extent;
	char got[6] = { 0 };

	CHECK(memory && slice && inner);
	CHECK_OK(source_read(inner, 0, got, 5, &err), err);
	CHECK_STR(got, "34567");
	CHECK(source_size(inner) == 5);
	CHECK(!source_is_writable(inner));
	CHECK_FAILS(source_read(inner, 1, got, 5, &err), err,
		    BALIMG_E_INVALID);
	CHECK_FAILS(source_write(inner, 0, "x", 1, &err), err, BALIMG_E_USAGE);
	CHECK(!source_slice_open(memory, 8, 3, &err));
	CHECK(err.code == BALIMG_E_INVALID);
	error_clear(&err);
	CHECK_OK(source_extents(inner, 2, &extent, &err), err);
	CHECK(extent.offset == 2 && extent.len == 3);
}

static void
test_file_holes(void)
{
	struct balimg_error err = { 0 };
	AUTO_FD int fd = os_open_scratch("/var/tmp", &err);
	AUTO_SOURCE struct source *file = NULL;
	AUTO_SOURCE struct source *slice = NULL;
	struct extent extent;
	uint64_t at, data = 0;
	char byte = 0;

	CHECK(fd >= 0);
	CHECK_OK(ftruncate(fd, 1 << 20), err);
	CHECK_OK(io_write_at(fd, "x", 1, 1 << 18, &err), err);
	file = source_file_open(fd, &err);
	CHECK(file && source_size(file) == 1 << 20);
	CHECK_OK(source_read(file, 1 << 18, &byte, 1, &err), err);
	CHECK(byte == 'x');

	slice = source_slice_open(file, 1 << 17, 1 << 18, &err);
	for (at = 0; at < 1 << 18; at += extent.len) {
		CHECK_OK(source_extents(slice, at, &extent, &err), err);
		CHECK(extent.offset == at && extent.len);
		if (extent.kind == EXTENT_DATA)
			data += extent.len;
	}
	CHECK(at == 1 << 18);
	CHECK(data >= 1);
	CHECK_FAILS(source_write(file, 0, "x", 1, &err), err, BALIMG_E_USAGE);
}

int
main(void)
{
	test_memory_and_slice();
	test_file_holes();
	return 0;
}
