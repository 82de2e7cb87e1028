/* test-fat-epochs.c - what is written when
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A transaction's contents go to clusters that were free when it began.  A
 * FAT12 entry that lies in two sectors never leads astray, whichever of them
 * a medium got.
 */
#include <config.h>

#include "base/bytes.h"
#include "fat-image.h"

#define SECTOR	  512u
#define FAT12_END 0xff8u

static uint64_t table; /* bytes: the first FAT */
static uint64_t table_size;
static uint64_t data; /* cluster 2 */
static unsigned clusters;

static void
find_areas(void)
{
	uint8_t boot[SECTOR];

	CHECK_OK(source_read(source, 0, boot, sizeof(boot), &err), err);
	CHECK(boot[13] == 1); /* sector a cluster */
	table = le16_get(boot + 14) * UINT64_C(512);
	table_size = le16_get(boot + 22) * UINT64_C(512);
	data = table + 2 * table_size + le16_get(boot + 17) * UINT64_C(32);
	clusters = le16_get(boot + 19) - (unsigned)(data / SECTOR);
}

/* ---- contents ---- */

/* Every sector of data that the first epoch wrote was free before. */
static void
check_first_epoch(const uint8_t *before)
{
	const struct trace_record *record;
	uint64_t at;
	size_t i;

	for (i = 0; i < trace_count(source); i++) {
		record = trace_get(source, i);
		if (record->epoch)
			continue;
		CHECK(record->offset >= data);
		for (at = record->offset; at < record->offset + record->len;
		     at += SECTOR)
			CHECK(!le16_get(before +
					2 * ((at - data) / SECTOR + 2)));
	}
}

/* What lies in the data area is written in the first epoch, but for
 * directories and zeroes over old contents. */
static void
test_contents_go_to_free_clusters(void)
{
	AUTO_FREE uint8_t *before = NULL;
	unsigned round;

	make_volume("6000", "-F 16 -s 1");
	find_areas();
	before = malloc(table_size);
	CHECK(before);
	CHECK_OK(volume_mkdir(vol, "/dir", &err), err);
	for (round = 0; round < 20; round++) {
		CHECK_OK(source_read(source, table, before, table_size, &err),
			 err);
		trace_reset(source);
		CHECK_OK(put_bytes("/a", 700 * round, 0), err);
		CHECK_OK(put_bytes("/dir/b", 5000 - 200 * round,
				   VOLUME_WIPE_OLD),
			 err);
		CHECK_OK(put_bytes("/a", 900 * round + 1, 0), err);
		flush_and_judge();
		CHECK(trace_count(source));
		check_first_epoch(before);
	}
	close_volume();
}

/* ---- entries in two sectors ---- */

static unsigned
decode(const uint8_t *entry, unsigned cluster)
{
	return cluster & 1 ? le16_get(entry) >> 4 : le16_get(entry) & 0xfff;
}

/* Note the last value that epoch @epoch gives to byte @at. */
static void
follow_byte(unsigned epoch, uint64_t at, uint8_t *byte)
{
	const struct trace_record *record;
	size_t i;

	for (i = 0; i < trace_count(source); i++) {
		record = trace_get(source, i);
		if (record->epoch == epoch && at >= record->offset &&
		    at < record->offset + record->len)
			*byte = record->data[at - record->offset];
	}
}

/* In each epoch either byte may be old or new: every mixture must please
 * @is_good. */
static void
check_mixtures(unsigned copy, unsigned cluster, const uint8_t *before,
	       bool (*is_good)(unsigned value))
{
	uint64_t at = table + copy * table_size + cluster * 3 / 2;
	uint8_t old[2] = { before[0], before[1] };
	uint8_t new[2], mixed[2];
	unsigned epoch;

	for (epoch = 0; epoch <= trace_epoch(source); epoch++) {
		new[0] = old[0];
		new[1] = old[1];
		follow_byte(epoch, at, &new[0]);
		follow_byte(epoch, at + 1, &new[1]);
		mixed[0] = new[0];
		mixed[1] = old[1];
		CHECK(is_good(decode(mixed, cluster)));
		mixed[0] = old[0];
		mixed[1] = new[1];
		CHECK(is_good(decode(mixed, cluster)));
		CHECK(is_good(decode(new, cluster)));
		old[0] = new[0];
		old[1] = new[1];
	}
}

static unsigned last_value; /* the entry in the end */

static bool
is_end_or_last(unsigned value)
{
	return value >= FAT12_END || value == last_value;
}

/* Free, an end, or a cluster that is there. */
static bool
is_harmless(unsigned value)
{
	return !value || value >= FAT12_END ||
	       (value >= 2 && value <= clusters + 1);
}

static void
read_entry(unsigned copy, unsigned cluster, uint8_t *entry)
{
	CHECK_OK(source_read(source,
			     table + copy * table_size + cluster * 3 / 2,
			     entry, 2, &err),
		 err);
}

/* A directory whose only cluster is @cluster grows. */
static void
test_directory_grows_from(unsigned cluster)
{
	uint8_t before[2][2], entry[2];
	char path[64];
	unsigned i;

	make_volume("1000", "-F 12 -s 1");
	find_areas();
	CHECK_OK(put_bytes("/fill", (cluster - 2) * SECTOR, 0), err);
	CHECK_OK(volume_mkdir(vol, "/d", &err), err);
	flush_and_judge();
	for (i = 0; i < 2; i++) {
		read_entry(i, cluster, before[i]);
		CHECK(decode(before[i], cluster) >= FAT12_END);
	}
	trace_reset(source);
	for (i = 0; i < 20; i++) {
		snprintf(path, sizeof(path), "/d/a long name, number %u", i);
		CHECK_OK(put_bytes(path, 10, 0), err);
	}
	flush_and_judge();
	for (i = 0; i < 2; i++) {
		read_entry(i, cluster, entry);
		last_value = decode(entry, cluster);
		CHECK(last_value < FAT12_END);
		check_mixtures(i, cluster, before[i], is_end_or_last);
	}
	close_volume();
}

/* A file that holds clusters up to @last, @cluster among them, comes and
 * goes. */
static void
test_file_over(unsigned cluster, unsigned last)
{
	uint8_t before[2][2];
	unsigned i;

	make_volume("1000", "-F 12 -s 1");
	find_areas();
	for (i = 0; i < 2; i++)
		read_entry(i, cluster, before[i]);
	CHECK_OK(put_bytes("/file", (last - 1) * SECTOR, 0), err);
	flush_and_judge();
	for (i = 0; i < 2; i++) {
		check_mixtures(i, cluster, before[i], is_harmless);
		read_entry(i, cluster, before[i]);
		CHECK(cluster == last ?
			      decode(before[i], cluster) >= FAT12_END :
			      decode(before[i], cluster) == cluster + 1);
	}
	trace_reset(source);
	CHECK_OK(volume_remove(vol, "/file", 0, &err), err);
	flush_and_judge();
	for (i = 0; i < 2; i++)
		check_mixtures(i, cluster, before[i], is_harmless);
	close_volume();
}

int
main(void)
{
	begin_fat_test();
	test_contents_go_to_free_clusters();
	/* Entries at bytes 511 (odd cluster) and 1023 (even cluster). */
	test_directory_grows_from(341);
	test_directory_grows_from(682);
	test_file_over(341, 400);
	test_file_over(682, 700);
	test_file_over(341, 341);
	test_file_over(682, 682);
	return 0;
}
