/* print-label.c - show a partition table as we read it, for other eyes
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * usage: print-label IMAGE...
 *
 * One line "IMAGE KIND SECTORSIZE ID", then one for each partition: number,
 * start, size, type, active or -, name.  A table that is refused is one line
 * "IMAGE CODE: where: message", and the exit status 1.
 */
#include <config.h>

#include <inttypes.h>

#include "counting-source.h"
#include "disklabel/label.h"
#include "unit.h"

static void
print_label(const char *path, const struct label *label)
{
	const struct partition *part;

	printf("%s %s %u %s\n", path, label_kind_name(label->kind),
	       label->sector_size, label->id);
	for (part = label->partitions;
	     part < label->partitions + label->count; part++) {
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

	if (counting_open(&image, path) < 0)
		FAIL("cannot open %s", path);
	label = label_read(&image.source, &err);
	if (label && label_check(&image.source, label, &faults, &err) == 0) {
		print_label(path, label);
		printf("%s", faults ? faults : "");
	}
	close(image.fd);
	if (!err.code)
		return 0;
	printf("%s %s: %s: %s\n", path, balimg_code_name(err.code), err.where,
	       err.message);
	return 1;
}

int
main(int argc, char **argv)
{
	int i, status = 0;

	for (i = 1; i < argc; i++)
		status |= print_image(argv[i]);
	return status;
}
