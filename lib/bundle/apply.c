/* apply.c - install an update bundle into an image, as the device would
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "bundle/apply-private.h"

/* ---- the bundle ---------------------------------------------------- */

int
apply_rewind(const struct apply *apply, struct balimg_error *err)
{
	return io_rewind(apply->wish->fd, 0, err);
}

/* All sums are verified before anything is staged. */
static int
read_bundle(struct apply *apply, struct balimg_error *err)
{
	const char *format, *version;

	apply->archive = archive_load(err);
	if (!apply->archive)
		return -1;
	apply->report = apply->archive->judge_bundle(
		apply->wish->fd, apply->wish->progress, &apply->facts, err);
	if (!apply->report)
		return -1;
	if (apply_rewind(apply, err) < 0)
		return -1;
	format = json_string_value(json_object_get(apply->report, "format"));
	apply->hostapp = !strcmp(format, "hostapp");
	version = json_string_value(json_object_get(apply->report, "version"));
	if (version)
		release_parse(version, &apply->to);
	return 0;
}

const json_t *
bundle_first_error(const json_t *report)
{
	const json_t *finding;
	size_t i;

	json_array_foreach(json_object_get(report, "findings"), i, finding)
		if (!strcmp(json_string_value(
				    json_object_get(finding, "severity")),
			    "error"))
			return finding;
	return NULL;
}

static int
check_sound(const struct apply *apply, struct balimg_error *err)
{
	const json_t *error = bundle_first_error(apply->report);
	const char *where = json_string_value(json_object_get(error, "where"));

	if (json_is_string(json_object_get(apply->report, "delta")))
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "is a delta to another image, and holds "
				 "no whole files");
	if (!error)
		return 0;
	error_set(err, BALIMG_E_INVALID, "%s%s%s", where ? where : "",
		  where && *where ? ": " : "",
		  json_string_value(json_object_get(error, "text")));
	return error_hint(err, "balimg hup verify tells more");
}

static void
clear(struct apply *apply)
{
	if (apply->view != apply->root)
		volume_close(apply->view);
	json_decref(apply->report);
	bundle_facts_clear(&apply->facts);
}

/* ---- judging ------------------------------------------------------- */

json_t *
apply_judge(struct os *os, const struct apply_wish *wish,
	    struct balimg_error *err)
{
	struct apply apply = { .wish = wish, .os = os };
	json_t *report = NULL;
	json_t *findings;

	if (read_bundle(&apply, err) == 0) {
		findings = json_object_get(apply.report, "findings");
		if (apply_find_place(&apply, err) == 0 &&
		    apply_find_misfits(&apply, findings, err) == 0)
			report = STEAL(apply.report);
	}
	clear(&apply);
	return report;
}

/* ---- applying ------------------------------------------------------ */

static void
tell_root(const struct apply *apply)
{
	char before[160] = "as it is";
	char after[224];

	if (apply->wish->replace && apply->from.parsed)
		snprintf(before, sizeof(before), "OS %s", apply->from.text);
	snprintf(after, sizeof(after),
		 "OS %s, %" PRIu64 " files, %" PRIu64 " KiB%s",
		 apply->to.parsed ? apply->to.text : "of unknown version",
		 apply->files, apply->bytes / 1024,
		 apply->hostapp ? ", a hostapp" : "");
	plan_change(apply->c->plan,
		    os_partition_title(apply->os, apply->target), before,
		    after, false);
}

static int
stage(struct apply *apply, struct balimg_error *err)
{
	if (read_bundle(apply, err) < 0 || check_sound(apply, err) < 0)
		return error_wrap(err, "%s", apply->wish->name);
	if (apply_find_place(apply, err) < 0 ||
	    customize_check_inner(apply->c, apply->os, err) < 0 ||
	    apply_format_target(apply, err) < 0 ||
	    apply_find_misfits(apply, NULL, err) < 0 ||
	    apply_open_target(apply, err) < 0)
		return -1;
	if ((apply->hostapp ? apply_hostapp : apply_root)(apply, err) < 0)
		return error_wrap(
			err, "%s",
			os_partition_title(apply->os, apply->target));
	tell_root(apply);
	customize_wrote(apply->c, apply->os, apply->target);
	if (apply->hostapp && apply_boot_files(apply, err) < 0)
		return error_wrap(
			err, "%s",
			os_partition_title(apply->os, apply->boot_at));
	if (apply_hooks(apply, err) < 0)
		return -1;
	return apply->wish->replace ? 0 : apply_switch(apply, err);
}

int
apply_bundle(struct customization *c, const struct apply_wish *wish,
	     struct balimg_error *err)
{
	struct apply apply = { .c = c, .wish = wish, .os = c->os };
	int rc = stage(&apply, err);

	clear(&apply);
	return rc;
}
