/* no-memory.c - no allocation may fail and do harm
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * usage: no-memory IMAGE PNG KEY [JOB...]
 *
 * Does every kind of job (or those named) on IMAGE, with PNG and KEY where one
 * wants a picture or a key: first with all the memory it wants, then
 * with its first allocation failing, then its second, and so on until none
 * fails.  A job that fails must say so, and leave IMAGE byte-identical; one
 * that did not need the memory must end as the undisturbed one did.  Leaks
 * are for AddressSanitizer to find.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <balimg.h>

#include "alloc-fail.h"
#include "unit.h"

/* A question, which is answered with text; or what is staged by a call; or a
 * list of one edit. */
struct job {
	const char *name;
	char *(*question)(struct balimg_image *image,
			  struct balimg_error *err);
	int (*stage)(struct balimg_image *image, struct balimg_error *err);
	bool copies; /* to output_path, with undo_path */
	enum balimg_op op;
	const char *target;
	const char *data; /* "@png" and "@key": what the arguments name */
};

static const char *image_path;
static const char *before_path = "no-memory.before"; /* the untouched image */
static const char *after_path = "no-memory.after";   /* what a job makes */
static const char *output_path = "no-memory.output";
static const char *undo_path = "no-memory.undo";
static struct timespec untouched; /* time of change of the image's file */

/* ---- files --------------------------------------------------------- */

static char *
read_file(const char *path, size_t *len)
{
	char *data = malloc(1 << 20);
	FILE *file = fopen(path, "rb");

	if (!data || !file)
		FAIL("%s: %s", path, strerror(errno));
	*len = fread(data, 1, 1 << 20, file);
	fclose(file);
	return data;
}

/* Call @each with the data, by pieces, of @from and @to wherever one of them
 * is no hole. */
static void
walk_data(int from, int to,
	  void (*each)(int to, const char *a, const char *b, size_t len,
		       off_t at))
{
	static char a[1 << 16], b[1 << 16];
	off_t size = lseek(from, 0, SEEK_END);
	off_t at = 0;
	off_t next_a, next_b;
	ssize_t got;

	CHECK(lseek(to, 0, SEEK_END) == size);
	while (at < size) {
		next_a = lseek(from, at, SEEK_DATA);
		next_b = lseek(to, at, SEEK_DATA);
		if (next_a < 0 && next_b < 0)
			return;
		at = next_a < 0 || (next_b >= 0 && next_b < next_a) ? next_b :
								      next_a;
		at -= at % (off_t)sizeof(a);
		got = pread(from, a, sizeof(a), at);
		CHECK(got > 0);
		CHECK(pread(to, b, sizeof(b), at) == got);
		each(to, a, b, (size_t)got, at);
		at += got;
	}
}

static void
restore_piece(int to, const char *a, const char *b, size_t len, off_t at)
{
	if (memcmp(a, b, len))
		CHECK(pwrite(to, a, len, at) == (ssize_t)len);
}

static bool differ;

static void
compare_piece(int to, const char *a, const char *b, size_t len, off_t at)
{
	(void)to;
	(void)at;
	if (memcmp(a, b, len))
		differ = true;
}

static void
with_both(const char *from_path, const char *to_path, int flags,
	  void (*each)(int, const char *, const char *, size_t, off_t))
{
	int from = open(from_path, O_RDONLY);
	int to = open(to_path, flags, 0600);

	CHECK(from >= 0 && to >= 0);
	if (flags & O_CREAT)
		CHECK(!ftruncate(to, lseek(from, 0, SEEK_END)));
	walk_data(from, to, each);
	close(from);
	close(to);
}

static void
copy_image(const char *from, const char *to)
{
	with_both(from, to, O_RDWR | O_CREAT, restore_piece);
}

static bool
is_same(const char *a, const char *b)
{
	differ = false;
	with_both(a, b, O_RDONLY, compare_piece);
	return !differ;
}

/* The image as it was, unless nobody wrote to it since the last time. */
static void
restore(void)
{
	struct timespec tick = { 0, 20000000 };
	struct stat st;

	CHECK(!stat(image_path, &st));
	if (!memcmp(&st.st_mtim, &untouched, sizeof(untouched)))
		return;
	copy_image(before_path, image_path);
	CHECK(!stat(image_path, &st));
	untouched = st.st_mtim;
	/* Longer than the clock of file times takes for a step. */
	nanosleep(&tick, NULL);
}

static bool
is_untouched(void)
{
	struct stat st;

	CHECK(!stat(image_path, &st));
	return !memcmp(&st.st_mtim, &untouched, sizeof(untouched)) ||
	       is_same(before_path, image_path);
}

/* ---- jobs ---------------------------------------------------------- */

static char *
ask_info(struct balimg_image *image, struct balimg_error *err)
{
	return balimg_info(image, 0, err);
}

static char *
ask_config(struct balimg_image *image, struct balimg_error *err)
{
	return balimg_config_get(image, NULL, 0, err);
}

static char *
ask_networks(struct balimg_image *image, struct balimg_error *err)
{
	return balimg_network_list(image, 0, err);
}

static char *
ask_files(struct balimg_image *image, struct balimg_error *err)
{
	return balimg_file_list(image, "boot", "/", err);
}

static char *
ask_pixels(struct balimg_image *image, struct balimg_error *err)
{
	uint8_t *pixels = NULL;
	uint32_t width, height;

	if (balimg_splash_pixels(image, &pixels, &width, &height, err) < 0)
		return NULL;
	return (char *)pixels;
}

static int
stage_undo(struct balimg_image *image, struct balimg_error *err)
{
	return balimg_undo(image, undo_path, err);
}

/* clang-format off */
static const struct job jobs[] = {
	{ .name = "info", .question = ask_info },
	{ .name = "config get", .question = ask_config },
	{ .name = "config check", .question = balimg_config_check },
	{ .name = "splash status", .question = balimg_splash_status },
	{ .name = "splash show", .question = ask_pixels },
	{ .name = "udev list", .question = balimg_udev_list },
	{ .name = "ssh list", .question = balimg_ssh_list },
	{ .name = "network list", .question = ask_networks },
	{ .name = "dev status", .question = balimg_development_status },
	{ .name = "ls", .question = ask_files },
	{ .name = "check", .question = balimg_check },
	{ .name = "config set", .op = BALIMG_CONFIG_SET, .target = "hostname",
	  .data = "out-of-memory" },
	{ .name = "config set nested", .op = BALIMG_CONFIG_SET_JSON,
	  .target = "os.network.connectivity", .data = "{\"uri\":\"x\"}" },
	{ .name = "config unset", .op = BALIMG_CONFIG_UNSET,
	  .target = "persistentLogging" },
	{ .name = "config merge", .op = BALIMG_CONFIG_MERGE,
	  .data = "{\"country\":\"DE\",\"os\":{\"sshKeys\":null}}" },
	{ .name = "config inject", .op = BALIMG_CONFIG_INJECT,
	  .data = "{\"deviceType\":\"raspberrypi4-64\"}" },
	{ .name = "splash set", .op = BALIMG_SPLASH_SET, .data = "@png" },
	{ .name = "udev add", .op = BALIMG_UDEV_ADD, .target = "99-test",
	  .data = "KERNEL==\"ttyUSB*\", SYMLINK+=\"modem\"\n" },
	{ .name = "ssh add", .op = BALIMG_SSH_ADD, .data = "@key" },
	{ .name = "network add", .op = BALIMG_NETWORK_ADD, .target = "cable",
	  .data = "[connection]\nid=cable\ntype=ethernet\n" },
	{ .name = "network wifi", .op = BALIMG_NETWORK_WIFI,
	  .data = "{\"ssid\":\"shop\",\"psk\":\"a secret; of =it\"}" },
	{ .name = "dev on", .op = BALIMG_DEV_ON },
	{ .name = "put", .op = BALIMG_FILE_PUT,
	  .target = "boot/A rather long name.txt", .data = "text\n" },
	{ .name = "mkdir", .op = BALIMG_FILE_MKDIR, .target = "boot/folder" },
	{ .name = "rm", .op = BALIMG_FILE_REMOVE,
	  .target = "boot/image-version-info" },
	{ .name = "repair", .stage = balimg_repair },
	{ .name = "copy", .copies = true, .op = BALIMG_DEV_ON },
	{ .name = "undo", .stage = stage_undo },
};
/* clang-format on */

static bool
writes(const struct job *job)
{
	return !job->question && !job->copies;
}

static int
stage(const struct job *job, struct balimg_image *image, const char *data,
      size_t len, struct balimg_error *err)
{
	struct balimg_edits *edits;
	int rc = -1;

	if (job->stage)
		return job->stage(image, err);
	edits = balimg_edits_new(err);
	if (edits &&
	    !balimg_edits_add(edits, job->op, job->target, data, len, err))
		rc = balimg_apply(image, edits, 0, err);
	balimg_edits_free(edits);
	return rc;
}

/* Open, ask or edit, commit: 0, or -1 with @err set. */
static int
run_job(const struct job *job, const char *data, size_t len,
	struct balimg_error *err)
{
	struct balimg_image *image;
	char *answer = NULL;
	char *plan = NULL;
	int rc = -1;

	image = balimg_open(image_path, writes(job) ? BALIMG_WRITE : 0, err);
	if (!image)
		return -1;
	if (job->question) {
		answer = job->question(image, err);
	} else if (!stage(job, image, data, len, err)) {
		plan = balimg_plan(image, 0, err);
		if (plan)
			answer = balimg_commit(
				image, job->copies ? output_path : NULL,
				job->copies ? undo_path : NULL, 0, err);
	}
	if (answer)
		rc = 0;
	balimg_free(plan);
	balimg_free(answer);
	balimg_close(image);
	return rc;
}

/* A failure has its reason, and leaves no trace. */
static void
judge_failure(const struct job *job, unsigned long nth,
	      const struct balimg_error *err)
{
	if (!err->code || !*err->message)
		FAIL("%s: allocation %lu: failed without an error", job->name,
		     nth);
	if (err->code != BALIMG_E_NO_MEMORY)
		FAIL("%s: allocation %lu: said %s: %s", job->name, nth,
		     balimg_code_name(err->code), err->message);
	if (!is_untouched())
		FAIL("%s: allocation %lu: failed, and changed the image",
		     job->name, nth);
	if (job->copies &&
	    (!access(output_path, F_OK) || !access(undo_path, F_OK)))
		FAIL("%s: allocation %lu: failed, and left a file", job->name,
		     nth);
}

/* Where the job begins: its image, and no output of an earlier one. */
static void
set_out(const struct job *job)
{
	restore();
	if (job->copies) {
		unlink(output_path);
		unlink(undo_path);
	}
}

/* The file that the job makes. */
static const char *
made_by(const struct job *job)
{
	return job->copies ? output_path : image_path;
}

static void
try_job(const struct job *job, const char *data, size_t len)
{
	struct balimg_error err = { 0 };
	unsigned long nth;
	int rc;

	set_out(job);
	alloc_fail_at(0);
	CHECK_OK(run_job(job, data, len, &err), err);
	copy_image(made_by(job), after_path);

	for (nth = 1;; nth++) {
		set_out(job);
		memset(&err, 0, sizeof(err));
		alloc_fail_at(nth);
		rc = run_job(job, data, len, &err);
		if (!alloc_has_failed())
			break;
		alloc_fail_at(0);
		if (rc < 0)
			judge_failure(job, nth, &err);
		else if (!is_same(after_path, made_by(job)))
			FAIL("%s: allocation %lu: succeeded with a difference",
			     job->name, nth);
	}
	CHECK(!rc);
	CHECK(nth > 10);
	printf("%s: %lu allocations\n", job->name, nth - 1);
}

/* An edited image, which undo_path brings back, is the one to begin with. */
static void
prepare_undo(void)
{
	static const struct job edit = {
		.name = "an edit to undo",
		.op = BALIMG_CONFIG_SET,
		.target = "hostname",
		.data = "to-be-undone",
	};
	struct balimg_error err = { 0 };
	struct balimg_image *image;
	char *answer = NULL;

	restore();
	unlink(undo_path);
	alloc_fail_at(0);
	image = balimg_open(image_path, BALIMG_WRITE, &err);
	if (image && !stage(&edit, image, edit.data, strlen(edit.data), &err))
		answer = balimg_commit(image, NULL, undo_path, 0, &err);
	if (!answer)
		FAIL("%s: %s", edit.name, err.message);
	balimg_free(answer);
	balimg_close(image);
	copy_image(image_path, before_path);
}

static bool
is_wanted(const struct job *job, int count, char **names)
{
	int i;

	for (i = 0; i < count; i++)
		if (!strcmp(names[i], job->name))
			return true;
	return !count;
}

int
main(int argc, char **argv)
{
	char *png, *key;
	size_t png_len, key_len;
	size_t i;

	if (argc < 4)
		FAIL("usage: no-memory IMAGE PNG KEY [JOB...]");
	image_path = argv[1];
	png = read_file(argv[2], &png_len);
	key = read_file(argv[3], &key_len);
	setvbuf(stdout, NULL, _IOLBF, 0);
	/* The same edit makes the same bytes. */
	setenv("SOURCE_DATE_EPOCH", "1700000000", 1);

	copy_image(image_path, before_path);
	for (i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
		const char *data = jobs[i].data;

		if (!is_wanted(&jobs[i], argc - 4, argv + 4))
			continue;
		if (jobs[i].stage == stage_undo)
			prepare_undo();
		if (data && !strcmp(data, "@png"))
			try_job(&jobs[i], png, png_len);
		else if (data && !strcmp(data, "@key"))
			try_job(&jobs[i], key, key_len);
		else
			try_job(&jobs[i], data, data ? strlen(data) : 0);
	}
	free(png);
	free(key);
	return 0;
}
