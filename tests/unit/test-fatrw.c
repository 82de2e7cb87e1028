/* test-fatrw.c - unfinished writes of the device are seen, and cleared away
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <fcntl.h>
#include <unistd.h>

#include "balenaos/fatrw.h"
#include "base/digest.h"
#include "source/overlay.h"
#include "unit.h"

static struct volume *vol;
static struct balimg_error err;

static void
put(const char *path, const char *content)
{
	CHECK_OK(volume_write_file(vol, path, content, strlen(content), 0,
				   &err),
		 err);
}

/* A leftover of @file with @content, named after the md5 of @claimed. */
static void
put_leftover(const char *folder, const char *file, const char *random,
	     const char *suffix, const char *content, const char *claimed)
{
	uint8_t sum[MD5_SIZE];
	char hex[2 * MD5_SIZE + 1];
	char path[160];

	digest_md5(claimed, strlen(claimed), sum);
	digest_hex(sum, sizeof(sum), hex);
	snprintf(path, sizeof(path), "%s/.%s.%s.%s%s", folder, file, random,
		 hex, suffix);
	put(path, content);
}

static void
check_read(const char *path, const char *want, size_t notes)
{
	AUTO_PLAN struct plan *plan = plan_new(&err);
	AUTO_FREE char *data = NULL;
	size_t len;

	CHECK_OK(fatrw_read(vol, path, 1000, "here", plan, &data, &len, &err),
		 err);
	CHECK_STR(data, want);
	CHECK(len == strlen(want));
	CHECK(plan_note_count(plan) == notes);
	CHECK(plan_change_count(plan) == 0);
}

static void
check_count(const char *folder, size_t want)
{
	size_t count;

	CHECK_OK(fatrw_count(vol, folder, &count, &err), err);
	if (count != want)
		FAIL("%zu leftovers in %s, not %zu", count, folder, want);
}

static void
check_clean(const char *path, size_t want)
{
	AUTO_PLAN struct plan *plan = plan_new(&err);
	size_t i;

	CHECK_OK(fatrw_clean(vol, path, "here", plan, &err), err);
	CHECK(plan_change_count(plan) == want);
	for (i = 0; i < want; i++) {
		CHECK(!plan_get_change(plan, i)->after);
		CHECK(!strncmp(plan_get_change(plan, i)->where, "here: .", 7));
	}
}

static void
test_reading(void)
{
	put("/config.json", "{old}");
	check_read("/config.json", "{old}", 0);
	check_clean("/config.json", 0);

	/* Torn: not what its name says. */
	put_leftover("", "config.json", "AAAAAAAA", ".md5sum", "{ne", "{new}");
	check_read("/config.json", "{old}", 0);
	/* Of two good ones the first by name, not by place. */
	put_leftover("", "config.json", "CCCCCCCC", ".md5sum", "{c}", "{c}");
	put_leftover("", "config.json", "BBBBBBBB", ".md5sum", "{b}", "{b}");
	check_read("/config.json", "{b}", 1);
	/* A copy under way is nothing to read. */
	put_leftover("", "config.json", "00000000", ".tmp", "{t}", "{t}");
	check_read("/config.json", "{b}", 1);
	/* Empty, and too long for the caller. */
	put_leftover("", "config.json", "AAAAAAAB", ".md5sum", "", "");
	check_read("/config.json", "", 1);
}

/* Names that come close. */
static void
test_cleaning(void)
{
	put_leftover("", "config.txt", "AAAAAAAA", ".md5sum", "t", "t");
	put_leftover("", "config.json", "x", ".md5sums", "t", "t");
	put("/.config.json.md5sum", "");
	put("/.config.json.AAAAAAAA.0123456789abcdef.md5sum", "");
	put("/.config.json.0123456789abcdef0123456789abcdef.md5sum", "");
	put("/.config.json.A.0123456789ABCDEF0123456789ABCDEF.md5sum", "");
	put("/.config.json.my.tmp", "");

	/* With a random part "json", one of them could be "config"'s. */
	check_count("/", 7);
	check_clean("/config.json", 5);
	check_count("/", 2);
	check_read("/config.json", "{old}", 0);
	check_clean("/config.json", 0);
	check_read("/config.txt", "t", 1);
	check_clean("/config.txt", 1);
	check_clean("/config", 1);
	check_count("/", 0);
	CHECK_FAILS(volume_remove(vol, "/config.txt", 0, &err), err,
		    BALIMG_E_NOT_FOUND);
	CHECK_OK(volume_remove(vol, "/.config.json.my.tmp", 0, &err), err);
}

static void
test_folder(void)
{
	CHECK_OK(volume_mkdir(vol, "/splash", &err), err);
	put("/splash/logo.png", "old");
	put_leftover("/splash", "logo.png", "AAAAAAAA", ".md5sum", "new",
		     "new");
	check_count("/", 0);
	check_count("/splash", 1);
	check_read("/splash/logo.png", "new", 1);
	check_clean("/splash/logo.png", 1);
	check_read("/splash/logo.png", "old", 0);
}

int
main(void)
{
	AUTO_SOURCE struct source *base = NULL;
	AUTO_SOURCE struct source *overlay = NULL;
	char path[] = "/tmp/balimg-fatrw-XXXXXX";
	char command[80];
	int fd = mkstemp(path);

	snprintf(command, sizeof(command),
		 "PATH=$PATH:/sbin:/usr/sbin mkfs.fat %s >/dev/null", path);
	if (fd < 0 || ftruncate(fd, 4 << 20) < 0 || system(command) != 0) {
		printf("skipped: mkfs.fat does not run\n");
		unlink(path);
		return 77;
	}
	unlink(path);
	base = source_file_open(fd, &err);
	overlay = base ? overlay_open(base, &err) : NULL;
	vol = overlay ? volume_open(overlay, &err) : NULL;
	if (!vol)
		FAIL("%s", err.message);
	test_reading();
	test_cleaning();
	test_folder();
	CHECK_OK(volume_flush(vol, &err), err);
	volume_close(vol);
	close(fd);
	return 0;
}
