/* test-overlay-file.c - an overlay file is whole and true, or not opened
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/os.h"
#include "commit/overlay-format.h"
#include "edited-image.h"

/* The edits as the bytes of an overlay file. */
static char *
make_file(struct edited *edited, size_t *len)
{
	struct balimg_error err = { 0 };
	char *raw;
	int fd = open("file", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	CHECK(fd >= 0);
	CHECK_OK(overlay_file_write(fd, edited->overlay, edited->backing,
				    false, &err),
		 err);
	close(fd);
	raw = scratch_read("file", len);
	CHECK(raw);
	return raw;
}

static struct overlay_file *
open_bytes(const void *raw, size_t len, struct balimg_error *err)
{
	int fd = os_memory_file(0, err);

	CHECK(fd >= 0);
	CHECK(write(fd, raw, len) == (ssize_t)len);
	return overlay_file_open(fd, err);
}

static void
check_rejected(const void *raw, size_t len, const char *what, size_t at)
{
	struct balimg_error err = { 0 };
	struct overlay_file *file = open_bytes(raw, len, &err);

	if (file)
		FAIL("accepted: %s %zu", what, at);
	if (err.code != BALIMG_E_INVALID && err.code != BALIMG_E_UNSUPPORTED)
		FAIL("%s %zu: %s", what, at, err.message);
}

static void
test_torn_or_changed(struct edited *edited)
{
	size_t len, i;
	char *raw = make_file(edited, &len);

	CHECK(len < 64 * 1024);
	for (i = 0; i < len; i += i < len - 600 ? 7 : 1)
		check_rejected(raw, i, "cut to", i);
	for (i = 0; i < len; i += i < len - 600 ? 3 : 1) {
		raw[i] ^= 0x10;
		check_rejected(raw, len, "changed at", i);
		raw[i] ^= 0x10;
	}
	free(raw);
}

/* Give changed bytes a sum that fits. */
static void
seal(char *raw, size_t len)
{
	size_t end = len - OVERLAY_TRAILER_SIZE + TRAILER_SHA256;

	digest_sha256(raw, end, (uint8_t *)raw + end);
}

/* What is opened in spite of lies must be harmless. */
static bool
use(struct edited *edited, const char *raw, size_t len)
{
	struct balimg_error err = { 0 };
	AUTO_OVERLAY_FILE struct overlay_file *file = open_bytes(raw, len,
								 &err);
	AUTO_SOURCE struct source *overlay = NULL;
	enum overlay_file_state state;

	if (!file)
		return false;
	CHECK_OK(overlay_file_compare(file, edited->backing, &state, &err),
		 err);
	overlay = overlay_open(backing_source(edited->backing), &err);
	if (overlay_file_replay(file, overlay, &err) < 0)
		CHECK(err.code == BALIMG_E_INVALID);
	return true;
}

static void
test_sealed_lies(struct edited *edited)
{
	static const uint64_t lies[] = {
		0,
		1,
		511,
		512,
		4096,
		IMAGE_SIZE,
		1u << 20,
		UINT32_MAX,
		INT64_MAX,
		UINT64_MAX,
		UINT64_MAX - 511,
		1ull << 63,
	};
	size_t len, i, at, index, opened = 0;
	char *raw = make_file(edited, &len);
	char *lie = malloc(len);

	CHECK(lie);
	index = le64_get(raw + len - OVERLAY_TRAILER_SIZE);
	for (at = 0; at + 8 <= len; at += 4) {
		if (at == 64)
			at = index;
		if (at + 8 > len - OVERLAY_TRAILER_SIZE + 32)
			break;
		for (i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
			memcpy(lie, raw, len);
			le64_put(lie + at, lies[i]);
			seal(lie, len);
			opened += use(edited, lie, len);
		}
	}
	CHECK(opened);
	free(lie);
	free(raw);
}

static enum overlay_file_state
state_of(struct overlay_file *file)
{
	struct balimg_error err = { 0 };
	AUTO_BACKING struct backing *backing = backing_open("image", false,
							    &err);
	enum overlay_file_state state;

	if (!backing)
		FAIL("%s", err.message);
	CHECK_OK(overlay_file_compare(file, backing, &state, &err), err);
	return state;
}

static void
test_states(struct edited *edited)
{
	struct balimg_error err = { 0 };
	size_t len, at, now, other = IMAGE_SIZE;
	char *raw = make_file(edited, &len);
	AUTO_OVERLAY_FILE struct overlay_file *file = open_bytes(raw, len,
								 &err);
	char mixed[IMAGE_SIZE + 1] = "";

	CHECK(file);
	CHECK(state_of(file) == OVERLAY_FILE_OLD);
	scratch_write("image", edited->now, IMAGE_SIZE);
	CHECK(state_of(file) == OVERLAY_FILE_DONE);

	/* One granule old among the new ones, for each in turn. */
	for (at = 0; at < IMAGE_SIZE; at += now) {
		now = IMAGE_SIZE - at < 512 ? IMAGE_SIZE - at : 512;
		memcpy(mixed, edited->now, IMAGE_SIZE);
		memcpy(mixed + at, edited->old + at, now);
		scratch_write("image", mixed, IMAGE_SIZE);
		CHECK(state_of(file) ==
		      (memcmp(mixed, edited->now, IMAGE_SIZE) ?
			       OVERLAY_FILE_PARTLY :
			       OVERLAY_FILE_DONE));
		mixed[at] ^= 1;
		scratch_write("image", mixed, IMAGE_SIZE);
		CHECK(state_of(file) ==
		      (memcmp(edited->old + at, edited->now + at, now) ?
			       OVERLAY_FILE_FOREIGN :
			       OVERLAY_FILE_DONE));
		if (!memcmp(edited->old + at, edited->now + at, now))
			other = at;
	}

	/* The first epoch alone: neither old nor final at 3000. */
	memcpy(mixed, edited->old, IMAGE_SIZE);
	memcpy(mixed + 3000, "changed twice", 13);
	scratch_write("image", mixed, IMAGE_SIZE);
	CHECK(state_of(file) == OVERLAY_FILE_PARTLY);

	/* What no record covers may change; the size may not. */
	memcpy(mixed, edited->old, IMAGE_SIZE);
	mixed[other] ^= 1;
	scratch_write("image", mixed, IMAGE_SIZE);
	CHECK(state_of(file) == OVERLAY_FILE_OLD);
	scratch_write("image", mixed, IMAGE_SIZE + 1);
	CHECK(state_of(file) == OVERLAY_FILE_FOREIGN);
	free(raw);
}

/* A file of the 16 MiB limit and more: what is replaced is not kept, and the
 * file is sound all the same. */
static void
test_too_much_to_keep(void)
{
	enum {
		LEN = 20 << 20
	};
	struct balimg_error err = { 0 };
	char *data = malloc(LEN);
	struct backing *backing;
	struct source *overlay;
	struct overlay_file *file;
	enum overlay_file_state state;
	int fd;

	CHECK(data);
	memset(data, 0x11, LEN);
	scratch_write("large", data, LEN);
	memset(data, 0x22, LEN);
	backing = backing_open("large", false, &err);
	CHECK(backing);
	overlay = overlay_open(backing_source(backing), &err);
	CHECK_OK(source_write(overlay, 0, data, LEN, &err), err);
	fd = os_memory_file(0, &err);
	CHECK_OK(overlay_file_write(fd, overlay, backing, false, &err), err);
	CHECK(lseek(fd, 0, SEEK_END) < LEN + (1 << 20));
	file = overlay_file_open(fd, &err);
	CHECK(file);
	CHECK_OK(overlay_file_compare(file, backing, &state, &err), err);
	CHECK(state == OVERLAY_FILE_OLD);
	overlay_file_close(file);

	fd = os_memory_file(0, &err);
	CHECK_OK(overlay_file_write(fd, overlay, backing, true, &err), err);
	CHECK(lseek(fd, 0, SEEK_END) > 2 * LEN);
	close(fd);
	source_close(overlay);
	backing_close(backing);
	free(data);
}

int
main(void)
{
	struct edited edited;

	scratch_begin();
	edited_open(&edited);
	edited_edit(&edited);
	test_torn_or_changed(&edited);
	test_sealed_lies(&edited);
	test_states(&edited);
	edited_close(&edited);
	test_too_much_to_keep();
	return 0;
}
