/* fuzz-label.c - any bytes as the beginning of a disk image
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The image is 8 MiB large, zeroes following the input, so that partitions
 * find room.  A GPT's checksums are made right: they would keep everything
 * behind them out of reach.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/digest.h"
#include "disklabel/label.h"
#include "fuzz.h"
#include "padded.h"

#define IMAGE_SIZE (8u * 1024 * 1024)

static void
sign_header(uint8_t *data, size_t size, size_t at, size_t sector)
{
	uint64_t len, entries;
	uint32_t header_len;

	if (size < at + 512 || memcmp(data + at, "EFI PART", 8) != 0)
		return;
	entries = le64_get(data + at + 72);
	len = (uint64_t)le32_get(data + at + 80) * le32_get(data + at + 84);
	if (entries < size / sector &&
	    range_within(entries * sector, len, size))
		le32_put(
			data + at + 88,
			digest_crc32(0, data + entries * sector, (size_t)len));
	header_len = le32_get(data + at + 12);
	if (header_len < 92 || header_len > 512)
		return;
	le32_put(data + at + 16, 0);
	le32_put(data + at + 16, digest_crc32(0, data + at, header_len));
}

/* What was taken must be in order. */
static void
check_label(const struct label *label)
{
	const struct partition *part = label->partitions;
	size_t i;

	for (i = 0; i < label->count; i++, part++) {
		if (!part->number || !part->start || !part->size ||
		    !range_within(part->start, part->size, IMAGE_SIZE))
			abort();
		if (i && part->number <= part[-1].number)
			abort();
		if ((label->kind == LABEL_GPT) != (part->name != NULL))
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct balimg_error err = { 0 };
	AUTO_LABEL struct label *label = NULL;
	AUTO_FREE uint8_t *copy = NULL;
	AUTO_FREE char *text = NULL;
	struct padded image;

	if (size > IMAGE_SIZE)
		return 0;
	copy = malloc(size + 1);
	if (!copy)
		return 0;
	memcpy(copy, data, size);
	sign_header(copy, size, 512, 512);
	sign_header(copy, size, 4096, 4096);

	padded_open(&image, copy, size, IMAGE_SIZE);
	label = label_read(&image.source, &err);
	if (!label && !err.code)
		abort();
	if (!label)
		return 0;
	check_label(label);
	if (label_check(&image.source, label, &text, &err) < 0 && !err.code)
		abort();
	return 0;
}
