/* test-commit.c - commits in place and to a copy give the edited image
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "edited-image.h"

static void
test_in_place(void)
{
	struct balimg_error err = { 0 };
	struct edited edited;
	uint64_t written;

	edited_open(&edited);
	CHECK_OK(commit_in_place(edited.overlay, edited.backing, NULL,
				 &written, &err),
		 err);
	CHECK(written == 0);
	edited_edit(&edited);
	CHECK_OK(commit_in_place(edited.overlay, edited.backing, NULL,
				 &written, &err),
		 err);
	CHECK(written >= 8 * 512 && written < 20 * 512);
	CHECK(scratch_holds("image", edited.now, IMAGE_SIZE));
	CHECK(!scratch_exists(JOURNAL));
	edited_close(&edited);
}

static void
test_not_for_writing(void)
{
	struct balimg_error err = { 0 };
	struct edited edited;
	uint64_t written;

	edited_open(&edited);
	edited_close(&edited);
	edited_open_as(&edited, "image", false);
	edited_edit(&edited);
	CHECK_FAILS(commit_in_place(edited.overlay, edited.backing, NULL,
				    &written, &err),
		    err, BALIMG_E_USAGE);
	CHECK(scratch_holds("image", edited.old, IMAGE_SIZE));
	edited_close(&edited);
}

/* A journal that is in the way is not replaced. */
static void
test_journal_in_the_way(void)
{
	struct balimg_error err = { 0 };
	struct edited edited;
	uint64_t written;

	edited_open(&edited);
	edited_edit(&edited);
	scratch_write(JOURNAL, "mine", 4);
	CHECK_FAILS(commit_in_place(edited.overlay, edited.backing, NULL,
				    &written, &err),
		    err, BALIMG_E_REFUSED);
	CHECK(scratch_holds("image", edited.old, IMAGE_SIZE));
	CHECK(scratch_holds(JOURNAL, "mine", 4));
	unlink(JOURNAL);
	edited_close(&edited);
}

/* By another name the journal must be found as well. */
static void
test_two_names(void)
{
	struct balimg_error err = { 0 };
	struct edited edited;
	uint64_t written;

	CHECK(setenv("XDG_STATE_HOME", scratch_folder, 1) == 0);
	edited_open(&edited);
	edited_close(&edited);
	CHECK(link("image", "other-name") == 0);
	edited_open_as(&edited, "other-name", true);
	edited_edit(&edited);
	CHECK_OK(commit_in_place(edited.overlay, edited.backing, NULL,
				 &written, &err),
		 err);
	CHECK(scratch_holds("image", edited.now, IMAGE_SIZE));
	CHECK(scratch_exists("balimg"));
	CHECK(rmdir("balimg") == 0);
	CHECK(unlink("other-name") == 0);
	edited_close(&edited);
}

static int
stop_soon(void *data, const char *what, uint64_t done, uint64_t total)
{
	int *calls = data;

	CHECK(what && done <= total);
	return ++*calls > 0;
}

static void
test_copy(void)
{
	struct balimg_error err = { 0 };
	int calls = 0;
	struct progress stopper = { stop_soon, &calls };
	struct edited edited;
	uint64_t written;
	struct stat st;

	edited_open(&edited);
	edited_close(&edited);
	CHECK(chmod("image", 0640) == 0);
	edited_open_as(&edited, "image", false);
	edited_edit(&edited);

	CHECK_OK(commit_copy(edited.overlay, edited.backing, "copy", false,
			     NULL, &written, &err),
		 err);
	CHECK(written == IMAGE_SIZE);
	CHECK(scratch_holds("copy", edited.now, IMAGE_SIZE));
	CHECK(scratch_holds("image", edited.old, IMAGE_SIZE));
	CHECK(stat("copy", &st) == 0 && (st.st_mode & 07777) == 0640);

	CHECK_FAILS(commit_copy(edited.overlay, edited.backing, "copy", false,
				NULL, &written, &err),
		    err, BALIMG_E_REFUSED);
	scratch_write("copy", "other", 5);
	CHECK_FAILS(commit_copy(edited.overlay, edited.backing, "copy", true,
				&stopper, &written, &err),
		    err, BALIMG_E_INTERRUPTED);
	CHECK(scratch_holds("copy", "other", 5));
	CHECK_OK(commit_copy(edited.overlay, edited.backing, "copy", true,
			     NULL, &written, &err),
		 err);
	CHECK(scratch_holds("copy", edited.now, IMAGE_SIZE));
	CHECK(unlink("copy") == 0);
	edited_close(&edited);
}

static void
check_refused(struct edited *edited, const char *output, bool replace,
	      enum balimg_code code)
{
	struct balimg_error err = { 0 };
	uint64_t written;

	CHECK_FAILS(commit_copy(edited->overlay, edited->backing, output,
				replace, NULL, &written, &err),
		    err, code);
	CHECK(scratch_holds("image", edited->old, IMAGE_SIZE));
}

static void
test_copy_refused(void)
{
	struct edited edited;

	edited_open(&edited);
	edited_edit(&edited);
	CHECK(symlink("nowhere", "link") == 0);
	CHECK(link("image", "same") == 0);
	CHECK(mkdir("folder", 0700) == 0);
	check_refused(&edited, "link", true, BALIMG_E_REFUSED);
	check_refused(&edited, "same", true, BALIMG_E_REFUSED);
	check_refused(&edited, "image", true, BALIMG_E_REFUSED);
	check_refused(&edited, "folder", true, BALIMG_E_REFUSED);
	check_refused(&edited, "/dev/null", true, BALIMG_E_REFUSED);
	check_refused(&edited, "new.img.gz", false, BALIMG_E_UNSUPPORTED);
	check_refused(&edited, "new.ZIP", false, BALIMG_E_UNSUPPORTED);
	check_refused(&edited, "missing/new", false, BALIMG_E_NOT_FOUND);
	CHECK(!scratch_exists("nowhere"));
	CHECK(unlink("link") == 0 && unlink("same") == 0);
	CHECK(rmdir("folder") == 0);
	edited_close(&edited);
}

/* A large image with little in it stays small. */
static void
test_holes_kept(void)
{
	struct balimg_error err = { 0 };
	off_t size = (off_t)1 << 32;
	struct backing *backing;
	struct source *overlay;
	struct stat image, copy;
	uint64_t written;
	char got[9] = "";
	int fd;

	fd = open("large", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	CHECK(fd >= 0 && ftruncate(fd, size) == 0);
	CHECK(pwrite(fd, "content", 7, (off_t)3 << 30) == 7);
	close(fd);
	backing = backing_open("large", true, &err);
	CHECK(backing);
	overlay = overlay_open(backing_source(backing), &err);
	CHECK_OK(source_write(overlay, 1u << 30, "written", 7, &err), err);

	CHECK_OK(commit_copy(overlay, backing, "large-copy", false, NULL,
			     &written, &err),
		 err);
	CHECK(stat("large-copy", &copy) == 0);
	CHECK(copy.st_size == size && copy.st_blocks < 2048);
	fd = open("large-copy", O_RDONLY | O_CLOEXEC);
	CHECK(pread(fd, got, 7, (off_t)3 << 30) == 7);
	CHECK_STR(got, "content");
	CHECK(pread(fd, got, 7, (off_t)1 << 30) == 7);
	CHECK_STR(got, "written");
	close(fd);

	CHECK_OK(commit_in_place(overlay, backing, NULL, &written, &err), err);
	CHECK(written == 512);
	CHECK(stat("large", &image) == 0 && image.st_blocks < 2048);
	source_close(overlay);
	backing_close(backing);
	CHECK(unlink("large") == 0 && unlink("large-copy") == 0);
}

static void
test_undo(void)
{
	struct balimg_error err = { 0 };
	AUTO_OVERLAY_FILE struct overlay_file *undo = NULL;
	enum overlay_file_state state;
	struct edited edited;
	uint64_t written;
	struct stat st;

	edited_open(&edited);
	edited_edit(&edited);
	CHECK_OK(
		commit_save_undo(edited.overlay, edited.backing, "undo", &err),
		err);
	CHECK(stat("undo", &st) == 0 && (st.st_mode & 07777) == 0600);
	CHECK_FAILS(
		commit_save_undo(edited.overlay, edited.backing, "undo", &err),
		err, BALIMG_E_REFUSED);
	CHECK_OK(commit_in_place(edited.overlay, edited.backing, NULL,
				 &written, &err),
		 err);
	source_close(edited.overlay);

	undo = overlay_file_open(open("undo", O_RDONLY | O_CLOEXEC), &err);
	if (!undo)
		FAIL("%s", err.message);
	CHECK_OK(overlay_file_compare(undo, edited.backing, &state, &err),
		 err);
	CHECK(state == OVERLAY_FILE_OLD);
	edited.overlay = overlay_open(backing_source(edited.backing), &err);
	CHECK_OK(overlay_file_replay(undo, edited.overlay, &err), err);
	CHECK_OK(commit_in_place(edited.overlay, edited.backing, NULL,
				 &written, &err),
		 err);
	CHECK(scratch_holds("image", edited.old, IMAGE_SIZE));
	CHECK_OK(overlay_file_compare(undo, edited.backing, &state, &err),
		 err);
	CHECK(state == OVERLAY_FILE_DONE);
	edited_close(&edited);
}

int
main(void)
{
	scratch_begin();
	test_in_place();
	test_not_for_writing();
	test_journal_in_the_way();
	test_two_names();
	test_copy();
	test_copy_refused();
	test_holes_kept();
	test_undo();
	return 0;
}
