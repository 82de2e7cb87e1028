/* print-label.c - show a partition table as we read it, for other eyes
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * usage: print-label IMAGE...
 *
 * One line "table: KIND SECTORSIZE ID", then one for each partition (number,
 * start, size, type, active or -, name), then the faults that do not hinder
 * reading.  What is refused is one line "CODE: where: message", and the exit
 * status 1.  Last, how many bytes were read for the partitions.
 */
#include <config.h>

#include <inttypes.h>

#include "counting-source.h"
#include "disklabel/label.h"
#include "unit.h"

static void
print_label(const struct label *label)
{
	const struct partition *part;

	printf("table: %s %u %s\n", label_kind_name(label->kind),
	       label->sector_size, label->id);
	for (part = label->partitions; part < label->partitions + label->count;
	     part++) {
		printf("%u %" PRIu64 " %" PRIu64 " ", part->number,
		       part->start, part->size);
		if (label->kind == LABEL_GPT)
			printf("%s", part->type_guid);
		else
			printf("%x", (unsigned)part->type);
		printf(" %s %s\n", part->active ? "active" : "-",
		       part->name ? part->name : "");
	}
}

static int
print_image(const char *path)
{
	AUTO_LABEL struct label *label = NULL;
	AUTO_FREE char *faults = NULL;
	struct balimg_error err = { 0 };
	struct counting_source image;
	uint64_t bytes;

	if (counting_open(&image, path) < 0)
		FAIL("cannot open %s", path);
	label = label_read(&image.source, &err);
	bytes = image.bytes;
	if (label && label_check(&image.source, label, &faults, &err) == 0) {
		print_label(label);
		printf("%s", faults ? faults : "");
	}
	close(image.fd);
	if (err.code)
		printf("%s: %s: %s\n", balimg_code_name(err.code), err.where,
		       err.message);
	printf("read: %" PRIu64 "\n", bytes);
	return err.code != BALIMG_OK;
}

int
main(int argc, char **argv)
{
	int i, status = 0;

	for (i = 1; i < argc; i++)
		status |= print_image(argv[i]);
	return status;
}
