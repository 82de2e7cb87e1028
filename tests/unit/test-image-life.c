/* test-image-life.c - an image is opened, edited, committed, and no more
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Also what befalls it when a commit was interrupted before: a reader sees
 * the finished state and writes nothing, a writer finishes it first.
 */
#include <config.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "balenaos/os.h"
#include "balenaos/places.h"
#include "commit/overlay-file.h"
#include "unit.h"

static struct balimg_error err;
static char folder[] = "/tmp/balimg-life-XXXXXX";
static char path[64];
static char journal[64];

static void
sh(const char *command)
{
	if (system(command) != 0)
		FAIL("%s", command);
}

static void
make_image(void)
{
	const char *source = getenv("srcdir");
	char command[4200];

	snprintf(command, sizeof(command),
		 "'%s/tests/lib/make-image.sh' rpi4 %s 256M",
		 source ? source : ".", path);
	sh(command);
}

static struct balimg_image *
open_image(unsigned flags)
{
	struct balimg_image *image = balimg_open(path, flags, &err);

	if (!image)
		FAIL("%s: %s", err.where, err.message);
	return image;
}

/* Stage one edit; returns as balimg_apply(). */
static int
stage(struct balimg_image *image, enum balimg_op op, const char *name,
      const char *data)
{
	struct balimg_edits *edits = balimg_edits_new(&err);
	int ret;

	CHECK_OK(balimg_edits_add(edits, op, name, data,
				  data ? strlen(data) : 0, &err),
		 err);
	ret = balimg_apply(image, edits, 0, &err);
	balimg_edits_free(edits);
	return ret;
}

static void
check_text(char *text, const char *want)
{
	CHECK_STR(text, want);
	balimg_free(text);
}

/* The call must return NULL with this code. */
#define CHECK_NULL(call, code_) CHECK_FAILS((call) ? 0 : -1, err, code_)

static void
test_misuse(void)
{
	struct balimg_image *image;

	CHECK_NULL(balimg_open(NULL, 0, &err), BALIMG_E_USAGE);
	CHECK_NULL(balimg_open("/nonexistent/image", 0, &err),
		   BALIMG_E_NOT_FOUND);
	CHECK(!balimg_open("/nonexistent/image", 0, NULL));
	balimg_close(NULL);
	balimg_edits_free(NULL);
	balimg_free(NULL);

	/* Open for reading: a plan, but no commit in place. */
	image = open_image(0);
	CHECK_OK(stage(image, BALIMG_CONFIG_SET, "hostname", "x"), err);
	CHECK_NULL(balimg_commit(image, NULL, NULL, 0, &err), BALIMG_E_USAGE);
	CHECK(!balimg_commit(image, NULL, NULL, 0, NULL));
	CHECK_FAILS(balimg_undo(image, path, &err), err, BALIMG_E_USAGE);
	balimg_close(image);
}

/* After an edit that failed nothing is committed; looking goes on. */
static void
test_failed_edit(void)
{
	struct balimg_image *image = open_image(BALIMG_WRITE);
	struct balimg_edits *edits = balimg_edits_new(&err);

	CHECK_OK(stage(image, BALIMG_CONFIG_SET, "hostname", "staged"), err);
	CHECK_FAILS(stage(image, BALIMG_CONFIG_SET_JSON, "os", "[]"), err,
		    BALIMG_E_REFUSED);
	CHECK_FAILS(balimg_apply(image, edits, 0, &err), err, BALIMG_E_USAGE);
	CHECK_FAILS(balimg_repair(image, &err), err, BALIMG_E_USAGE);
	CHECK_NULL(balimg_commit(image, NULL, NULL, 0, &err), BALIMG_E_USAGE);
	check_text(balimg_config_get(image, "hostname", 0, &err),
		   "\"staged\"");
	balimg_edits_free(edits);
	balimg_close(image);

	image = open_image(0);
	CHECK_NULL(balimg_config_get(image, "hostname", 0, &err),
		   BALIMG_E_NOT_FOUND);
	balimg_close(image);
}

/* Edits without what they need, and one that is none. */
static void
test_empty_edits(void)
{
	static const enum balimg_op ops[] = {
		BALIMG_CONFIG_SET,  BALIMG_CONFIG_INJECT, BALIMG_SPLASH_SET,
		BALIMG_UDEV_ADD,    BALIMG_SSH_ADD,	  BALIMG_FILE_PUT,
		(enum balimg_op)999
	};
	size_t i;

	for (i = 0; i < sizeof(ops) / sizeof(*ops); i++) {
		struct balimg_image *image = open_image(0);

		CHECK_FAILS(stage(image, ops[i], NULL, NULL), err,
			    BALIMG_E_USAGE);
		balimg_close(image);
	}
}

/* Each call of apply adds; one commit writes; then it is over. */
static void
test_life(void)
{
	struct balimg_image *image = open_image(BALIMG_WRITE);
	char *text;

	CHECK_OK(stage(image, BALIMG_CONFIG_SET, "hostname", "one"), err);
	CHECK_OK(stage(image, BALIMG_CONFIG_SET, "apiKey", "very-secret"),
		 err);
	CHECK_OK(stage(image, BALIMG_CONFIG_SET, "hostname", "two"), err);
	text = balimg_plan(image, 0, &err);
	CHECK(strstr(text, "\"where\":\"resin-boot:/config.json: hostname\","
			   "\"before\":null,\"after\":\"\\\"two\\\"\""));
	CHECK(!strstr(text, "very-secret") && !strstr(text, "one"));
	balimg_free(text);
	text = balimg_plan(image, BALIMG_SHOW_SECRETS, &err);
	CHECK(strstr(text, "very-secret"));
	balimg_free(text);

	text = balimg_commit(image, NULL, NULL, 0, &err);
	CHECK(text && strstr(text, "\"changed\":true"));
	balimg_free(text);
	CHECK_NULL(balimg_commit(image, NULL, NULL, 0, &err), BALIMG_E_USAGE);
	CHECK_FAILS(stage(image, BALIMG_DEV_ON, NULL, NULL), err,
		    BALIMG_E_USAGE);
	check_text(balimg_config_get(image, "hostname", 0, &err), "\"two\"");
	balimg_close(image);

	/* The same again changes nothing, whatever else is asked. */
	image = open_image(BALIMG_WRITE);
	CHECK_OK(stage(image, BALIMG_CONFIG_SET, "hostname", "two"), err);
	check_text(balimg_plan(image, 0, &err),
		   "{\"changes\":[],\"notes\":[]}");
	check_text(balimg_commit(image, NULL, "/nonexistent/undo", 0, &err),
		   "{\"changed\":false,\"bytesWritten\":0}");
	balimg_close(image);
}

/* ---- an interrupted commit ----------------------------------------- */

/* Leave the journal that setting config.json to @text would write. */
static void
leave_journal(const char *text)
{
	AUTO_BACKING struct backing *backing = backing_open(path, false, &err);
	AUTO_SOURCE struct source *overlay = NULL;
	AUTO_OS struct os *os = NULL;
	AUTO_FD int fd = open(journal, O_RDWR | O_CREAT | O_EXCL, 0600);

	CHECK(backing && fd >= 0);
	overlay = overlay_open(backing_source(backing), &err);
	os = os_open(overlay, &err);
	CHECK(os);
	CHECK_OK(volume_write_file(os_boot(os, NULL, &err), PLACE_CONFIG, text,
				   strlen(text), 0, &err),
		 err);
	CHECK_OK(os_flush(os, &err), err);
	CHECK_OK(overlay_file_write(fd, overlay, backing, false, &err), err);
}

static struct stat
image_stat(void)
{
	struct stat st;

	CHECK(stat(path, &st) == 0);
	return st;
}

static void
test_journal(void)
{
	struct balimg_image *image;
	struct stat before;
	char *text;

	leave_journal("{\"hostname\":\"journal\"}");
	before = image_stat();

	image = open_image(0);
	check_text(balimg_config_get(image, "hostname", 0, &err),
		   "\"journal\"");
	text = balimg_check(image, &err);
	CHECK(strstr(text, "\"repair\":true"));
	balimg_free(text);
	text = balimg_info(image, 0, &err);
	CHECK(strstr(text, "not finished"));
	balimg_free(text);
	CHECK_FAILS(balimg_undo(image, path, &err), err, BALIMG_E_USAGE);
	balimg_close(image);
	CHECK(image_stat().st_mtim.tv_nsec == before.st_mtim.tv_nsec);
	CHECK(access(journal, F_OK) == 0);

	/* A copy has the journal's changes and the new ones. */
	image = open_image(0);
	CHECK_OK(stage(image, BALIMG_CONFIG_SET, "country", "DE"), err);
	strcat(path, ".copy");
	text = balimg_commit(image, path, NULL, 0, &err);
	CHECK(text);
	balimg_free(text);
	balimg_close(image);
	image = open_image(0);
	check_text(balimg_config_get(image, NULL, 0, &err),
		   "{\"hostname\":\"journal\",\"country\":\"DE\"}");
	balimg_close(image);
	unlink(path);
	path[strlen(path) - strlen(".copy")] = '\0';
	CHECK(image_stat().st_mtim.tv_nsec == before.st_mtim.tv_nsec);

	image = open_image(BALIMG_WRITE);
	CHECK(access(journal, F_OK) < 0);
	text = balimg_plan(image, 0, &err);
	CHECK(strstr(text, "was finished"));
	balimg_free(text);
	check_text(balimg_config_get(image, NULL, 0, &err),
		   "{\"hostname\":\"journal\"}");
	balimg_close(image);
	image = open_image(0);
	check_text(balimg_config_get(image, "hostname", 0, &err),
		   "\"journal\"");
	balimg_close(image);
}

/* A journal that is not the image's is refused, not applied. */
static void
test_foreign_journal(void)
{
	struct stat before;

	leave_journal("{\"hostname\":\"other\"}");
	make_image();
	before = image_stat();
	CHECK_NULL(balimg_open(path, 0, &err), BALIMG_E_REFUSED);
	CHECK_NULL(balimg_open(path, BALIMG_WRITE, &err), BALIMG_E_REFUSED);
	CHECK(image_stat().st_mtim.tv_nsec == before.st_mtim.tv_nsec);
	unlink(journal);
}

int
main(void)
{
	char command[96];

	CHECK(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/image", folder);
	snprintf(journal, sizeof(journal), "%s/.image.balimg-journal", folder);
	make_image();
	test_misuse();
	test_failed_edit();
	test_empty_edits();
	test_life();
	test_journal();
	test_foreign_journal();
	snprintf(command, sizeof(command), "rm -r %s", folder);
	sh(command);
	return 0;
}
