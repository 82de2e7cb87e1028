/* fuzz-overlay-file.c - any bytes as an overlay file
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The magic words and the sum are made right first, or nothing would get
 * past them; the file is then held against an image of 8 KiB of zeroes.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/io.h"
#include "base/os.h"
#include "commit/overlay-format.h"
#include "fuzz.h"

#define IMAGE_SIZE 8192

static struct backing *
open_image(void)
{
	struct balimg_error err = { 0 };
	char path[] = "/tmp/balimg-fuzz-XXXXXX";
	AUTO_FD int fd = mkstemp(path);
	struct backing *backing;

	if (fd < 0 || ftruncate(fd, IMAGE_SIZE) < 0)
		abort();
	backing = backing_open(path, false, &err);
	unlink(path);
	if (!backing)
		abort();
	return backing;
}

static void
seal(uint8_t *raw, size_t size)
{
	uint8_t *trailer = raw + size - OVERLAY_TRAILER_SIZE;

	memcpy(raw, OVERLAY_MAGIC, OVERLAY_MAGIC_SIZE);
	memcpy(trailer + TRAILER_MAGIC, OVERLAY_MAGIC, OVERLAY_MAGIC_SIZE);
	digest_sha256(raw, (size_t)(trailer - raw) + TRAILER_SHA256,
		      trailer + TRAILER_SHA256);
}

static struct overlay_file *
open_bytes(const uint8_t *data, size_t size, struct balimg_error *err)
{
	AUTO_FREE uint8_t *raw = malloc(size + 1);
	AUTO_FD int fd = os_memory_file(0, err);

	if (!raw || fd < 0)
		abort();
	memcpy(raw, data, size);
	if (size >= OVERLAY_HEADER_SIZE + OVERLAY_TRAILER_SIZE)
		seal(raw, size);
	if (io_write_at(fd, raw, size, 0, err) < 0)
		abort();
	return overlay_file_open(STEAL_FD(fd), err);
}

/* An image that has all of it is told to. */
static void
check_done(struct overlay_file *file, const struct backing *image)
{
	struct balimg_error err = { 0 };
	AUTO_SOURCE struct source *overlay =
		overlay_open(backing_source(image), &err);
	enum overlay_file_state state;

	if (!overlay || overlay_file_compare(file, image, &state, &err) < 0)
		abort();
	if (state == OVERLAY_FILE_FOREIGN)
		return;
	if (overlay_file_replay(file, overlay, &err) < 0)
		abort();
	if (file->count && state == OVERLAY_FILE_DONE &&
	    file->entries[file->count - 1].epoch == 0 &&
	    !overlay_is_empty(overlay))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct backing *image;
	struct balimg_error err = { 0 };
	AUTO_OVERLAY_FILE struct overlay_file *file = NULL;

	if (!image)
		image = open_image();
	file = open_bytes(data, size, &err);
	if (!file) {
		if (!err.code)
			abort();
		return 0;
	}
	check_done(file, image);
	return 0;
}
