/* fat-power-cut.c - random edits of a FAT image, cut off anywhere
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * usage: fat-power-cut IMAGE SEED COUNT STATES MODEL_DIR WORK_DIR COMMAND
 *
 * Makes COUNT transactions of random edits in the empty volume that IMAGE is
 * and in the empty MODEL_DIR.  Of each, STATES states that a power cut may
 * leave are written to WORK_DIR/state: all epochs before a random one, and of
 * that one any subset of its sectors of 512 bytes.  COMMAND, in which $mode
 * is "cut", or "whole" for the transaction complete, says whether the file
 * system is sound enough, and unpacks it to WORK_DIR/files.  There each file
 * must be as in WORK_DIR/old, the model before, or as in MODEL_DIR.
 */
#include <config.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "volume-model.h"
#include "trace-source.h"

#define SECTOR 512u

#define PATHS 8192

/* The files, mapped: the image, and the state to judge. */
static uint8_t *image;
static uint8_t *cut;

static char files[1024]; /* folders */
static char old[1024];
static const char *new;

static void *
map_file(const char *path)
{
	AUTO_FD int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat st;
	void *bytes;

	if (fd < 0 || fstat(fd, &st) < 0)
		die("%s", path);
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE,
		     MAP_SHARED, fd, 0);
	if (bytes == MAP_FAILED)
		die("%s", path);
	return bytes;
}

static void __attribute__((format(printf, 1, 2))) run(const char *fmt, ...)
{
	char command[PATHS];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	if (system(command))
		die("failed: %s", command);
}

/* ---- old or new? ---- */

static char *
join(const char *folder, const char *path)
{
	char *text;

	if (asprintf(&text, "%s%s", folder, path) < 0)
		die("memory");
	return text;
}

static bool
same_bytes(const char *a, const char *b)
{
	FILE *one = fopen(a, "rb");
	FILE *two = fopen(b, "rb");
	int byte = 0;
	bool same = one && two;

	while (same && byte != EOF) {
		byte = getc(one);
		same = byte == getc(two);
	}
	if (one)
		fclose(one);
	if (two)
		fclose(two);
	return same;
}

/* Is @path, or its absence, the same in both folders? */
static bool
same_in(const char *folder_a, const char *folder_b, const char *path)
{
	AUTO_FREE char *a = join(folder_a, path);
	AUTO_FREE char *b = join(folder_b, path);
	struct stat one, two;
	bool has_one = stat(a, &one) == 0;
	bool has_two = stat(b, &two) == 0;

	if (!has_one || !has_two)
		return has_one == has_two;
	if (S_ISDIR(one.st_mode) || S_ISDIR(two.st_mode))
		return S_ISDIR(one.st_mode) && S_ISDIR(two.st_mode);
	return same_bytes(a, b);
}

static void judge_folder(const char *path);

/* Judge the names that @folder has in its directory @path; go into the
 * directories of those if @deeper. */
static void
judge_names(const char *folder, const char *path, bool deeper)
{
	AUTO_FREE char *full = join(folder, path);
	DIR *dir = opendir(full);
	struct dirent *entry;
	struct stat st;

	while (dir && (entry = readdir(dir))) {
		AUTO_FREE char *below = join(path, "/");
		AUTO_FREE char *name = join(below, entry->d_name);
		AUTO_FREE char *there = join(folder, name);

		if (!strcmp(entry->d_name, ".") ||
		    !strcmp(entry->d_name, ".."))
			continue;
		if (!same_in(files, old, name) && !same_in(files, new, name))
			die("%s is neither old nor new", name);
		if (deeper && stat(there, &st) == 0 && S_ISDIR(st.st_mode))
			judge_folder(name);
	}
	if (dir)
		closedir(dir);
}

static void
judge_folder(const char *path)
{
	judge_names(files, path, true);
	judge_names(old, path, false);
	judge_names(new, path, false);
}

/* ---- states ---- */

/* Bring the sectors of @record to @bytes, each with a chance of @odds in 8;
 * a sector that was written twice may then hold either. */
static void
apply(const struct trace_record *record, uint8_t *bytes, size_t odds)
{
	size_t at, now;

	for (at = 0; at < record->len; at += now) {
		now = SECTOR - (record->offset + at) % SECTOR;
		if (now > record->len - at)
			now = record->len - at;
		if (pick(8) < odds)
			memcpy(bytes + record->offset + at, record->data + at,
			       now);
	}
}

/* Make the state cut off in @epoch. */
static void
make_state(const struct source *source, unsigned epoch)
{
	const struct trace_record *record;
	size_t odds = pick(9);
	size_t i;

	for (i = 0; i < trace_count(source); i++) {
		record = trace_get(source, i);
		if (record->epoch <= epoch)
			apply(record, cut, record->epoch < epoch ? 8 : odds);
	}
}

static void
revert(const struct source *source)
{
	const struct trace_record *record;
	size_t i;

	for (i = 0; i < trace_count(source); i++) {
		record = trace_get(source, i);
		memcpy(cut + record->offset, image + record->offset,
		       record->len);
	}
}

static void
complete(const struct source *source)
{
	size_t i;

	for (i = 0; i < trace_count(source); i++) {
		apply(trace_get(source, i), cut, 8);
		apply(trace_get(source, i), image, 8);
	}
}

static void
transact(const char *path, size_t states, const char *command)
{
	AUTO_SOURCE struct source *source = trace_open(path, TRACE_PRIVATE);
	AUTO_VOLUME struct volume *vol = volume_open(source, &err);
	size_t edits = 1 + pick(8);
	unsigned epochs;

	if (!vol)
		die("open");
	while (edits--)
		model_edit(vol);
	if (volume_flush(vol, &err) < 0)
		die("flush");

	epochs = trace_epoch(source);
	while (epochs && states--) {
		make_state(source, (unsigned)pick(epochs));
		run("mode=cut; %s", command);
		judge_folder("");
		revert(source);
	}
	complete(source);
	run("mode=whole; %s", command);
	snprintf(old, sizeof(old), "%s", new);
	run("mode=cut; %s", command);
	judge_folder("");
}

int
main(int argc, char **argv)
{
	char state[1024];
	size_t count;

	if (argc != 8) {
		fprintf(stderr, "usage: fat-power-cut IMAGE SEED COUNT STATES "
				"MODEL_DIR WORK_DIR COMMAND\n");
		return 2;
	}
	model_open(argv[5], argv[2]);
	new = argv[5];
	snprintf(state, sizeof(state), "%s/state", argv[6]);
	snprintf(files, sizeof(files), "%s/files", argv[6]);
	run("cp --sparse=always '%s' '%s'", argv[1], state);
	image = map_file(argv[1]);
	cut = map_file(state);
	for (count = strtoul(argv[3], NULL, 0); count; count--) {
		snprintf(old, sizeof(old), "%s/old", argv[6]);
		run("rm -rf '%s' && cp -r '%s' '%s'", old, new, old);
		transact(argv[1], strtoul(argv[4], NULL, 0), argv[7]);
	}
	model_close();
	return 0;
}
