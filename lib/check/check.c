/* check.c - what is wrong with an image
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "balenaos/fatrw.h"
#include "check/check.h"
#include "check/folders.h"

int
check_add(json_t *findings, const char *severity, const char *where,
	  bool repair, struct balimg_error *err, const char *fmt, ...)
{
	json_t *finding;
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	finding = json_pack("{s:s, s:s, s:s, s:b}", "severity", severity,
			    "where", where, "text", text, "repair", repair);
	if (json_array_append_new(findings, finding) < 0)
		return error_nomem(err);
	return 0;
}

/* ---- the table ----------------------------------------------------- */

static int
check_table(struct os *os, json_t *findings, struct balimg_error *err)
{
	AUTO_FREE char *text = NULL;
	char where[64];
	char *line;
	char *rest;

	if (label_check(os_image(os), os_label(os), &text, err) < 0)
		return -1;
	snprintf(where, sizeof(where), "%spartition table", os_title(os));
	for (rest = text; rest && (line = strsep(&rest, "\n"));) {
		if (*line && check_add(findings, "warning", where, false, err,
				       "%s", line) < 0)
			return -1;
	}
	return 0;
}

/* ---- the volumes --------------------------------------------------- */

static int
add_faults(json_t *findings, const char *where,
	   const struct volume_faults *faults, struct balimg_error *err)
{
	size_t i;

	for (i = 0; i < faults->count; i++) {
		const struct volume_fault *fault = &faults->faults[i];

		if (check_add(findings, fault->harmless ? "note" : "error",
			      where, fault->repairable, err, "%s",
			      fault->text) < 0)
			return -1;
	}
	return 0;
}

/* A volume that cannot be opened is a finding, not the end. */
static int
check_volume(struct os *os, size_t at, json_t *findings,
	     struct balimg_error *err)
{
	AUTO_FAULTS struct volume_faults faults = { 0 };
	const char *where = os_partition_title(os, at);
	struct balimg_error why = { 0 };
	struct volume *vol = os_volume(os, at, &why);

	if (vol && volume_check(vol, &faults, &why) == 0)
		return add_faults(findings, where, &faults, err);
	if (!error_is(&why, BALIMG_E_INVALID) &&
	    !error_is(&why, BALIMG_E_UNSUPPORTED)) {
		*err = why;
		return error_wrap(err, "%s", where);
	}
	return check_add(findings, "error", where, false, err, "%s",
			 why.message);
}

/* Is this a file system that can be looked through? */
static bool
is_checked(const char *type)
{
	return !strcmp(type, "vfat") || !strcmp(type, "ext2") ||
	       !strcmp(type, "ext3") || !strcmp(type, "ext4");
}

static int
check_volumes(struct os *os, json_t *findings, struct balimg_error *err)
{
	size_t i;

	for (i = 0; i < os_partition_count(os); i++) {
		if (is_checked(os_get_partition(os, i)->identity.type) &&
		    check_volume(os, i, findings, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- balenaOS ------------------------------------------------------ */

static int
check_leftovers(struct os *os, json_t *findings, struct balimg_error *err)
{
	struct check_folder folder = { 0 };
	int more;

	while ((more = check_next_folder(os, &folder, err)) > 0) {
		size_t count;

		if (fatrw_count(folder.vol, folder.path, &count, err) < 0)
			return error_wrap(err, "%s", folder.where);
		if (count &&
		    check_add(findings, "warning", folder.where, true, err,
			      "%zu leftover%s of an interrupted write "
			      "on the device",
			      count, count == 1 ? "" : "s") < 0)
			return -1;
	}
	return more;
}

static int
check_settings(struct os *os, json_t *findings, struct balimg_error *err)
{
	json_auto_t *remarks = check_config(os, err);
	json_t *remark;
	size_t i;

	if (!remarks)
		return -1;
	json_array_foreach(remarks, i, remark) {
		const char *severity, *key, *text;
		char where[256];

		if (json_unpack(remark, "{s:s, s:s, s:s}", "severity",
				&severity, "key", &key, "text", &text) < 0)
			return error_nomem(err);
		snprintf(where, sizeof(where), "%sconfig.json%s%s",
			 os_title(os), *key ? ": " : "", key);
		if (check_add(findings, severity, where, false, err, "%s",
			      text) < 0)
			return -1;
	}
	return 0;
}

/* Only what can be read is worth looking into. */
static bool
has_settings(struct os *os)
{
	struct balimg_error unseen = { 0 };
	size_t at;

	return os_config_volume(os, &at, &unseen) != NULL;
}

/* A boot partition that is there, but cannot be read, is found as a volume. */
static int
check_boot(struct os *os, json_t *findings, struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	char where[64];

	if (os_boot(os, NULL, &why) || !error_is(&why, BALIMG_E_NOT_FOUND))
		return 0;
	snprintf(where, sizeof(where), "%spartitions", os_title(os));
	return check_add(findings, "error", where, false, err, "%s",
			 why.message);
}

static int
check_system(struct os *os, json_t *findings, struct balimg_error *err)
{
	if (check_table(os, findings, err) < 0 ||
	    check_volumes(os, findings, err) < 0 ||
	    check_boot(os, findings, err) < 0)
		return -1;
	if (!has_settings(os))
		return 0;
	if (check_leftovers(os, findings, err) < 0)
		return -1;
	return check_settings(os, findings, err);
}

/* What an installer installs; that it has nothing is no fault of ours to
 * find: some get it from elsewhere. */
static int
check_inner(struct os *os, json_t *findings, struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	struct os *inner = os_inner(os, &why);

	if (inner)
		return check_system(inner, findings, err);
	if (error_is(&why, BALIMG_E_NOT_FOUND))
		return 0;
	if (!error_is_finding(&why))
		return error_pass(err, &why);
	return check_add(findings, "error", *why.where ? why.where : "inner",
			 false, err, "%s", why.message);
}

int
check_image(struct os *os, json_t *findings, struct balimg_error *err)
{
	if (check_system(os, findings, err) < 0)
		return -1;
	return check_inner(os, findings, err);
}
