/* label-check.c - faults of a partition table that do not hinder reading
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * They hinder others: firmware that starts from the backup GPT, and systems
 * that go by the MBR of a hybrid disk.
 */
#include <config.h>

#include <inttypes.h>
#include <string.h>

#include "base/buffer.h"
#include "disklabel/gpt.h"
#include "disklabel/label.h"
#include "disklabel/mbr.h"

static bool
have_same_entries(const struct gpt *a, const struct gpt *b)
{
	return a->entries_len == b->entries_len &&
	       !memcmp(a->entries, b->entries, a->entries_len);
}

/* A fault of the backup is a finding, not an error of this call. */
static int
check_backup(struct source *source, const struct gpt *primary,
	     struct buffer *text, struct balimg_error *err)
{
	uint64_t last = source_size(source) / primary->sector_size - 1;
	struct balimg_error fault = { 0 };
	AUTO_GPT struct gpt backup = { 0 };

	if (primary->alternate < last)
		buffer_printf(text,
			      "the backup GPT is at sector %" PRIu64
			      ", not in the last one (%" PRIu64 ")\n",
			      primary->alternate, last);
	if (gpt_read(source, primary->sector_size, primary->alternate, &backup,
		     &fault) == 0) {
		if (backup.alternate != primary->lba ||
		    !have_same_entries(primary, &backup))
			buffer_puts(text, "the backup GPT differs from the "
					  "first one\n");
		return 0;
	}
	if (!error_is_finding(&fault))
		return error_pass(err, &fault);
	buffer_printf(text, "backup: %s\n", fault.message);
	return 0;
}

static bool
is_in_label(const struct label *label, const struct mbr_entry *entry)
{
	uint64_t start = (uint64_t)entry->start * label->sector_size;
	uint64_t size = (uint64_t)entry->count * label->sector_size;
	size_t i;

	for (i = 0; i < label->count; i++)
		if (label->partitions[i].start == start &&
		    label->partitions[i].size == size)
			return true;
	return false;
}

static void
check_hybrid(const struct label *label, const struct mbr *mbr,
	     struct buffer *text)
{
	const struct mbr_entry *entry;
	int i;

	for (i = 0; i < MBR_ENTRIES; i++) {
		entry = &mbr->entries[i];
		if (!entry->count || entry->type == 0xee ||
		    is_in_label(label, entry))
			continue;
		buffer_printf(text,
			      "entry %d of the hybrid MBR is no partition of "
			      "the GPT\n",
			      i + 1);
	}
}

static int
check_gpt(struct source *source, const struct label *label,
	  struct buffer *text, struct balimg_error *err)
{
	AUTO_GPT struct gpt primary = { 0 };
	enum mbr_kind kind;
	struct mbr mbr;

	if (mbr_read(source, &mbr, &kind, err) < 0)
		return -1;
	check_hybrid(label, &mbr, text);
	if (gpt_read(source, label->sector_size, 1, &primary, err) < 0)
		return -1;
	return check_backup(source, &primary, text, err);
}

int
label_check(struct source *source, const struct label *label, char **text,
	    struct balimg_error *err)
{
	AUTO_BUFFER struct buffer found = BUFFER_INIT;

	*text = NULL;
	if (label->kind != LABEL_GPT)
		return 0;
	if (check_gpt(source, label, &found, err) < 0)
		return error_wrap(err, "partition table");
	if (!found.len && !found.failed)
		return 0;
	*text = buffer_take(&found, NULL, err);
	return *text ? 0 : -1;
}
