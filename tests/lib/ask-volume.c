/* ask-volume.c - what our engines say of a volume, for scripts to compare
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * usage: ask-volume IMAGE[@OFFSET] identify | check | repair
 *        ask-volume IMAGE[@OFFSET] unpack | put | remove | mkdir | chmod
 * PATH...
 *
 * "unpack FOLDER" writes all files there; what cannot be read is named on
 * standard error, and the status is then 1.  "check" prints a line per fault,
 * which begins with "fault:" (status 1), "mend:" (the same, but repairable)
 * or "note:".  "put PATH FILE", "remove PATH", "mkdir PATH", "chmod PATH
 * OCTAL" and "repair" edit the image in place.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "trace-source.h"
#include "volume/volume.h"

#define DEPTH_MAX 40

static struct balimg_error err;
static int status;

static int
fail(const char *what)
{
	fprintf(stderr, "%s: %s%s%s\n", what, err.where,
		*err.where ? ": " : "", err.message);
	error_clear(&err);
	status = 1;
	return 1;
}

/* ---- unpacking ---- */

static void
unpack_file(struct volume *vol, const char *path, const char *to)
{
	AUTO_SOURCE struct source *file = volume_open_file(vol, path, &err);
	AUTO_FREE char *data = NULL;
	AUTO_FD int fd = -1;
	uint64_t at, left, now;

	data = malloc(1 << 20);
	fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		error_sys(&err, "cannot create %s", to);
	if (!file || fd < 0 || !data) {
		fail(path);
		return;
	}
	left = source_size(file);
	for (at = 0; left; at += now, left -= now) {
		now = left < 1 << 20 ? left : 1 << 20;
		if (source_read(file, at, data, now, &err) < 0 ||
		    io_write(fd, data, now, &err) < 0) {
			fail(path);
			return;
		}
	}
}

static void
unpack(struct volume *vol, const char *path, const char *to, unsigned depth)
{
	AUTO_LISTING struct volume_listing listing = { 0 };
	char below[8192], target[8192];
	size_t i;

	if (volume_list(vol, path, &listing, &err) < 0) {
		fail(path);
		return;
	}
	for (i = 0; i < listing.count; i++) {
		snprintf(below, sizeof(below), "%s/%s", path[1] ? path : "",
			 listing.entries[i].name);
		snprintf(target, sizeof(target), "%s/%s", to,
			 listing.entries[i].name);
		if (!listing.entries[i].directory)
			unpack_file(vol, below, target);
		else if (depth == DEPTH_MAX || mkdir(target, 0700) < 0)
			fail(below);
		else
			unpack(vol, below, target, depth + 1);
	}
}

/* ---- the rest ---- */

static int
check(struct volume *vol)
{
	AUTO_FAULTS struct volume_faults faults = { 0 };
	const struct volume_fault *fault;
	size_t i;

	if (volume_check(vol, &faults, &err) < 0)
		return fail("check");
	for (i = 0; i < faults.count; i++) {
		fault = &faults.faults[i];
		printf("%s: %s\n",
		       fault->harmless	 ? "note" :
		       fault->repairable ? "mend" :
					   "fault",
		       fault->text);
		status |= !fault->harmless;
	}
	return status;
}

static int
identify(struct source *source)
{
	struct volume_identity identity;

	if (volume_identify(source, &identity, &err) < 0)
		return fail("identify");
	printf("TYPE=%s\nLABEL=%s\nUUID=%s\n", identity.type, identity.label,
	       identity.uuid);
	return 0;
}

static int
put(struct volume *vol, const char *path, const char *from)
{
	AUTO_SOURCE struct source *content = NULL;
	AUTO_FD int fd = open(from, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_sys(&err, "cannot open %s", from);
	content = source_file_open(fd, &err);
	if (!content)
		return -1;
	return volume_write_from(vol, path, content, VOLUME_WIPE_OLD, &err);
}

static int
edit(struct volume *vol, char **words)
{
	int rc = -1;

	if (!strcmp(words[0], "repair"))
		rc = volume_repair(vol, &err);
	else if (!strcmp(words[0], "put"))
		rc = put(vol, words[1], words[2]);
	else if (!strcmp(words[0], "remove"))
		rc = volume_remove(vol, words[1], VOLUME_WIPE_OLD, &err);
	else if (!strcmp(words[0], "mkdir"))
		rc = volume_mkdir(vol, words[1], &err);
	else if (!strcmp(words[0], "chmod"))
		rc = volume_set_mode(vol, words[1],
				     (unsigned)strtoul(words[2], NULL, 8),
				     &err);
	if (rc < 0 || volume_flush(vol, &err) < 0)
		return fail(words[0]);
	return 0;
}

int
main(int argc, char **argv)
{
	AUTO_SOURCE struct source *image = NULL;
	AUTO_SOURCE struct source *part = NULL;
	AUTO_VOLUME struct volume *vol = NULL;
	uint64_t offset = 0;
	char *at;

	if (argc < 3)
		return 2;
	at = strrchr(argv[1], '@');
	if (at) {
		*at = '\0';
		offset = strtoull(at + 1, NULL, 10);
	}
	image = trace_open(argv[1], TRACE_SHARED);
	part = source_slice_open(image, offset, source_size(image) - offset,
				 &err);
	if (!part)
		return fail(argv[1]);
	if (!strcmp(argv[2], "identify"))
		return identify(part);
	vol = volume_open(part, &err);
	if (!vol)
		return fail(argv[1]) + 2;
	if (!strcmp(argv[2], "check"))
		return check(vol);
	if (strcmp(argv[2], "unpack") != 0)
		return edit(vol, argv + 2);
	unpack(vol, "/", argv[3], 0);
	return status;
}
