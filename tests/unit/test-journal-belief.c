/* test-journal-belief.c - a journal that is not the image's own is not applied
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <inttypes.h>

#include "base/os.h"
#include "edited-image.h"

/* An image with a complete journal beside it, nothing of it applied; closed
 * then. */
static void
interrupt(struct edited *edited)
{
	struct balimg_error err = { 0 };
	int fd;

	edited_open(edited);
	edited_edit(edited);
	unlink(JOURNAL);
	fd = open(JOURNAL, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	CHECK(fd >= 0);
	CHECK_OK(overlay_file_write(fd, edited->overlay, edited->backing,
				    false, &err),
		 err);
	close(fd);
	edited_close(edited);
}

/* Look as a reader does. */
static struct overlay_file *
find(enum balimg_code *code)
{
	struct balimg_error err = { 0 };
	AUTO_BACKING struct backing *backing = backing_open("image", false,
							    &err);
	struct overlay_file *file = NULL;
	int result;

	CHECK(backing);
	result = commit_find_journal(backing, &file, &err);
	CHECK((result < 0) == (err.code != BALIMG_OK));
	CHECK(result == 0 || !file);
	*code = err.code;
	if (err.code == BALIMG_E_REFUSED) {
		CHECK(strstr(err.message, "/image "));
		CHECK(strstr(err.message, JOURNAL));
		CHECK(err.hint[0]);
	}
	return file;
}

static void
check_refused(const struct edited *edited, const char *why)
{
	enum balimg_code code;

	CHECK(!find(&code));
	if (code != BALIMG_E_REFUSED)
		FAIL("%s: %s", why, balimg_code_name(code));
	CHECK(scratch_holds("image", edited->old, IMAGE_SIZE));
	CHECK(scratch_exists(JOURNAL));
}

static void
test_believed(void)
{
	struct balimg_error err = { 0 };
	struct edited edited;
	struct overlay_file *file;
	struct backing *backing;
	enum balimg_code code;

	interrupt(&edited);
	file = find(&code);
	CHECK(file);
	CHECK(strstr(overlay_file_name(file), "/" JOURNAL));
	backing = backing_open("image", false, &err);
	CHECK_FAILS(commit_recover(file, backing, &err), err, BALIMG_E_USAGE);
	CHECK(scratch_holds("image", edited.old, IMAGE_SIZE));
	backing_close(backing);

	backing = backing_open("image", true, &err);
	CHECK_OK(commit_recover(file, backing, &err), err);
	CHECK(scratch_holds("image", edited.now, IMAGE_SIZE));
	CHECK(!scratch_exists(JOURNAL));
	backing_close(backing);
	overlay_file_close(file);
	CHECK(!find(&code) && code == BALIMG_OK);
}

static void
test_kinds_of_file(void)
{
	struct edited edited;

	interrupt(&edited);
	CHECK(rename(JOURNAL, "elsewhere") == 0);
	CHECK(symlink("elsewhere", JOURNAL) == 0);
	check_refused(&edited, "symbolic link");
	CHECK(unlink(JOURNAL) == 0);
	CHECK(link("elsewhere", JOURNAL) == 0);
	check_refused(&edited, "two names");
	CHECK(unlink(JOURNAL) == 0);
	CHECK(mkfifo(JOURNAL, 0600) == 0);
	check_refused(&edited, "pipe");
	CHECK(unlink(JOURNAL) == 0);
	CHECK(mkdir(JOURNAL, 0700) == 0);
	check_refused(&edited, "folder");
	CHECK(rmdir(JOURNAL) == 0);
	CHECK(unlink("elsewhere") == 0);
}

static void
test_who_may_write(void)
{
	struct edited edited;
	enum balimg_code code;
	struct overlay_file *file;

	interrupt(&edited);
	CHECK(chmod(JOURNAL, 0620) == 0);
	check_refused(&edited, "the group may write");
	CHECK(chmod(JOURNAL, 0602) == 0);
	check_refused(&edited, "anyone may write");
	CHECK(chmod(JOURNAL, 0600) == 0);
	if (geteuid() == 0) {
		CHECK(chown(JOURNAL, 4321, 0) == 0);
		check_refused(&edited, "another user's");
		CHECK(chown("image", 4321, 0) == 0);
		file = find(&code);
		CHECK(file && code == BALIMG_OK);
		overlay_file_close(file);
	}
}

static void
test_content(void)
{
	struct edited edited;
	char changed = 'X';
	int fd;

	interrupt(&edited);
	CHECK(truncate(JOURNAL, 3000) == 0);
	check_refused(&edited, "torn");
	scratch_write(JOURNAL, "planted", 7);
	check_refused(&edited, "not a journal");
	scratch_write(JOURNAL, "", 0);
	check_refused(&edited, "empty");

	/* Another image took this one's place. */
	interrupt(&edited);
	edited.old[700] = changed;
	fd = open("image", O_WRONLY | O_CLOEXEC);
	CHECK(pwrite(fd, &changed, 1, 700) == 1);
	close(fd);
	check_refused(&edited, "another image");
}

static void
test_in_state_folder(void)
{
	struct edited edited;
	char path[8192];
	enum balimg_code code;
	struct overlay_file *file;
	struct stat st;
	int fd;

	interrupt(&edited);
	CHECK(mkdir("balimg", 0700) == 0);
	CHECK(stat("image", &st) == 0);
	fd = open("image", O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path),
		 "%s/balimg/file-%ju-%" PRIu64 ".balimg-journal",
		 scratch_folder, (uintmax_t)st.st_ino, os_file_birth(fd));
	close(fd);
	CHECK(rename(JOURNAL, path) == 0);
	CHECK(setenv("XDG_STATE_HOME", "relative", 1) == 0);
	CHECK(setenv("HOME", "/nonexistent", 1) == 0);
	CHECK(!find(&code) && code == BALIMG_OK);
	CHECK(setenv("XDG_STATE_HOME", scratch_folder, 1) == 0);
	file = find(&code);
	CHECK(file && code == BALIMG_OK);
	CHECK_STR(overlay_file_name(file), path);
	overlay_file_close(file);
}

int
main(void)
{
	scratch_begin();
	test_believed();
	test_kinds_of_file();
	test_who_may_write();
	test_content();
	test_in_state_folder();
	return 0;
}
