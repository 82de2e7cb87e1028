/* apply-fit.c - does an update fit an image?
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The same questions for who asks and for who applies: the one gets findings,
 * the other is refused, or warned where a person may know better.
 */
#include <config.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bundle/apply-private.h"

/* What the store takes besides the files: its own records, and for each file
 * its header in tar-split, compressed. */
#define STORE_BYTES (1u << 20)
#define SPLIT_BYTES 160u

/* Say it: as a finding, or as a refusal, which BALIMG_FORCE overrides if
 * @sane. */
static int __attribute__((format(printf, 5, 6)))
misfit(struct apply *apply, json_t *findings, bool sane,
       struct balimg_error *err, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (findings)
		return json_array_append_new(
			       findings,
			       json_pack("{s:s, s:s, s:s}", "severity",
					 "error", "where", "", "text", text)) <
				       0 ?
			       error_nomem(err) :
			       0;
	error_set(err, BALIMG_E_REFUSED, "%s", text);
	if (!sane)
		return -1;
	return customize_overrides(apply->c, apply->wish->name, err) ?
		       0 :
		       error_hint(err, "--force if you know better");
}

/* Less than an error. */
static int __attribute__((format(printf, 4, 5)))
remark(struct apply *apply, json_t *findings, struct balimg_error *err,
       const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!findings) {
		plan_note(apply->c->plan, PLAN_WARNING, apply->wish->name,
			  "%s", text);
		return 0;
	}
	return json_array_append_new(findings,
				     json_pack("{s:s, s:s, s:s}", "severity",
					       "warning", "where", "", "text",
					       text)) < 0 ?
		       error_nomem(err) :
		       0;
}

/* ---- what it is for ------------------------------------------------ */

static int
judge_device(struct apply *apply, json_t *findings, struct balimg_error *err)
{
	const char *theirs = json_string_value(
		json_object_get(apply->report, "deviceType"));
	const char *ours;

	if (os_device_type(apply->os, &ours, err) < 0)
		return -1;
	if (!theirs || !ours || !strcmp(theirs, ours))
		return 0;
	return misfit(apply, findings, true, err,
		      "the bundle is for %s, the image for %s", theirs, ours);
}

/* Root file systems up to 2.4, hostapps from 2.5 on; a system of 2.0 and later
 * can go from the one to the other. */
static int
judge_kind(struct apply *apply, json_t *findings, struct balimg_error *err)
{
	const struct release *from = &apply->from;

	if (!from->parsed)
		return 0;
	if (apply->hostapp && !release_at_least(from, "2.0.0"))
		return misfit(apply, findings, false, err,
			      "the image holds OS %s, which cannot be updated "
			      "by a hostapp",
			      from->text);
	if (!apply->hostapp && release_at_least(from, "2.5.0"))
		return misfit(apply, findings, false, err,
			      "the image holds OS %s, which is updated by "
			      "hostapps, not by root file systems",
			      from->text);
	if (!apply->hostapp && !release_at_least(from, "2.0.0") &&
	    apply->to.parsed && !release_at_least(&apply->to, "1.12.0"))
		return misfit(apply, findings, true, err,
			      "OS %s is older than 1.12.0, to which no device "
			      "updates itself",
			      apply->to.text);
	return 0;
}

/* The boot loader takes the kernel from there. */
static int
judge_boot_folder(struct apply *apply, json_t *findings,
		  struct balimg_error *err)
{
	if (!apply->hostapp || apply->facts.boot_blocks)
		return 0;
	return misfit(apply, findings, false, err,
		      "the bundle holds nothing in /boot: no device starts "
		      "from that");
}

static int
judge_version(struct apply *apply, json_t *findings, struct balimg_error *err)
{
	int order;

	if (judge_kind(apply, findings, err) < 0)
		return -1;
	if (!apply->from.parsed || !apply->to.parsed)
		return 0;
	order = release_compare(&apply->to, &apply->from);
	if (order < 0)
		return remark(apply, findings, err,
			      "goes back from OS %s to %s: no device does",
			      apply->from.text, apply->to.text);
	if (order == 0)
		return remark(apply, findings, err,
			      "the image holds OS %s already",
			      apply->from.text);
	return 0;
}

/* ---- room in the root ---------------------------------------------- */

struct count {
	struct tree_visitor visitor; /* first */
	uint64_t unit, bytes;
};

static int
count_entry(struct tree_visitor *visitor, const struct tree_entry *entry,
	    struct tree_content *unused, struct balimg_error *err)
{
	struct count *count = (struct count *)visitor;
	uint64_t units = entry->size / count->unit +
			 (entry->size % count->unit != 0);

	(void)unused;
	(void)err;
	count->bytes += count->unit *
			(units + (entry->type == TREE_DIRECTORY));
	return 0;
}

/* What a file system made of @size bytes has for files: a sixteenth and 16 MiB
 * are more than its inodes and its journal take. */
static uint64_t
guess_capacity(uint64_t size)
{
	const uint64_t journal = 16u << 20;

	size -= size / 16;
	return size > journal ? size - journal : 0;
}

/* Bytes that files may take in the target, once it is empty. */
static int
find_capacity(struct volume *vol, uint64_t *bytes, struct balimg_error *err)
{
	struct count count = { .visitor = { .visit = count_entry } };
	struct volume_space space;

	if (volume_space(vol, &space, err) < 0)
		return -1;
	count.unit = space.unit;
	if (tree_walk_volume(vol, "/", &count.visitor, err) < 0)
		return -1;
	*bytes = space.free + count.bytes;
	if (*bytes > space.total)
		*bytes = space.total;
	return 0;
}

static int
judge_room(struct apply *apply, uint64_t have, json_t *findings,
	   struct balimg_error *err)
{
	const struct bundle_facts *facts = &apply->facts;
	uint64_t need = facts->blocks * BUNDLE_BLOCK;

	if (apply->hostapp)
		need += facts->boot_blocks * BUNDLE_BLOCK + STORE_BYTES +
			facts->files * SPLIT_BYTES;
	if (need <= have)
		return 0;
	return misfit(apply, findings, false, err,
		      "the update takes %" PRIu64 " KiB in %s, which has room "
		      "for %" PRIu64 " KiB",
		      need / 1024,
		      os_partition_title(apply->os, apply->target),
		      have / 1024);
}

static int
judge_root(struct apply *apply, json_t *findings, struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	struct volume *vol;
	uint64_t have;

	if (os_is_blank(apply->os, apply->target)) {
		have = guess_capacity(
			os_get_partition(apply->os, apply->target)->size);
		return judge_room(apply, have, findings, err);
	}
	vol = os_volume(apply->os, apply->target, &why);
	if (!vol && !error_is_finding(&why))
		return error_pass(err, &why);
	if (!vol)
		return misfit(
			apply, findings, false, err,
			"%s, where the update belongs, cannot be opened: "
			"%s",
			os_partition_title(apply->os, apply->target),
			why.message);
	if (find_capacity(vol, &have, err) < 0)
		return -1;
	return judge_room(apply, have, findings, err);
}

/* ---- room in the boot partition ------------------------------------ */

static uint64_t
round_up(uint64_t size, uint64_t unit)
{
	return (size / unit + (size % unit != 0)) * unit;
}

/* What is free there in the end must be enough for the device's next update,
 * of which each asks first. */
static int
judge_boot(struct apply *apply, json_t *findings, struct balimg_error *err)
{
	struct volume_space space;
	uint64_t need = UPDATE_ROOM;
	uint64_t gain = 0;
	const char *name;
	json_t *size;

	if (volume_space(apply->boot, &space, err) < 0)
		return -1;
	json_object_foreach(apply->facts.boot_files, name, size) {
		AUTO_BUFFER struct buffer path = BUFFER_INIT;
		struct balimg_error why = { 0 };
		struct volume_entry entry;

		buffer_printf(&path, "/%s", name);
		if (path.failed)
			return error_nomem(err);
		need += round_up((uint64_t)json_integer_value(size),
				 space.unit);
		if (volume_stat(apply->boot, path.data, &entry, &why) < 0) {
			if (!error_is_finding(&why))
				return error_pass(err, &why);
			continue;
		}
		gain += round_up(entry.size, space.unit);
		volume_entry_clear(&entry);
	}
	if (need <= space.free + gain)
		return 0;
	return misfit(apply, findings, true, err,
		      "the boot files leave %s less than the 512 KiB that "
		      "updates ask for: they take %" PRIu64 " KiB more than "
		      "there are",
		      os_partition_title(apply->os, apply->boot_at),
		      (need - space.free - gain) / 1024 + 1);
}

int
apply_find_misfits(struct apply *apply, json_t *findings,
		   struct balimg_error *err)
{
	if (judge_device(apply, findings, err) < 0 ||
	    judge_version(apply, findings, err) < 0 ||
	    judge_boot_folder(apply, findings, err) < 0 ||
	    judge_root(apply, findings, err) < 0)
		return -1;
	return judge_boot(apply, findings, err);
}
