/* gpt.c - a GPT's header and entries, checked
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/io.h"
#include "disklabel/gpt.h"

#define MAGIC	    "EFI PART"
#define HEADER_MIN  92u
#define ENTRY_MIN   128u
/* Enough for 8192 partitions; 16 KiB is what everyone writes. */
#define ENTRIES_MAX (1024u * 1024u)

/* The header's fields, bytes from its beginning. */
enum {
	AT_HEADER_SIZE = 12,
	AT_HEADER_CRC = 16,
	AT_LBA = 24,
	AT_ALTERNATE = 32,
	AT_FIRST_USABLE = 40,
	AT_LAST_USABLE = 48,
	AT_ENTRIES_LBA = 72,
	AT_ENTRY_COUNT = 80,
	AT_ENTRY_SIZE = 84,
	AT_ENTRIES_CRC = 88,
};

void
gpt_clear(struct gpt *gpt)
{
	free(gpt->entries);
	gpt->entries = NULL;
}

static int
damaged(struct balimg_error *err, const char *what)
{
	return error_set(err, BALIMG_E_INVALID, "the GPT is damaged: %s",
			 what);
}

/* The CRC is that of the header with its own field zero. */
static int
check_header_crc(const uint8_t *header, struct balimg_error *err)
{
	uint8_t copy[GPT_HEADER_MAX];
	uint32_t len = le32_get(header + AT_HEADER_SIZE);

	if (len < HEADER_MIN || len > sizeof(copy))
		return damaged(err, "its header has an impossible length");
	memcpy(copy, header, len);
	memset(copy + AT_HEADER_CRC, 0, 4);
	if (digest_crc32(0, copy, len) != le32_get(header + AT_HEADER_CRC))
		return damaged(err, "its header fails the checksum");
	return 0;
}

static int
check_entries_layout(const uint8_t *header, struct gpt *gpt,
		     struct balimg_error *err)
{
	uint64_t size = le32_get(header + AT_ENTRY_SIZE);
	uint64_t len = le32_get(header + AT_ENTRY_COUNT) * size;

	if (size < ENTRY_MIN || size % ENTRY_MIN || size > gpt->sector_size)
		return damaged(err, "its entries have an impossible length");
	if (!len || len > ENTRIES_MAX)
		return damaged(err, "it has an impossible number of entries");
	if (gpt->entries_lba < 2)
		return damaged(err, "its entries are where its header is");
	gpt->entries_len = (size_t)len;
	return 0;
}

/* Take and judge what the header at gpt->lba says. */
static int
parse_header(struct gpt *gpt, struct balimg_error *err)
{
	const uint8_t *header = gpt->header;
	uint64_t largest = (uint64_t)INT64_MAX / gpt->sector_size - 1;

	if (memcmp(header, MAGIC, 8) != 0)
		return damaged(err, "its header is missing");
	if (check_header_crc(header, err) < 0)
		return -1;

	gpt->alternate = le64_get(header + AT_ALTERNATE);
	gpt->last_usable = le64_get(header + AT_LAST_USABLE);
	gpt->entries_lba = le64_get(header + AT_ENTRIES_LBA);
	if (le64_get(header + AT_LBA) != gpt->lba)
		return damaged(err, "its header belongs elsewhere");
	if (gpt->alternate > largest || gpt->last_usable > largest ||
	    le64_get(header + AT_FIRST_USABLE) > gpt->last_usable)
		return damaged(err, "its header has an impossible range");
	return check_entries_layout(header, gpt, err);
}

static int
read_entries(struct source *source, struct gpt *gpt, struct balimg_error *err)
{
	uint64_t at;

	if (!checked_mul(gpt->entries_lba, gpt->sector_size, &at) ||
	    !range_within(at, gpt->entries_len, source_size(source)))
		return damaged(err, "its entries lie beyond the image's end");
	gpt->entries = malloc(gpt->entries_len);
	if (!gpt->entries)
		return error_nomem(err);
	if (source_read(source, at, gpt->entries, gpt->entries_len, err) < 0)
		return -1;
	if (digest_crc32(0, gpt->entries, gpt->entries_len) !=
	    le32_get(gpt->header + AT_ENTRIES_CRC))
		return damaged(err, "its entries fail the checksum");
	return 0;
}

int
gpt_read(struct source *source, unsigned sector_size, uint64_t lba,
	 struct gpt *gpt, struct balimg_error *err)
{
	uint64_t at;

	*gpt = (struct gpt){ .sector_size = sector_size, .lba = lba };
	if (!checked_mul(lba, sector_size, &at) ||
	    !range_within(at, sizeof(gpt->header), source_size(source)))
		return damaged(err, "its header lies beyond the image's end");
	if (source_read(source, at, gpt->header, sizeof(gpt->header), err) < 0)
		return -1;
	if (parse_header(gpt, err) < 0)
		return -1;
	return read_entries(source, gpt, err);
}

int
gpt_find_sector_size(struct source *source, unsigned *sector_size,
		     struct balimg_error *err)
{
	char magic[8];

	*sector_size = 512;
	if (source_size(source) < 4096 + sizeof(magic))
		return 0;
	if (source_read(source, 512, magic, sizeof(magic), err) < 0)
		return -1;
	if (!memcmp(magic, MAGIC, sizeof(magic)))
		return 0;
	if (source_read(source, 4096, magic, sizeof(magic), err) < 0)
		return -1;
	if (!memcmp(magic, MAGIC, sizeof(magic)))
		*sector_size = 4096;
	return 0;
}

int
gpt_copy(const struct gpt *gpt, int fd, struct balimg_error *err)
{
	if (io_write_at(fd, gpt->header, sizeof(gpt->header),
			gpt->lba * gpt->sector_size, err) < 0)
		return -1;
	return io_write_at(fd, gpt->entries, gpt->entries_len,
			   gpt->entries_lba * gpt->sector_size, err);
}
