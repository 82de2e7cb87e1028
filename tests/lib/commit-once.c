/* commit-once.c - edit an image as any program of ours does, and exit
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   commit-once [-o OUTPUT] [-u UNDO] IMAGE [EDIT]...
 *
 * An interrupted commit is finished first, unless OUTPUT is given.  EDIT is
 * OFFSET=TEXT, or OFFSET:LEN for zeroes, or "/" to begin the next epoch.
 * Without one, nothing else is done.  The exit status is balimg's.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "commit/commit.h"

static int
recover(struct backing *backing, struct balimg_error *err)
{
	AUTO_OVERLAY_FILE struct overlay_file *journal = NULL;

	if (commit_find_journal(backing, &journal, err) < 0)
		return -1;
	return journal ? commit_recover(journal, backing, err) : 0;
}

static int
edit(struct source *overlay, const char *text, struct balimg_error *err)
{
	char *end;
	uint64_t offset = strtoull(text, &end, 0);

	if (!strcmp(text, "/"))
		return source_barrier(overlay, err);
	if (*end == '=')
		return source_write(overlay, offset, end + 1, strlen(end + 1),
				    err);
	if (*end == ':')
		return source_zero(overlay, offset, strtoull(end + 1, NULL, 0),
				   err);
	return error_set(err, BALIMG_E_USAGE, "not an edit: %s", text);
}

static int
run(const char *path, char **edits, const char *output, const char *undo,
    struct balimg_error *err)
{
	AUTO_BACKING struct backing *backing = NULL;
	AUTO_SOURCE struct source *overlay = NULL;
	uint64_t written;

	backing = backing_open(path, !output, err);
	if (!backing || (!output && recover(backing, err) < 0))
		return -1;
	overlay = overlay_open(backing_source(backing), err);
	if (!overlay)
		return -1;
	for (; *edits; edits++)
		if (edit(overlay, *edits, err) < 0)
			return -1;
	if (undo && commit_save_undo(overlay, backing, undo, err) < 0)
		return -1;
	if (output)
		return commit_copy(overlay, backing, output, true, NULL,
				   &written, err);
	return commit_in_place(overlay, backing, NULL, &written, err);
}

int
main(int argc, char **argv)
{
	struct balimg_error err = { 0 };
	const char *output = NULL, *undo = NULL;
	int option;

	while ((option = getopt(argc, argv, "o:u:")) != -1) {
		if (option == 'o')
			output = optarg;
		else if (option == 'u')
			undo = optarg;
		else
			return 2;
	}
	if (optind == argc)
		return 2;
	if (run(argv[optind], argv + optind + 1, output, undo, &err) < 0)
		fprintf(stderr, "commit-once: %s: %s (%s)\n", err.where,
			err.message, err.hint);
	return balimg_exit_status(err.code);
}
