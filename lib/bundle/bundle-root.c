/* bundle-root.c - is a tar file of a root what the resinhup updaters take?
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * They unpack it, copy the tree without "resin-boot" and "quirks" (at any
 * depth), and take the boot files from resin-boot.  That copy stops at a
 * device node or socket, and nobody looks at its result: the new root is cut
 * short.  The fingerprints in the bundle become the device's.  Sources:
 * app/modules/util.py and updater.py, app/fetcher/tar.py in resinhup.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "bundle/bundle-private.h"

#define MD5_HEX	   (2 * MD5_SIZE)
#define MAX_FAULTS 20u /* told one by one; the rest is counted */

/* ---- what the copy does -------------------------------------------- */

static bool
is_skipped_below(const char *path)
{
	const char *names[] = { "/resin-boot", "/quirks" };
	const char *at;
	size_t i, len;

	for (i = 0; i < 2; i++) {
		len = strlen(names[i]);
		for (at = path; (at = strstr(at, names[i])); at += len)
			if (!at[len] || at[len] == '/')
				return true;
	}
	return false;
}

static int
judge_member(struct bundle *bundle, const struct bundle_member *member,
	     struct balimg_error *err)
{
	switch (member->type) {
	case AE_IFCHR:
	case AE_IFBLK:
	case AE_IFSOCK:
		return bundle_find_fault(
			bundle, "error", member->path, err,
			"is a device or socket: the updater's "
			"copy would stop here, unnoticed");
	case AE_IFIFO:
		return bundle_find_fault(bundle, "warning", member->path, err,
					 "is a FIFO, which the updater leaves "
					 "out");
	default:
		break;
	}
	if (!is_skipped_below(member->path))
		return 0;
	return bundle_find_fault(bundle, "error", member->path, err,
				 "is left out by the updater, for its name");
}

/* ---- fingerprints -------------------------------------------------- */

/* Members by path, to find tens of thousands of them. */
static int
by_path(const void *a, const void *b)
{
	const struct bundle_member *const *one = a;
	const struct bundle_member *const *other = b;

	return strcmp((*one)->path, (*other)->path);
}

struct fingerprint {
	struct bundle *bundle;
	const struct bundle_member **sorted;
	const char *where;  /* its own path */
	const char *folder; /* what its paths are below: "" or "resin-boot/" */
	unsigned long lines, faults;
};

static int
find_sorted(const struct fingerprint *print, const char *path, size_t len,
	    const struct bundle_member **member, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer whole = BUFFER_INIT;
	struct bundle_member key = { 0 };
	const struct bundle_member *wanted = &key;
	const struct bundle_member **found;

	buffer_puts(&whole, print->folder);
	buffer_add(&whole, path, len);
	if (whole.failed)
		return error_nomem(err);
	key.path = whole.data;
	found = bsearch(&wanted, print->sorted, print->bundle->count,
			sizeof(*print->sorted), by_path);
	*member = found ? *found : NULL;
	return 0;
}

static int
fault(struct fingerprint *print, const char *path, size_t len,
      const char *what, struct balimg_error *err)
{
	if (++print->faults > MAX_FAULTS)
		return 0;
	return bundle_find_fault(print->bundle, "error", print->where, err,
				 "%.*s %s", (int)len, path, what);
}

/* A line is an MD5, one or two blanks, and a path that may begin with a
 * slash.  A hard link has its sum under its first name. */
static int
judge_line(struct fingerprint *print, const char *line, size_t len,
	   struct balimg_error *err)
{
	const struct bundle_member *member;
	char hex[MD5_HEX + 1];
	size_t at = MD5_HEX;

	print->lines++;
	while (at < len && line[at] == ' ')
		at++;
	at += at < len && line[at] == '/';
	if (len <= MD5_HEX || line[MD5_HEX] != ' ' || at >= len)
		return fault(print, line, len, "is no line of a fingerprint",
			     err);
	if (find_sorted(print, line + at, len - at, &member, err) < 0)
		return -1;
	if (member && member->hard)
		member = bundle_find(print->bundle, member->target);
	if (!member)
		return fault(print, line + at, len - at, "is missing", err);
	digest_hex(member->md5, MD5_SIZE, hex);
	if (strncmp(hex, line, MD5_HEX) != 0)
		return fault(print, line + at, len - at, "has another sum",
			     err);
	return 0;
}

static int
judge_fingerprint(struct fingerprint *print, struct balimg_error *err)
{
	const struct bundle_member *member = bundle_find(print->bundle,
							 print->where);
	const char *at = member ? member->text : NULL;
	const char *end;

	while (at && *at) {
		end = strchr(at, '\n');
		if (!end)
			end = at + strlen(at);
		if (end > at &&
		    judge_line(print, at, (size_t)(end - at), err) < 0)
			return -1;
		at = end + (*end == '\n');
	}
	if (print->faults <= MAX_FAULTS)
		return 0;
	return bundle_find_fault(print->bundle, "error", print->where, err,
				 "and %lu more such faults",
				 print->faults - MAX_FAULTS);
}

static int
judge_fingerprints(struct bundle *bundle, const struct bundle_member **sorted,
		   json_t *report, struct balimg_error *err)
{
	/* Up to 1.30, and from 2.0 on; balenaos since 2.72. */
	static const char *const boots[] = {
		"resin-boot/resin-boot.fingerprint",
		"resin-boot/resinos.fingerprint",
		"resin-boot/balenaos.fingerprint",
	};
	static const char *const roots[] = { "resin-root.fingerprint",
					     "resinos.fingerprint",
					     "balenaos.fingerprint" };
	struct fingerprint boot = { .bundle = bundle,
				    .sorted = sorted,
				    .folder = "resin-boot/" };
	struct fingerprint root = { .bundle = bundle,
				    .sorted = sorted,
				    .folder = "" };
	size_t i;

	for (i = 0; i < 3; i++) {
		if (bundle_find(bundle, boots[i]))
			boot.where = boots[i];
		if (bundle_find(bundle, roots[i]))
			root.where = roots[i];
	}
	if ((!boot.where || !root.where) &&
	    bundle_find_fault(bundle, "error", "", err,
			      "the fingerprint of the %s is missing: the "
			      "updater stops",
			      boot.where ? "root" : "boot files") < 0)
		return -1;
	if ((boot.where && judge_fingerprint(&boot, err) < 0) ||
	    (root.where && judge_fingerprint(&root, err) < 0))
		return -1;
	if (json_object_set_new(report, "fingerprints",
				json_pack("{s:I, s:I}", "boot",
					  (json_int_t)boot.lines, "root",
					  (json_int_t)root.lines)) < 0)
		return error_nomem(err);
	return 0;
}

/* ---- together ------------------------------------------------------ */

static int
judge_device_files(struct bundle *bundle, struct balimg_error *err)
{
	if (!bundle_find(bundle, "resin-boot/config.json"))
		return 0;
	return bundle_find_fault(bundle, "error", "resin-boot/config.json",
				 err,
				 "would replace the settings of each device "
				 "that is updated");
}

int
bundle_judge_root(struct bundle *bundle, json_t *report,
		  struct balimg_error *err)
{
	const struct bundle_member **sorted;
	size_t i;
	int rc = 0;

	if (!strcmp(bundle->compression, "zst") &&
	    bundle_find_fault(bundle, "error", "", err,
			      "is compressed by zstd, which no device reads") <
		    0)
		return -1;
	sorted = calloc(bundle->count + 1, sizeof(*sorted));
	if (!sorted)
		return error_nomem(err);
	for (i = 0; i < bundle->count; i++)
		sorted[i] = &bundle->members[i];
	qsort(sorted, bundle->count, sizeof(*sorted), by_path);
	for (i = 0; rc == 0 && i < bundle->count; i++)
		rc = judge_member(bundle, &bundle->members[i], err);
	if (rc == 0)
		rc = judge_fingerprints(bundle, sorted, report, err);
	free(sorted);
	if (rc < 0 || judge_device_files(bundle, err) < 0)
		return -1;
	return bundle_tell_tree(&bundle->tree, report, err);
}
