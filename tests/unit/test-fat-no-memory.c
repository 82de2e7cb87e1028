/* test-fat-no-memory.c - want of memory stages a thing whole, or not at all
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A session of edits with its first allocation failing, then its second, and
 * so on.  The step that it hits must say so, and succeed when tried again, as
 * if nothing had been; in the end fsck.fat finds nothing, and mtools reads
 * what was written.  A flush that fails is not tried again: the overlay, and
 * with it all of the session, is thrown away.
 */
#include <config.h>

#include "alloc-fail.h"
#include "scratch.h"
#include "source/overlay.h"
#include "volume/volume.h"

#define IMAGE "image.fat"

static struct balimg_error err;
static struct volume *vol;
static char content[3000];

static int
put_long(void)
{
	return volume_write_file(vol, "/dir/a long name for a file.json",
				 content, sizeof(content), 0, &err);
}

static int
put_short(void)
{
	return volume_write_file(vol, "/dir/SHORT", content, 100, 0, &err);
}

static int
replace(void)
{
	return volume_write_file(vol, "/old", content, 2000, VOLUME_WIPE_OLD,
				 &err);
}

static int
replace_again(void)
{
	return volume_write_file(vol, "/old", content, 1000, VOLUME_WIPE_OLD,
				 &err);
}

static int
remove_old(void)
{
	return volume_remove(vol, "/gone", VOLUME_WIPE_OLD, &err);
}

static int
revive(void)
{
	return volume_write_file(vol, "/gone", content, 1, 0, &err);
}

static int
make_dir(void)
{
	return volume_mkdir(vol, "/dir/sub directory", &err);
}

static int
put_below(void)
{
	return volume_write_file(vol, "/dir/sub directory/x", content, 1, 0,
				 &err);
}

static int
look(void)
{
	struct volume_listing listing;
	AUTO_FREE char *data = NULL;
	size_t len;

	if (volume_list(vol, "/dir", &listing, &err) < 0)
		return -1;
	volume_listing_clear(&listing);
	return volume_read_file(vol, "/old", 9999, &data, &len, &err);
}

static int
check(void)
{
	struct volume_faults faults;

	if (volume_check(vol, &faults, &err) < 0)
		return -1;
	/* A cluster is lost, in one FAT only. */
	CHECK(faults.count == 2 && faults.faults[0].repairable);
	volume_faults_clear(&faults);
	return 0;
}

static int
repair(void)
{
	return volume_repair(vol, &err);
}

/* The repair comes first: it would mend what later steps spoil. */
static int (*const steps[])(void) = {
	check,	       repair,	   put_long, put_short, replace,   look,
	replace_again, remove_old, revive,   make_dir,	put_below,
};

/* Every step; those that fail for want of memory once more. */
static void
edit(void)
{
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (steps[i]() == 0)
			continue;
		if (err.code != BALIMG_E_NO_MEMORY || !alloc_has_failed())
			FAIL("step %zu: %s", i, err.message);
		error_clear(&err);
		if (steps[i]() < 0)
			FAIL("step %zu again: %s", i, err.message);
	}
}

/* Bring the overlay to the image's file. */
static void
commit(struct source *overlay)
{
	const struct overlay_record *record;
	AUTO_FREE char *data = NULL;
	int fd = open(IMAGE, O_WRONLY | O_CLOEXEC);
	size_t i;

	CHECK(fd >= 0);
	for (i = 0; i < overlay_record_count(overlay); i++) {
		record = overlay_get_record(overlay, i);
		free(data);
		data = malloc(record->len);
		CHECK(data);
		CHECK_OK(overlay_read_record(overlay, record, 0, data,
					     record->len, &err),
			 err);
		CHECK(pwrite(fd, data, record->len, (off_t)record->offset) ==
		      (ssize_t)record->len);
	}
	close(fd);
}

static void
judge(void)
{
	CHECK(system("fsck.fat -n " IMAGE
		     " >log 2>&1 || { cat log; exit 1; }") == 0);
	CHECK(system("mtype -i " IMAGE " '::/dir/a long name for a file.json' "
		     "| cmp - content") == 0);
	CHECK(system("mtype -i " IMAGE " '::/old' | cmp -n 1000 - content") ==
	      0);
	CHECK(system("mdir -b -i " IMAGE " '::/dir/sub directory' | "
		     "grep -qx '::/dir/sub directory/x'") == 0);
}

/* One session with its allocation number @nth failing; false if there were
 * not so many. */
static bool
run_session(unsigned long nth)
{
	int fd;
	struct source *base, *overlay;
	bool failed;
	int rc;

	CHECK(system("cp base.fat " IMAGE) == 0);
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
	edit();
	rc = volume_flush(vol, &err);
	failed = alloc_has_failed();
	alloc_fail_at(0);
	if (rc == 0) {
		commit(overlay);
		judge();
	} else {
		CHECK(err.code == BALIMG_E_NO_MEMORY && failed);
		error_clear(&err);
	}
	volume_close(vol);
	source_close(overlay);
	source_close(base);
	close(fd);
	return failed;
}

int
main(void)
{
	unsigned long nth;
	size_t i;

	scratch_begin();
	setenv("PATH", "/usr/bin:/bin:/usr/sbin:/sbin", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	if (system("command -v mkfs.fat fsck.fat mtype >/dev/null")) {
		puts("skipped: no dosfstools and mtools here");
		return 77;
	}
	for (i = 0; i < sizeof(content); i++)
		content[i] = (char)('a' + i % 23);
	scratch_write("content", content, sizeof(content));
	/* With a cluster lost, to be found and mended. */
	CHECK(system("mkfs.fat -C -F 16 -s 1 base.fat 6000 >log && "
		     "mcopy -i base.fat content ::/OLD && "
		     "mcopy -i base.fat content ::/gone && "
		     "mmd -i base.fat ::/dir && "
		     "printf '\\377\\377' | dd of=base.fat bs=1 seek=10512 "
		     "conv=notrunc status=none") == 0);
	for (nth = 1; run_session(nth); nth++)
		continue;
	printf("%lu allocations\n", nth - 1);
	CHECK(nth > 30);
	return 0;
}
