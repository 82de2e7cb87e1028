/* test-ext-no-memory.c - want of memory leaves a volume as it was, or edited
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A session of edits with the first allocation of ours failing, then the
 * second, and so on.  The step that it hits says so.  If it was staged by
 * half, nothing goes on and nothing reaches the source; else it succeeds when
 * tried again, and in the end e2fsck finds nothing and debugfs reads what was
 * written.
 */
#include <config.h>

#include "alloc-fail.h"
#include "scratch.h"
#include "source/overlay.h"
#include "volume/volume.h"

#define IMAGE "image.ext4"

static struct balimg_error err;
static struct volume *vol;
static char content[9000];

static int
create(void)
{
	return volume_write_file(vol, "/link/new", content, sizeof(content), 0,
				 &err);
}

static int
replace(void)
{
	return volume_write_file(vol, "/old", content, 5000, VOLUME_WIPE_OLD,
				 &err);
}

static int
remove_file(void)
{
	return volume_remove(vol, "/gone", VOLUME_WIPE_OLD, &err);
}

static int
make_dir(void)
{
	return volume_mkdir(vol, "/dir/sub", &err);
}

static int
set_mode(void)
{
	return volume_set_mode(vol, "/dir/new", 0600, &err);
}

static int
patch(void)
{
	AUTO_SOURCE struct source *file = volume_open_file(vol, "/dir/new",
							   &err);

	return file ? source_write(file, 100, "patched", 7, &err) : -1;
}

static int
look(void)
{
	struct volume_listing listing;
	AUTO_FREE char *data = NULL;
	size_t len;

	if (volume_list(vol, "/", &listing, &err) < 0)
		return -1;
	volume_listing_clear(&listing);
	return volume_read_file(vol, "/link/new", 9999, &data, &len, &err);
}

static int
check(void)
{
	struct volume_faults faults;

	if (volume_check(vol, &faults, &err) < 0)
		return -1;
	CHECK(faults.count == 0);
	volume_faults_clear(&faults);
	return 0;
}

static int (*const steps[])(void) = {
	check, create, replace, remove_file, make_dir, set_mode, patch, look,
};

/* Every step; those that fail for want of memory once more.  False if the
 * volume failed. */
static bool
edit(void)
{
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (steps[i]() == 0)
			continue;
		if (err.code != BALIMG_E_NO_MEMORY || !alloc_has_failed())
			FAIL("step %zu: %s", i, err.message);
		error_clear(&err);
		if (steps[i]() == 0)
			continue;
		if (err.code != BALIMG_E_USAGE)
			FAIL("step %zu again: %s", i, err.message);
		error_clear(&err);
		return false;
	}
	return true;
}

/* Bring the overlay to the image's file. */
static void
commit(struct source *overlay)
{
	const struct overlay_record *record;
	int fd = open(IMAGE, O_WRONLY | O_CLOEXEC);
	size_t i;
	char *data;

	CHECK(fd >= 0);
	for (i = 0; i < overlay_record_count(overlay); i++) {
		record = overlay_get_record(overlay, i);
		data = malloc(record->len);
		CHECK(data);
		CHECK_OK(overlay_read_record(overlay, record, 0, data,
					     record->len, &err),
			 err);
		CHECK(pwrite(fd, data, record->len, (off_t)record->offset) ==
		      (ssize_t)record->len);
		free(data);
	}
	close(fd);
}

static void
judge(void)
{
	CHECK(system("e2fsck -fn " IMAGE
		     " >log 2>&1 || { cat log; exit 1; }") == 0);
	CHECK(system("debugfs -R 'cat /dir/new' " IMAGE " 2>log | "
		     "cmp - patched") == 0);
	CHECK(system("debugfs -R 'cat /old' " IMAGE " 2>log | head -c 5000 | "
		     "cmp -n 5000 - content") == 0);
	CHECK(system("debugfs -R 'ea_list /dir/new' " IMAGE " 2>log | "
		     "grep -q 'posix_acl_access (28) = .* 10 00 00 00'") == 0);
	CHECK(system("debugfs -R 'ea_list /dir/sub' " IMAGE " 2>log | "
		     "grep -q posix_acl_default") == 0);
}

/* One session with its allocation number @nth failing; false if there were
 * not so many. */
static bool
run_session(unsigned long nth)
{
	struct source *base, *overlay;
	bool whole, failed;
	int fd, rc;

	CHECK(system("cp base.ext4 " IMAGE) == 0);
	fd = open(IMAGE, O_RDONLY | O_CLOEXEC);
	base = source_file_open(fd, &err);
	CHECK(base);
	overlay = overlay_open(base, &err);
	CHECK(overlay);
	alloc_fail_at(nth);
	vol = volume_open(overlay, &err);
	if (!vol) {
		CHECK(err.code == BALIMG_E_NO_MEMORY);
		error_clear(&err);
		vol = volume_open(overlay, &err);
		CHECK(vol);
	}
	whole = edit();
	CHECK(overlay_is_empty(overlay));
	rc = volume_flush(vol, &err);
	failed = alloc_has_failed();
	alloc_fail_at(0);
	if (rc == 0) {
		CHECK(whole);
		commit(overlay);
		judge();
	} else {
		CHECK(failed && (whole ? err.code == BALIMG_E_NO_MEMORY :
					 overlay_is_empty(overlay)));
		error_clear(&err);
	}
	volume_close(vol);
	source_close(overlay);
	source_close(base);
	close(fd);
	return failed;
}

/* As stored: for user 7, too. */
static void
give_default_list(void)
{
	static const uint8_t list[] = { 1,    0, 0, 0, 1,    0, 7, 0, 2, 0,
					7,    0, 7, 0, 0,    0, 4, 0, 5, 0,
					0x10, 0, 7, 0, 0x20, 0, 5, 0 };

	scratch_write("list", list, sizeof(list));
	CHECK(system("debugfs -w -R 'ea_set -r -f list dir "
		     "system.posix_acl_default' base.ext4 >log 2>&1") == 0);
}

int
main(void)
{
	unsigned long nth;
	size_t i;

	scratch_begin();
	setenv("PATH", "/usr/bin:/bin:/usr/sbin:/sbin", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	if (system("command -v mkfs.ext4 e2fsck debugfs >/dev/null")) {
		puts("skipped: no e2fsprogs here");
		return 77;
	}
	for (i = 0; i < sizeof(content); i++)
		content[i] = (char)('a' + i % 23);
	scratch_write("content", content, sizeof(content));
	memcpy(content + 100, "patched", 7);
	scratch_write("patched", content, sizeof(content));
	for (i = 0; i < sizeof(content); i++)
		content[i] = (char)('a' + i % 23);
	CHECK(system("mkdir -p tree/dir && cp content tree/old && "
		     "cp content tree/gone && ln -s dir tree/link && "
		     "mkfs.ext4 -q -b 1024 -d tree base.ext4 3000k "
		     ">log 2>&1") == 0);
	give_default_list();
	for (nth = 1; run_session(nth); nth++)
		continue;
	printf("%lu allocations\n", nth - 1);
	CHECK(nth > 30);
	return 0;
}
