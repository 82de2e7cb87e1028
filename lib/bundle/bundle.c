/* bundle.c - what an update bundle is, and whether a device would take it
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "balenaos/release.h"
#include "bundle/archive-calls.h"
#include "bundle/bundle-private.h"
#include "document/json.h"
#include "document/os-release.h"

/* ---- what a tree tells --------------------------------------------- */

static int
tell_os_release(const char *text, const char *name, const char *key,
		json_t *report, struct balimg_error *err)
{
	AUTO_FREE char *value = os_release_get(text, strlen(text), name, err);

	if (!value)
		return err && err->code ? -1 : 0;
	if (json_object_set_new(report, key, json_string(value)) < 0)
		return error_nomem(err);
	return 0;
}

static int
tell_device_type(const char *text, json_t *report, struct balimg_error *err)
{
	struct balimg_error unseen = { 0 };
	json_auto_t *root = json_text_parse(text, strlen(text), NULL, &unseen);
	json_t *slug = json_object_get(root, "slug");

	if (!root && !error_is_finding(&unseen))
		return error_pass(err, &unseen);
	if (json_is_string(slug) &&
	    json_object_set(report, "deviceType", slug) < 0)
		return error_nomem(err);
	return 0;
}

int
bundle_tell_tree(const struct bundle_tree *tree, json_t *report,
		 struct balimg_error *err)
{
	if (tree->os_release &&
	    (tell_os_release(tree->os_release, "VERSION", "version", report,
			     err) < 0 ||
	     tell_os_release(tree->os_release, "SLUG", "deviceType", report,
			     err) < 0))
		return -1;
	if (tree->device_type_json &&
	    tell_device_type(tree->device_type_json, report, err) < 0)
		return -1;
	if (tree->hooks && json_object_set(report, "hooks", tree->hooks) < 0)
		return error_nomem(err);
	return 0;
}

/* ---- the report ---------------------------------------------------- */

/* A root file system has an /etc; anything else is no bundle. */
static bool
is_root(const struct bundle *bundle)
{
	return bundle_find(bundle, "etc/os-release") ||
	       bundle_find(bundle, "etc/issue") ||
	       bundle_find(bundle, "resin-boot") ||
	       bundle_find(bundle, "resin-root.fingerprint") ||
	       bundle_find(bundle, "resinos.fingerprint");
}

static json_t *
start_report(const struct bundle *bundle, int fd, const char *format)
{
	struct stat st = { 0 };

	(void)fstat(fd, &st);
	return json_pack("{s:s, s:s, s:I, s:n, s:n, s:[], s:I, s:I}", "format",
			 format, "compression", bundle->compression, "size",
			 (json_int_t)st.st_size, "version", "deviceType",
			 "hooks", "files", (json_int_t)bundle->tree.files,
			 "bytes", (json_int_t)bundle->tree.bytes);
}

static int
judge(struct bundle *bundle, json_t *report, struct balimg_error *err)
{
	if (bundle->docker)
		return bundle_judge_docker(bundle, report, err);
	if (is_root(bundle))
		return bundle_judge_root(bundle, report, err);
	return bundle_find_fault(bundle, "error", "", err,
				 "is no update bundle: neither a docker "
				 "archive nor a root file system");
}

static const char *
format_name(const struct bundle *bundle)
{
	if (bundle->docker)
		return "hostapp";
	return is_root(bundle) ? "resinhup" : "unknown";
}

static json_t *
look_at(int fd, const struct progress *progress, struct bundle_facts *facts,
	struct balimg_error *err)
{
	AUTO_BUNDLE struct bundle bundle = { .progress = progress };
	json_auto_t *report = NULL;

	bundle.findings = json_array();
	if (!bundle.findings) {
		error_nomem(err);
		return NULL;
	}
	if (bundle_read(&bundle, fd, err) < 0)
		return NULL;
	report = start_report(&bundle, fd, format_name(&bundle));
	if (!report) {
		error_nomem(err);
		return NULL;
	}
	if (judge(&bundle, report, err) < 0)
		return NULL;
	if (json_object_set(report, "findings", bundle.findings) < 0) {
		error_nomem(err);
		return NULL;
	}
	if (facts && bundle_gather(&bundle, facts, err) < 0)
		return NULL;
	return STEAL(report);
}

json_t *
archive_judge_bundle(int fd, const struct progress *progress,
		     struct bundle_facts *facts, struct balimg_error *err)
{
	locale_t before = archive_enter_locale();
	json_t *report = look_at(fd, progress, facts, err);

	archive_leave_locale(before);
	return report;
}
