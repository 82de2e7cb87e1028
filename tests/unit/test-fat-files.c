/* test-fat-files.c - files of a FAT volume, at the edges of what it can
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * What random edits seldom meet; each case ends with fsck.fat.
 */
#include <config.h>

#include "fat-image.h"

/* ---- names ---- */

static void
test_aliases(void)
{
	make_volume("1440", "-F 12");
	put_text("/long file name A.txt", "A");
	put_text("/long file name B.txt", "B");
	put_text("/long file name C.txt", "C");
	check_text("/LONGFI~1.TXT", "A");
	check_text("/longfi~2.txt", "B");
	check_text("/LongFi~3.tXt", "C");
	flush_and_judge();
	CHECK_OK(volume_remove(vol, "/LONGFI~2.TXT", 0, &err), err);
	CHECK(!exists("/long file name B.txt"));

	/* The alias of what this transaction deleted is not given away. */
	put_text("/long file name D.txt", "D");
	CHECK(!exists("/LONGFI~2.TXT"));
	check_text("/LONGFI~4.TXT", "D");
	put_text("/LONGFI~2.TXT", "no alias, but my name");
	flush_and_judge();
	put_text("/long file name E.txt", "E");
	check_text("/LONGFI~2.TXT", "no alias, but my name");
	check_text("/long file name A.txt", "A");
	end_volume();
	CHECK(run("mtype -i " IMAGE " '::/LONGFI~2.TXT' | grep -q '^no'") ==
	      0);
	CHECK(run("mtype -i " IMAGE " '::/long file name E.txt' | "
		  "grep -q '^E'") == 0);
}

static void
check_alias(unsigned number, const char *alias)
{
	char path[64], want[16];

	snprintf(path, sizeof(path), "/same beginning %u.txt", number);
	snprintf(want, sizeof(want), "%u", number);
	put_text(path, want);
	check_text(alias, want);
}

static void
test_many_aliases(void)
{
	unsigned i;
	char alias[32];

	make_volume("34000", "-F 32 -s 1");
	for (i = 1; i <= 101; i++) {
		snprintf(alias, sizeof(alias),
			 i < 10	 ? "/SAMEBE~%u.TXT" :
			 i < 100 ? "/SAMEB~%u.TXT" :
				   "/SAME~%u.TXT",
			 i);
		check_alias(i, alias);
	}
	end_volume();
}

static void
test_case_is_kept(void)
{
	struct volume_entry entry;

	make_volume("1440", "-F 12");
	put_text("/Config.JSON", "1");
	put_text("/config.json", "2");
	put_text("/lower.txt", "3");
	put_text("/LOWER.TXT", "4");
	CHECK_OK(volume_stat(vol, "/CONFIG.json", &entry, &err), err);
	CHECK_STR(entry.name, "Config.JSON");
	volume_entry_clear(&entry);
	flush_and_judge();
	CHECK_OK(volume_remove(vol, "/lower.txt", 0, &err), err);
	put_text("/Lower.Txt", "5");
	CHECK_OK(volume_stat(vol, "/lower.txt", &entry, &err), err);
	CHECK_STR(entry.name, "lower.txt");
	volume_entry_clear(&entry);
	end_volume();
	CHECK(run("mdir -b -i " IMAGE " :: | sort | tr '\\n' ' ' | "
		  "grep -qx '::/Config.JSON ::/lower.txt '") == 0);
}

/* ---- space ---- */

static void
test_full_root(void)
{
	char path[32];
	unsigned i;

	make_volume("360", "-F 12 -r 16");
	for (i = 0; i < 16; i++) {
		snprintf(path, sizeof(path), "/F%u", i);
		put_text(path, path);
	}
	CHECK(volume_write_file(vol, "/F16", "x", 1, 0, &err) < 0);
	CHECK(err.code == BALIMG_E_NO_SPACE &&
	      strstr(err.message, "root directory is full"));
	error_clear(&err);
	CHECK_FAILS(volume_mkdir(vol, "/D", &err), err, BALIMG_E_NO_SPACE);
	put_text("/f3", "replacing needs no slot");
	flush_and_judge();
	CHECK_OK(volume_remove(vol, "/F4", 0, &err), err);
	/* Its slot is free after the flush only. */
	CHECK_FAILS(volume_mkdir(vol, "/D", &err), err, BALIMG_E_NO_SPACE);
	flush_and_judge();
	CHECK_OK(volume_mkdir(vol, "/D", &err), err);
	end_volume();
}

static void
test_no_space(void)
{
	uint64_t free_;

	make_volume("360", "-F 12 -s 2");
	CHECK_OK(put_bytes("/big", 200000, 0), err);
	flush_and_judge();
	free_ = free_bytes();
	trace_reset(source);

	/* Both must fit for a while. */
	CHECK_FAILS(put_bytes("/BIG", 200001, 0), err, BALIMG_E_NO_SPACE);
	CHECK(free_bytes() == free_ && !trace_count(source));
	CHECK_OK(put_bytes("/rest", free_, 0), err);
	CHECK(free_bytes() == 0);
	CHECK_FAILS(put_bytes("/more", 1, 0), err, BALIMG_E_NO_SPACE);
	CHECK_OK(put_bytes("/none", 0, 0), err);
	CHECK_FAILS(volume_mkdir(vol, "/dir", &err), err, BALIMG_E_NO_SPACE);
	flush_and_judge();
	CHECK_OK(volume_remove(vol, "/big", 0, &err), err);
	CHECK_FAILS(put_bytes("/more", 1, 0), err, BALIMG_E_NO_SPACE);
	flush_and_judge();
	CHECK_OK(put_bytes("/more", 200000, 0), err);
	end_volume();
}

static void
test_empty_files(void)
{
	make_volume("6000", "-F 16 -s 1");
	put_text("/a", "");
	put_text("/b", "not empty");
	flush_and_judge();
	put_text("/a", "filled");
	put_text("/b", "");
	check_text("/a", "filled");
	check_text("/b", "");
	flush_and_judge();
	check_text("/a", "filled");
	CHECK_OK(volume_remove(vol, "/b", VOLUME_WIPE_OLD, &err), err);
	end_volume();
}

/* ---- old contents ---- */

static bool
image_has(const char *text)
{
	char command[128];

	snprintf(command, sizeof(command), "grep -q '%s' " IMAGE, text);
	return run(command) == 0;
}

static void
put_secret(const char *text, unsigned flags)
{
	char data[3000] = { 0 };

	snprintf(data + 2000, 100, "%s", text);
	CHECK_OK(volume_write_file(vol, "/secret", data, sizeof(data), flags,
				   &err),
		 err);
}

static void
test_wipe(void)
{
	make_volume("6000", "-F 16 -s 1");
	put_secret("FIRST", 0);
	flush_and_judge();
	put_secret("SECOND", 0);
	flush_and_judge();
	CHECK(image_has("FIRST") && image_has("SECOND"));
	put_secret("THIRD", VOLUME_WIPE_OLD);
	put_secret("FOURTH", VOLUME_WIPE_OLD);
	flush_and_judge();
	CHECK(!image_has("SECOND") && !image_has("THIRD"));
	put_secret("FIFTH", 0);
	CHECK_OK(volume_remove(vol, "/secret", VOLUME_WIPE_OLD, &err), err);
	flush_and_judge();
	CHECK(!image_has("FIFTH"));
	close_volume();
}

/* ---- what it costs ---- */

static void
test_little_is_touched(void)
{
	make_volume("34000", "-F 32 -s 1");
	put_text("/config.json", "{\"a\": 1}");
	put_text("/other", "x");
	flush_and_judge();
	close_volume();

	open_volume();
	put_text("/config.json", "{\"a\": 1}");
	CHECK_OK(volume_flush(vol, &err), err);
	CHECK(!trace_count(source) && !trace_epoch(source));
	put_text("/config.json", "{\"a\": 2}");
	CHECK_OK(volume_flush(vol, &err), err);
	/* Content, chain, entry; freeing and FSInfo: no long names, no
	 * links, so no barriers for them. */
	CHECK(trace_epoch(source) == 4);
	CHECK(trace_bytes_read(source) < 32768);
	CHECK_OK(volume_flush(vol, &err), err);
	CHECK(trace_epoch(source) == 4);
	end_volume();
}

static void
test_open_file(void)
{
	struct source *file;
	char data[3000];

	make_volume("1440", "-F 12 -s 1");
	CHECK_OK(put_bytes("/a", 5000, 0), err);
	CHECK_OK(put_bytes("/b", 5000, 0), err);
	CHECK_OK(volume_remove(vol, "/a", 0, &err), err);
	flush_and_judge();
	/* In two runs: before /b and behind it. */
	CHECK_OK(put_bytes("/c", free_bytes(), 0), err);
	file = volume_open_file(vol, "/c", &err);
	CHECK(file && source_size(file) > 700000);
	CHECK_OK(volume_remove(vol, "/b", 0, &err), err);
	CHECK_OK(source_read(file, 4000, data, sizeof(data), &err), err);
	CHECK(data[0] == (char)(4000 / 251 + 4000 + 2));
	CHECK(data[2999] == (char)(6999 / 251 + 6999 + 2));
	CHECK_FAILS(source_read(file, source_size(file), data, 1, &err), err,
		    BALIMG_E_INVALID);
	source_close(file);
	end_volume();
}

/* ---- errors ---- */

static void
test_misuse(void)
{
	AUTO_FREE char *data = NULL;
	struct volume_entry entry;
	size_t len;

	make_volume("1440", "-F 12");
	put_text("/file", "x");
	CHECK_OK(volume_mkdir(vol, "/dir", &err), err);
	put_text("/dir/file", "y");

	CHECK_FAILS(volume_stat(vol, "file", &entry, &err), err,
		    BALIMG_E_USAGE);
	CHECK_FAILS(volume_stat(vol, "/dir/", &entry, &err), err,
		    BALIMG_E_USAGE);
	CHECK_FAILS(volume_stat(vol, "//file", &entry, &err), err,
		    BALIMG_E_USAGE);
	CHECK_FAILS(volume_stat(vol, "/dir/../file", &entry, &err), err,
		    BALIMG_E_USAGE);
	CHECK_FAILS(volume_stat(vol, "/no", &entry, &err), err,
		    BALIMG_E_NOT_FOUND);
	CHECK_FAILS(volume_stat(vol, "/file/x", &entry, &err), err,
		    BALIMG_E_NOT_FOUND);
	CHECK_FAILS(volume_remove(vol, "/", 0, &err), err, BALIMG_E_USAGE);
	CHECK_FAILS(volume_remove(vol, "/dir", 0, &err), err,
		    BALIMG_E_REFUSED);
	CHECK_FAILS(volume_mkdir(vol, "/FILE", &err), err, BALIMG_E_REFUSED);
	CHECK_FAILS(volume_mkdir(vol, "/no/dir", &err), err,
		    BALIMG_E_NOT_FOUND);
	CHECK_FAILS(volume_write_file(vol, "/dir", "x", 1, 0, &err), err,
		    BALIMG_E_USAGE);
	CHECK_FAILS(volume_write_file(vol, "/a:b", "x", 1, 0, &err), err,
		    BALIMG_E_INVALID);
	CHECK_FAILS(volume_read_file(vol, "/dir", 9, &data, &len, &err), err,
		    BALIMG_E_USAGE);
	CHECK_FAILS(volume_read_file(vol, "/file", 0, &data, &len, &err), err,
		    BALIMG_E_INVALID);
	CHECK(volume_read_file(vol, "/dir/no", 9, &data, &len, &err) < 0);
	CHECK_STR(err.where, "/dir/no");
	error_clear(&err);
	end_volume();
}

/* A flush that fails leaves a volume that takes nothing more. */
static void
test_failing_flush(void)
{
	size_t at;
	int rc = -1;

	for (at = 1; rc < 0; at++) {
		make_volume("1440", "-F 12");
		CHECK_OK(volume_mkdir(vol, "/a long directory name", &err),
			 err);
		CHECK_OK(put_bytes("/file", 3000, 0), err);
		trace_fail_at(source, at);
		rc = volume_flush(vol, &err);
		if (rc < 0) {
			CHECK(err.code == BALIMG_E_IO);
			error_clear(&err);
			trace_fail_at(source, 0);
			CHECK_FAILS(put_bytes("/x", 1, 0), err,
				    BALIMG_E_USAGE);
			CHECK_FAILS(volume_flush(vol, &err), err,
				    BALIMG_E_USAGE);
		}
		close_volume();
	}
	CHECK(at > 5);
}

int
main(void)
{
	begin_fat_test();
	test_aliases();
	test_many_aliases();
	test_case_is_kept();
	test_full_root();
	test_no_space();
	test_empty_files();
	test_wipe();
	test_little_is_touched();
	test_open_file();
	test_misuse();
	test_failing_flush();
	return 0;
}
