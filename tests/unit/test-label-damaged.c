/* test-label-damaged.c - a wrong partition table is named, never followed
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Tables are made by hand, checksums included, so that each has one fault.
 */
#include <config.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "disklabel/label.h"
#include "unit.h"

#define SECTOR	512u
#define SECTORS 4096u /* of the image: 2 MiB */

static uint8_t image[SECTORS * SECTOR];

/* ---- making tables ---------------------------------------------------- */

static void
put_entry(unsigned sector, int slot, uint8_t type, uint32_t start,
	  uint32_t count)
{
	uint8_t *at = image + sector * SECTOR + 446 + slot * 16;

	at[4] = type;
	le32_put(at + 8, start);
	le32_put(at + 12, count);
	image[sector * SECTOR + 510] = 0x55;
	image[sector * SECTOR + 511] = 0xaa;
}

static void
begin_mbr(void)
{
	memset(image, 0, sizeof(image));
	put_entry(0, 0, 0x0e, 64, 64);
}

/* A primary, and an extended partition of [1024, 3072). */
static void
begin_extended(void)
{
	begin_mbr();
	put_entry(0, 1, 0x0f, 1024, 2048);
}

static uint8_t *
gpt_field(unsigned at)
{
	return image + SECTOR + at;
}

static uint8_t *
gpt_entry(unsigned at)
{
	return image + 2 * SECTOR + at * 128;
}

static void
sign_gpt(void)
{
	uint32_t len = le32_get(gpt_field(80)) * le32_get(gpt_field(84));

	if (len <= sizeof(image) - 2 * SECTOR)
		le32_put(gpt_field(88), digest_crc32(0, gpt_entry(0), len));
	le32_put(gpt_field(16), 0);
	le32_put(gpt_field(16), digest_crc32(0, gpt_field(0), 92));
}

static void
put_gpt_entry(unsigned at, uint64_t first, uint64_t last)
{
	static const uint8_t linux_data[16] = {
		0xaf, 0x3d, 0xc6, 0x0f, 0x83, 0x84, 0x72, 0x47,
		0x8e, 0x79, 0x3d, 0x69, 0xd8, 0x47, 0x7d, 0xe4,
	};
	uint8_t *entry = gpt_entry(at);

	memcpy(entry, linux_data, sizeof(linux_data));
	entry[16] = (uint8_t)(at + 1);
	le64_put(entry + 32, first);
	le64_put(entry + 40, last);
	le16_put(entry + 56, 'a');
}

/* Two partitions, not yet signed. */
static void
begin_gpt(void)
{
	memset(image, 0, sizeof(image));
	put_entry(0, 0, 0xee, 1, SECTORS - 1);
	memcpy(gpt_field(0), "EFI PART\0\0\1\0\x5c\0\0\0", 16);
	le64_put(gpt_field(24), 1);
	le64_put(gpt_field(32), SECTORS - 1);
	le64_put(gpt_field(40), 34);
	le64_put(gpt_field(48), SECTORS - 34);
	gpt_field(56)[0] = 1;
	le64_put(gpt_field(72), 2);
	le32_put(gpt_field(80), 128);
	le32_put(gpt_field(84), 128);
	put_gpt_entry(0, 64, 127);
	put_gpt_entry(1, 128, 255);
}

/* ---- judging them ----------------------------------------------------- */

static struct label *
read_image(size_t size, struct balimg_error *err)
{
	AUTO_SOURCE struct source *source = NULL;

	source = source_memory_open(image, size, err);
	return source ? label_read(source, err) : NULL;
}

static struct label *
read_good(void)
{
	struct balimg_error err = { 0 };
	struct label *label = read_image(sizeof(image), &err);

	if (!label)
		FAIL("refused: %s: %s", err.where, err.message);
	return label;
}

/* The table must be refused with words that contain @words. */
static void
refuse_size(size_t size, const char *words)
{
	struct balimg_error err = { 0 };
	AUTO_LABEL struct label *label = read_image(size, &err);

	if (label)
		FAIL("taken, should say: %s", words);
	if (err.code != BALIMG_E_INVALID && err.code != BALIMG_E_UNSUPPORTED)
		FAIL("code %s: %s", balimg_code_name(err.code), err.message);
	if (!strstr(err.message, words))
		FAIL("says \"%s\", not \"%s\"", err.message, words);
}

static void
refuse(const char *words)
{
	refuse_size(sizeof(image), words);
}

/* ---- the cases -------------------------------------------------------- */

static void
test_mbr(void)
{
	AUTO_LABEL struct label *label = NULL;

	begin_mbr();
	put_entry(0, 1, 0x83, 128, 0);
	label = read_good();
	CHECK(label->kind == LABEL_DOS && label->count == 1);
	CHECK(label->partitions[0].start == 64 * SECTOR);

	begin_mbr();
	put_entry(0, 1, 0x83, 100, 100);
	refuse("partitions 1 and 2 overlap");

	begin_mbr();
	put_entry(0, 3, 0x83, SECTORS - 1, 3);
	refuse("reach 1024 bytes beyond");

	begin_mbr();
	put_entry(0, 1, 0x83, UINT32_MAX, UINT32_MAX);
	refuse("cut short");

	begin_mbr();
	put_entry(0, 1, 0x83, 0, 8);
	refuse("begins where the table is");

	begin_mbr();
	refuse_size(SECTOR, "reach 65024 bytes beyond");
}

static void
test_extended(void)
{
	AUTO_LABEL struct label *label = NULL;
	unsigned i;

	begin_extended();
	put_entry(1024, 0, 0x83, 1, 10);
	put_entry(1024, 1, 0x05, 100, 100);
	put_entry(1124, 0, 0x83, 1, 10);
	label = read_good();
	CHECK(label->count == 4);
	CHECK(label->partitions[1].extended);
	CHECK(label->partitions[3].number == 6);
	CHECK(label->partitions[3].start == 1125 * SECTOR);

	put_entry(1124, 1, 0x05, 100, 100);
	refuse("loops, at link 3");
	put_entry(1124, 1, 0x05, 0, 100);
	refuse("loops, at link 3");
	put_entry(1124, 1, 0x05, 2048, 1);
	refuse("leads out of the extended partition, at link 3");
	put_entry(1124, 1, 0x05, 200, 1);
	refuse("broken, at link 3 (sector 1224)");
	put_entry(1124, 1, 0x83, 0, 0);
	put_entry(1124, 0, 0x83, 1, 1948);
	refuse("logical partition 6 lies outside");
	put_entry(1124, 0, 0x83, UINT32_MAX, 10);
	refuse("beyond its end");
	put_entry(1024, 0, 0x83, 1, 102);
	put_entry(1124, 0, 0x83, 1, 10);
	refuse("partitions 5 and 6 overlap");

	begin_extended();
	image[1024 * SECTOR] = 1;
	refuse("broken, at link 1");
	begin_extended();
	put_entry(0, 2, 0x05, 512, 100);
	refuse("two extended partitions");
	begin_extended();
	put_entry(0, 2, 0x83, 1000, 100);
	refuse("partitions 3 and 2 overlap");

	begin_extended();
	for (i = 0; i < 57; i++) {
		put_entry(1024 + i * 4, 0, 0x83, 1, 1);
		put_entry(1024 + i * 4, 1, 0x05, (i + 1) * 4, 4);
	}
	refuse("more than 56 logical");
}

static void
test_empty_extended(void)
{
	AUTO_LABEL struct label *label = NULL;

	begin_extended();
	label = read_good();
	CHECK(label->count == 2);
}

static void
test_gpt_header(void)
{
	begin_gpt();
	sign_gpt();
	gpt_field(56)[0]++;
	refuse("header fails the checksum");
	sign_gpt();
	gpt_entry(3)[0]++;
	refuse("entries fail the checksum");
	refuse_size(SECTOR, "header lies beyond");
	refuse_size(SECTOR + 100, "header lies beyond");
	refuse_size(3 * SECTOR, "entries lie beyond");
	memset(gpt_field(0), 0, 8);
	refuse("header is missing");

	begin_gpt();
	le32_put(gpt_field(12), 91);
	refuse("impossible length");
	le32_put(gpt_field(12), UINT32_MAX);
	refuse("impossible length");
	begin_gpt();
	le64_put(gpt_field(24), 2);
	sign_gpt();
	refuse("belongs elsewhere");
	begin_gpt();
	le64_put(gpt_field(32), UINT64_MAX);
	sign_gpt();
	refuse("impossible range");
	begin_gpt();
	le64_put(gpt_field(48), INT64_MAX / SECTOR);
	sign_gpt();
	refuse("impossible range");
	begin_gpt();
	le64_put(gpt_field(40), SECTORS);
	sign_gpt();
	refuse("impossible range");
}

static void
test_gpt_entries(void)
{
	AUTO_LABEL struct label *label = NULL;

	begin_gpt();
	put_gpt_entry(2, 1000, 1000);
	put_gpt_entry(5, 2000, 1000);
	le16_put(gpt_entry(2) + 56, 0xd800);
	le16_put(gpt_entry(2) + 58, 0x00e9);
	sign_gpt();
	label = read_good();
	CHECK(label->kind == LABEL_GPT && label->count == 3);
	CHECK_STR(label->partitions[2].name, "???\xc3\xa9");
	CHECK_STR(label->partitions[2].type_guid,
		  "0FC63DAF-8483-4772-8E79-3D69D8477DE4");

	put_gpt_entry(1, 127, 130);
	sign_gpt();
	refuse("partitions 1 and 2 overlap");
	put_gpt_entry(1, 128, SECTORS + 3);
	sign_gpt();
	refuse("reach 2048 bytes beyond");
	put_gpt_entry(1, UINT64_MAX - 1, UINT64_MAX - 1);
	sign_gpt();
	refuse("beyond");
	put_gpt_entry(1, 1, UINT64_MAX);
	sign_gpt();
	refuse("beyond");
	put_gpt_entry(1, 0, 10);
	sign_gpt();
	refuse("begins where the table is");

	begin_gpt();
	le32_put(gpt_field(84), 127);
	sign_gpt();
	refuse("entries have an impossible length");
	le32_put(gpt_field(84), 0);
	sign_gpt();
	refuse("entries have an impossible length");
	le32_put(gpt_field(84), 128);
	le32_put(gpt_field(80), 0);
	sign_gpt();
	refuse("impossible number");
	le32_put(gpt_field(80), UINT32_MAX);
	sign_gpt();
	refuse("impossible number");
	begin_gpt();
	le64_put(gpt_field(72), UINT64_MAX);
	sign_gpt();
	refuse("entries lie beyond");
	le64_put(gpt_field(72), 1);
	sign_gpt();
	refuse("where its header is");
}

/* Every prefix of a good image is refused, or has no table at all. */
static void
test_cut(void)
{
	struct balimg_error err;
	struct label *label;
	size_t size;

	begin_gpt();
	sign_gpt();
	for (size = 0; size < 256 * SECTOR; size += 101) {
		memset(&err, 0, sizeof(err));
		label = read_image(size, &err);
		if (label)
			CHECK(label->kind == LABEL_NONE && size < SECTOR);
		else
			CHECK(err.code == BALIMG_E_INVALID);
		label_free(label);
	}
}

int
main(void)
{
	test_mbr();
	test_extended();
	test_empty_extended();
	test_gpt_header();
	test_gpt_entries();
	test_cut();
	return 0;
}
