/* test-fat-damage.c - damage is found, named, and mended where that is safe
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each case damages a sound FAT16 volume by hand.  fsck.fat must see a fault
 * where we do; after a repair it must see none, or, where we leave the mending
 * to it, the same as before.
 */
#include <config.h>

#include "base/bytes.h"
#include "fat-image.h"

#define KEPT 0xffffu /* the end of a chain */

static uint64_t table;	    /* bytes: the first FAT */
static uint64_t table_size; /* bytes of one */
static uint64_t root;	    /* bytes: the root directory */

/* ---- by hand ---- */

static void
find_areas(void)
{
	uint8_t boot[512];

	CHECK_OK(source_read(source, 0, boot, sizeof(boot), &err), err);
	table = le16_get(boot + 14) * UINT64_C(512);
	table_size = le16_get(boot + 22) * UINT64_C(512);
	root = table + 2 * table_size;
}

static unsigned
get_entry(unsigned copy, unsigned cluster)
{
	uint8_t entry[2];

	CHECK_OK(source_read(source, table + copy * table_size + cluster * 2,
			     entry, 2, &err),
		 err);
	return le16_get(entry);
}

static void
set_copy(unsigned copy, unsigned cluster, unsigned value)
{
	uint8_t entry[2];

	le16_put(entry, (uint16_t)value);
	CHECK_OK(source_write(source, table + copy * table_size + cluster * 2,
			      entry, 2, &err),
		 err);
}

static void
set_entry(unsigned cluster, unsigned value)
{
	set_copy(0, cluster, value);
	set_copy(1, cluster, value);
}

/* Where the slot of @name ("NAME    EXT") in the root directory lies. */
static uint64_t
find_slot(const char *name)
{
	uint8_t slot[32];
	uint64_t at;

	for (at = root;; at += 32) {
		CHECK_OK(source_read(source, at, slot, 32, &err), err);
		CHECK(slot[0]);
		if (!memcmp(slot, name, 11))
			return at;
	}
}

static void
set_field(const char *name, unsigned field, uint32_t value, size_t len)
{
	uint8_t bytes[4];

	le32_put(bytes, value);
	CHECK_OK(source_write(source, find_slot(name) + field, bytes, len,
			      &err),
		 err);
}

static unsigned
first_cluster(const char *name)
{
	uint8_t slot[32];

	CHECK_OK(source_read(source, find_slot(name), slot, 32, &err), err);
	return le16_get(slot + 26);
}

/* ---- a case ---- */

/* A volume with /ONE (4 clusters), /TWO (3), /DIR/IN (2), /long name of a
 * file (1), /EMPTY, its FATs open for damage. */
static void
begin(void)
{
	make_volume("6000", "-F 16 -s 1");
	CHECK_OK(put_bytes("/ONE", 2000, 0), err);
	CHECK_OK(put_bytes("/TWO", 1500, 0), err);
	CHECK_OK(volume_mkdir(vol, "/DIR", &err), err);
	CHECK_OK(put_bytes("/DIR/IN", 1000, 0), err);
	CHECK_OK(put_bytes("/long name of a file", 500, 0), err);
	CHECK_OK(put_bytes("/EMPTY", 0, 0), err);
	flush_and_judge();
	find_areas();
}

static void
reopen(void)
{
	close_volume();
	open_volume();
}

enum mending {
	NOTHING, /* only a note */
	OURS,	 /* volume_repair() does it */
	THEIRS,	 /* left to fsck.fat */
};

/* The volume has just the faults whose texts contain @text. */
static void
check_faults(const char *text, enum mending mending)
{
	AUTO_FAULTS struct volume_faults faults = { 0 };
	size_t i, found = 0;

	CHECK_OK(volume_check(vol, &faults, &err), err);
	for (i = 0; i < faults.count; i++) {
		if (!strstr(faults.faults[i].text, text))
			continue;
		found++;
		if ((mending != NOTHING &&
		     faults.faults[i].repairable != (mending == OURS)) ||
		    faults.faults[i].harmless != (mending == NOTHING))
			FAIL("%s: repairable %d, harmless %d",
			     faults.faults[i].text,
			     faults.faults[i].repairable,
			     faults.faults[i].harmless);
	}
	if (found)
		return;
	for (i = 0; i < faults.count; i++)
		fprintf(stderr, "found: %s\n", faults.faults[i].text);
	FAIL("not found: \"%s\"", text);
}

static void
check_sound(void)
{
	AUTO_FAULTS struct volume_faults faults = { 0 };

	CHECK_OK(volume_check(vol, &faults, &err), err);
	if (faults.count)
		FAIL("a fault: %s", faults.faults[0].text);
}

/* Found by both, mended by us to the satisfaction of both. */
static void
end_mended(const char *text)
{
	reopen();
	check_faults(text, OURS);
	CHECK(run("fsck.fat -n " IMAGE " >log 2>&1"));
	CHECK_OK(volume_repair(vol, &err), err);
	flush_and_judge();
	check_sound();
	reopen();
	check_sound();
	CHECK_OK(volume_repair(vol, &err), err);
	CHECK_OK(volume_flush(vol, &err), err);
	CHECK(!trace_count(source));
	close_volume();
}

/* Found by both; our repair leaves the image as it is. */
static void
end_left(const char *text)
{
	reopen();
	check_faults(text, THEIRS);
	CHECK(run("fsck.fat -n " IMAGE " >log 2>&1"));
	CHECK_OK(volume_repair(vol, &err), err);
	CHECK_OK(volume_flush(vol, &err), err);
	CHECK(!trace_count(source));
	close_volume();
}

/* Reading @path fails, and says so with @text. */
static void
check_unreadable(const char *path, const char *text)
{
	AUTO_FREE char *data = NULL;
	size_t len;

	reopen();
	CHECK(volume_read_file(vol, path, 1 << 20, &data, &len, &err) < 0);
	CHECK(err.code == BALIMG_E_INVALID && !strcmp(err.where, path));
	if (!strstr(err.message, text))
		FAIL("%s: \"%s\", not \"%s\"", path, err.message, text);
	error_clear(&err);
}

/* ---- what can be mended ---- */

static void
test_stale_copy(void)
{
	unsigned first;

	begin();
	first = first_cluster("TWO        ");
	set_copy(1, first, 0);
	set_copy(1, first + 1, 0);

	/* An edit works on the good copy, and changes no more of the other
	 * than its own entries. */
	reopen();
	CHECK_OK(put_bytes("/NEW", 600, 0), err);
	CHECK_OK(volume_flush(vol, &err), err);
	CHECK(!get_entry(1, first) && get_entry(0, first) == first + 1);
	CHECK(get_entry(0, first_cluster("NEW        ")) ==
	      get_entry(1, first_cluster("NEW        ")));
	check_faults("FAT copy 2 differs from copy 1 in 1 sector", OURS);
	end_mended("FAT copy 2 differs");
}

/* What balena-image-fs leaves when a file shrinks. */
static void
test_impossible_entries(void)
{
	begin();
	set_entry(5000, 0xff00);
	set_entry(5001, 0xff00);
	end_mended("2 unused entries of the FAT are out of range");
}

static void
test_lost_clusters(void)
{
	begin();
	set_entry(5000, 5001);
	set_entry(5001, KEPT);
	end_mended("2 clusters are lost");
}

static void
test_long_chain(void)
{
	begin();
	set_field("ONE        ", 28, 700, 4);
	end_mended("1 file has more clusters than");
	begin();
	set_field("ONE        ", 28, 0, 4);
	end_mended("1 file has more clusters than");
}

static void
test_orphans(void)
{
	begin();
	/* The 8.3 slot goes, its long name stays; so do its clusters. */
	set_entry(first_cluster("LONGNA~1   "), 0);
	set_field("LONGNA~1   ", 0, 0xe5, 1);
	end_mended("/: 2 parts of long names without a file");
}

static void
test_info(void)
{
	uint8_t count[4] = { 1, 0, 0, 0 };

	make_volume("34000", "-F 32 -s 1");
	CHECK_OK(source_write(source, 512 + 488, count, 4, &err), err);
	reopen();
	check_faults("FSInfo counts 1 free cluster", OURS);
	CHECK_OK(volume_repair(vol, &err), err);
	flush_and_judge();
	check_sound();

	/* Unknown is no fault, and an edit leaves it so. */
	memset(count, 0xff, 4);
	CHECK_OK(source_write(source, 512 + 488, count, 4, &err), err);
	reopen();
	check_faults("FSInfo does not know", NOTHING);
	CHECK_OK(put_bytes("/f", 2000, 0), err);
	CHECK_OK(volume_flush(vol, &err), err);
	CHECK_OK(source_read(source, 512 + 488, count, 4, &err), err);
	CHECK(le32_get(count) == 0xffffffff);
	end_volume();
}

/* ---- what is left to fsck.fat ---- */

static void
test_broken_chains(void)
{
	unsigned first;

	begin();
	first = first_cluster("ONE        ");
	set_entry(first + 2, first);
	check_unreadable("/ONE", "loops");
	end_left("/ONE: in its chain, cluster");

	begin();
	set_entry(first + 1, 0);
	check_unreadable("/ONE", "which is free");
	end_left("is marked free");

	begin();
	set_entry(first + 1, 0xfff7);
	check_unreadable("/ONE", "marked bad");
	end_left("is marked bad");

	begin();
	set_entry(first + 1, 0xeeee);
	check_unreadable("/ONE", "which is not there");
	end_left("leads out of the volume");

	begin();
	set_entry(first + 1, KEPT);
	check_unreadable("/ONE", "ends after 2 of 4 clusters");
	end_left("/ONE: 2000 bytes long");

	begin();
	set_entry(first + 2, first_cluster("TWO        "));
	end_left("belongs to another file, too");

	begin();
	set_field("ONE        ", 26, 1, 2);
	check_unreadable("/ONE", "begins at cluster 1");
	end_left("leads out of the volume");
}

/* A directory that holds its own parent has no end. */
static void
test_looping_directory(void)
{
	AUTO_LISTING struct volume_listing listing = { 0 };
	char path[700] = "";
	unsigned dir;
	uint64_t in;
	uint8_t slot[32];

	begin();
	dir = first_cluster("DIR        ");
	in = root + 512 * 32 + (dir - 2) * UINT64_C(512) + 64;
	CHECK_OK(source_read(source, in, slot, 32, &err), err);
	CHECK(!memcmp(slot, "IN         ", 11));
	slot[11] = 0x10;
	le16_put(slot + 26, (uint16_t)dir);
	le32_put(slot + 28, 0);
	CHECK_OK(source_write(source, in, slot, 32, &err), err);
	reopen();
	check_faults("/DIR/IN: in its chain, cluster", THEIRS);
	snprintf(path, sizeof(path), "/DIR");
	while (strlen(path) < 300)
		strcat(path, "/IN");
	CHECK_OK(volume_list(vol, path, &listing, &err), err);
	CHECK(listing.count == 1);
	CHECK_FAILS(volume_remove(vol, path, 0, &err), err, BALIMG_E_REFUSED);
	end_left("/DIR/IN: in its chain, cluster");
}

static void
test_other_faults(void)
{
	begin();
	set_field("TWO        ", 0, 'O' | 'N' << 8 | 'E' << 16, 3);
	end_left("1 name stands twice");

	begin();
	set_field("TWO        ", 1, '*', 1);
	end_left("1 name that FAT does not allow");

	begin();
	set_copy(0, 1, 0x7fff);
	set_copy(1, 1, 0x7fff);
	reopen();
	check_faults("not unmounted cleanly", THEIRS);
	close_volume();

	begin();
	set_field("DIR        ", 28, 5, 4);
	end_left("/DIR: a directory with a size");
}

/* With a broken tree, what looks lost may be somebody's. */
static void
test_damage_stops_repair(void)
{
	begin();
	set_entry(first_cluster("ONE        ") + 1, KEPT);
	set_entry(5000, KEPT);
	set_copy(1, 5001, KEPT);
	reopen();
	check_faults("clusters are lost", THEIRS);
	check_faults("FAT copy 2 differs", THEIRS);
	end_left("clusters are lost");
}

int
main(void)
{
	begin_fat_test();
	test_stale_copy();
	test_impossible_entries();
	test_lost_clusters();
	test_long_chain();
	test_orphans();
	test_info();
	test_broken_chains();
	test_looping_directory();
	test_other_faults();
	test_damage_stops_repair();
	return 0;
}
