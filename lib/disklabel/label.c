/* label.c - which bytes are which partition
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>

#include "base/io.h"
#include "base/os.h"
#include "disklabel/gpt.h"
#include "disklabel/label.h"
#include "disklabel/mbr.h"
#include "disklabel/ranges.h"
#include "disklabel/table.h"

void
label_free(struct label *label)
{
	size_t i;

	if (!label)
		return;
	for (i = 0; i < label->count; i++)
		free(label->partitions[i].name);
	free(label->partitions);
	free(label);
}

const char *
label_kind_name(enum label_kind kind)
{
	static const char *const names[] = {
		[LABEL_NONE] = "none",
		[LABEL_DOS] = "dos",
		[LABEL_GPT] = "gpt",
	};

	return names[kind];
}

/* The sectors that an MBR's partitions span, itself included. */
static uint64_t
measure_mbr(const struct mbr *mbr)
{
	uint64_t end, size = 1;
	int i;

	for (i = 0; i < MBR_ENTRIES; i++) {
		end = (uint64_t)mbr->entries[i].start + mbr->entries[i].count;
		if (mbr->entries[i].count && end > size)
			size = end;
	}
	return size;
}

static int
load_dos(struct label *label, struct source *source, const struct mbr *mbr,
	 struct balimg_error *err)
{
	uint64_t size = measure_mbr(mbr) * MBR_SECTOR;
	AUTO_FD int fd = -1;

	label->kind = LABEL_DOS;
	/* Said first: what a cut image's chain looks like is of no use. */
	if (ranges_check_end(size, source_size(source), err) < 0)
		return -1;
	fd = os_memory_file(size, err);
	if (fd < 0 || mbr_copy_chain(source, mbr, fd, err) < 0)
		return -1;
	return table_load(label, fd, err);
}

/* The scratch file ends where the backup header would. */
static int
load_gpt(struct label *label, struct source *source, const struct mbr *mbr,
	 struct balimg_error *err)
{
	AUTO_GPT struct gpt gpt = { 0 };
	AUTO_FD int fd = -1;
	uint64_t last;

	label->kind = LABEL_GPT;
	if (gpt_find_sector_size(source, &label->sector_size, err) < 0 ||
	    gpt_read(source, label->sector_size, 1, &gpt, err) < 0)
		return -1;

	last = gpt.alternate > gpt.last_usable ? gpt.alternate :
						 gpt.last_usable;
	fd = os_memory_file((last + 1) * gpt.sector_size, err);
	if (fd < 0 ||
	    io_write_at(fd, mbr->sector, sizeof(mbr->sector), 0, err) < 0 ||
	    gpt_copy(&gpt, fd, err) < 0)
		return -1;
	return table_load(label, fd, err);
}

static int
load_label(struct label *label, struct source *source,
	   struct balimg_error *err)
{
	enum mbr_kind kind;
	struct mbr mbr;

	if (mbr_read(source, &mbr, &kind, err) < 0)
		return -1;
	switch (kind) {
	case MBR_TABLE:
		return load_dos(label, source, &mbr, err);
	case MBR_PROTECTIVE:
		return load_gpt(label, source, &mbr, err);
	case MBR_NONE:
		break;
	}
	return 0;
}

struct label *
label_read(struct source *source, struct balimg_error *err)
{
	AUTO_LABEL struct label *label = calloc(1, sizeof(*label));

	if (!label) {
		error_nomem(err);
		return NULL;
	}
	label->kind = LABEL_NONE;
	label->sector_size = MBR_SECTOR;
	if (load_label(label, source, err) < 0 ||
	    ranges_check(label, source_size(source), err) < 0) {
		error_wrap(err, "partition table");
		return NULL;
	}
	return STEAL(label);
}
