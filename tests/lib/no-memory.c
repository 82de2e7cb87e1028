/* no-memory.c - no allocation may fail and do harm
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * usage: no-memory IMAGE PNG KEY [JOB...]
 *
 * Does every kind of job (or those named) on IMAGE, with PNG and KEY where one
 * wants a picture or a key, and the bundle no-memory.bundle if there is one:
 * first with all the memory it wants, then with its first allocation failing,
 * then its second, and so on until none fails.  Of the many of a long job
 * $BALIMG_NO_MEMORY_SAMPLE fail, spread over all; 0: each.  A job that fails
 * must say so, and leave IMAGE byte-identical; one that did not need the
 * memory must end as the undisturbed one did.  Leaks are for AddressSanitizer
 * to find.
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

#include "no-memory.h"
#include "alloc-fail.h"
#include "unit.h"

static const char *image_path;
const char *const undo_path = "no-memory.undo";
static const char *before_path = "no-memory.before"; /* the untouched image */
static const char *after_path = "no-memory.after";   /* what a job makes */
static const char *output_path = "no-memory.output";
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
	struct stat one, other;

	CHECK(!stat(a, &one) && !stat(b, &other));
	if (one.st_size != other.st_size)
		return false;
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

/* ---- one job ----------------------------------------------------- */

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

/* The first answer of a job, which the others are compared to. */
static char *first_answer;
static bool answers_differ;

/* True if it keeps @answer. */
static bool
compare_answer(const struct job *job, char *answer)
{
	if (!job->says_same || !answer)
		return false;
	if (first_answer) {
		answers_differ = strcmp(first_answer, answer) != 0;
		return false;
	}
	first_answer = answer;
	return true;
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
	if (compare_answer(job, answer))
		answer = NULL;
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
	if ((job->makes && !job->clear && !access(job->makes, F_OK)) ||
	    (job->copies &&
	     (!access(output_path, F_OK) || !access(undo_path, F_OK))))
		FAIL("%s: allocation %lu: failed, and left a file", job->name,
		     nth);
}

/* Where the job begins: its image, and no output of an earlier one. */
static void
set_out(const struct job *job)
{
	restore();
	if (job->clear)
		job->clear();
	if (job->makes)
		unlink(job->makes);
	if (job->copies) {
		unlink(output_path);
		unlink(undo_path);
	}
}

/* The file that the job makes. */
static const char *
made_by(const struct job *job)
{
	if (job->makes)
		return job->makes;
	return job->copies ? output_path : image_path;
}

/* The allocation to fail in the @at th of @of tries of @all that there are:
 * one in each of as many parts, here or there. */
static unsigned long
choose(unsigned long at, unsigned long of, unsigned long all)
{
	unsigned long step = all / of;

	return step < 2 ? at + 1 : at * step + at * 7919 % step + 1;
}

static void
fail_once(const struct job *job, const char *data, size_t len,
	  unsigned long nth)
{
	struct balimg_error err = { 0 };
	int rc;

	set_out(job);
	alloc_fail_at(nth);
	rc = run_job(job, data, len, &err);
	if (!alloc_has_failed())
		FAIL("%s: allocation %lu: was not asked for", job->name, nth);
	alloc_fail_at(0);
	if (rc < 0)
		judge_failure(job, nth, &err);
	else if (answers_differ || !is_same(after_path, made_by(job)))
		FAIL("%s: allocation %lu: succeeded with a difference",
		     job->name, nth);
}

static void
try_job(const struct job *job, const char *data, size_t len)
{
	const char *wanted = getenv("BALIMG_NO_MEMORY_SAMPLE");
	unsigned long sample = wanted ? strtoul(wanted, NULL, 10) : 40;
	struct balimg_error err = { 0 };
	unsigned long all, tries, i;

	balimg_free(first_answer);
	first_answer = NULL;
	answers_differ = false;
	set_out(job);
	alloc_fail_at(0);
	CHECK_OK(run_job(job, data, len, &err), err);
	copy_image(made_by(job), after_path);

	all = alloc_count();
	CHECK(all > 10);
	tries = job->sampled && sample && sample < all ? sample : all;
	for (i = 0; i < tries; i++)
		fail_once(job, data, len, choose(i, tries, all));
	printf("%s: %lu of %lu allocations\n", job->name, tries, all);
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
	for (i = 0; i < job_count; i++) {
		const char *data = jobs[i].data;

		if (!is_wanted(&jobs[i], argc - 4, argv + 4))
			continue;
		if (jobs[i].needs_bundle && access(bundle_name, F_OK) < 0)
			continue;
		if (jobs[i].undoes)
			prepare_undo();
		if (data && !strcmp(data, "@png"))
			try_job(&jobs[i], png, png_len);
		else if (data && !strcmp(data, "@key"))
			try_job(&jobs[i], key, key_len);
		else
			try_job(&jobs[i], data, data ? strlen(data) : 0);
	}
	balimg_free(first_answer);
	free(png);
	free(key);
	return 0;
}
