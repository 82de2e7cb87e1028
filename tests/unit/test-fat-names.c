/* test-fat-names.c - names go to 8.3, UTF-16 and back as Windows has them
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "unit.h"
#include "volume/fat-dir.h"

static struct fat_name
parse(const char *text)
{
	struct fat_name name;

	CHECK(fat_name_parse(text, strlen(text), &name));
	return name;
}

static void
check_print(const struct fat_name *name, const char *want)
{
	char text[FAT_UTF8_SIZE];

	fat_name_print(name, text);
	CHECK_STR(text, want);
}

static void
test_unicode(void)
{
	static const char *const texts[] = {
		"a",
		"gr\u00f6\u00dfe",
		"\u65e5\u672c\u8a9e",
		"x\U0001f600y",
	};
	struct fat_name name;
	char many[4 * 128 + 1];
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		name = parse(texts[i]);
		check_print(&name, texts[i]);
	}
	name = parse("\U0001f600");
	CHECK(name.len == 2 && name.units[0] == 0xd83d &&
	      name.units[1] == 0xde00);

	/* Halves of pairs, and what would break a path. */
	name = (struct fat_name){ { 'a', 0xd83d, 'b' }, 3 };
	check_print(&name, "a\ufffdb");
	name = (struct fat_name){ { 0xde00, 0xd83d }, 2 };
	check_print(&name, "\ufffd\ufffd");
	name = (struct fat_name){ { '.', '.', '/', 'x', 7 }, 5 };
	check_print(&name, "..\ufffdx\ufffd");

	/* 255 units fit, counted in UTF-16. */
	for (i = 0; i < 128; i++)
		memcpy(many + 4 * i, "\U0001f600", 4);
	CHECK(fat_name_parse(many, 4 * 127, &name) && name.len == 254);
	CHECK(!fat_name_parse(many, 4 * 128, &name));
	memset(many, 'a', 256);
	CHECK(fat_name_parse(many, 255, &name) && name.len == 255);
	CHECK(!fat_name_parse(many, 256, &name));
	CHECK(!fat_name_parse("\xc0\x80", 2, &name));
	CHECK(!fat_name_parse("\xed\xa0\x80", 3, &name));
}

static void
check_same(const char *a, const char *b, bool want)
{
	struct fat_name one = parse(a);
	struct fat_name two = parse(b);

	if (fat_name_equal(&one, &two) != want)
		FAIL("%s and %s: %s", a, b, want ? "one name" : "two names");
}

static void
test_case(void)
{
	check_same("Config.JSON", "config.json", true);
	check_same("\u00c4\u00d6\u00dc", "\u00e4\u00f6\u00fc", true);
	check_same("\u00ff", "\u0178", true);
	check_same("\u0141\u00f3d\u017a", "\u0142\u00d3D\u0179", true);
	check_same("\u03b1\u03ce", "\u0391\u038f", true);
	check_same("\u042f\u0451", "\u044f\u0401", true);
	check_same("\u00d7", "\u00f7", false); /* times and divided by */
	check_same("\u00df", "ss", false);
	check_same("a", "ab", false);
	check_same("@", "`", false);
}

static void
test_allowed(void)
{
	static const char *const refused[] = {
		"",    "a*b",  "a:b",  "a<b",	"a>b",	 "a?b", "a\\b",
		"a|b", "a\"b", "a\nb", "a\x7f", "a.",	 "a ",	"a..",
		"...", " ",    "\xff", "a\xc3", "a\x01", "a/b",
	};
	static const char *const allowed[] = {
		"a",	  ".a",	   "..a", " a",	     "a b",
		"+,;=[]", "a.b.c", "~",	  "x\u00e9",
	};
	struct balimg_error err = { 0 };
	struct fat_name name;
	size_t i;

	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		CHECK_FAILS(fat_name_check(refused[i], strlen(refused[i]),
					   &name, &err),
			    err, BALIMG_E_INVALID);
	for (i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		CHECK_OK(fat_name_check(allowed[i], strlen(allowed[i]), &name,
					&err),
			 err);
}

/* What an 8.3 slot gets of @text: "NAME    EXT", with the case bits behind
 * it, or what it becomes before a number, with a question mark if it lost
 * characters. */
static void
check_short(const char *text, const char *want)
{
	struct fat_name name = parse(text);
	uint8_t got[FAT_SHORT + 8];
	uint8_t bits;

	if (fat_short_fits(&name, got, &bits))
		snprintf((char *)got + FAT_SHORT, 8, " %02x", bits);
	else
		snprintf((char *)got + FAT_SHORT, 8, "%s",
			 fat_short_basis(&name, got) ? "" : "?");
	if (memcmp(got, want, strlen(want) + 1) != 0)
		FAIL("%s: \"%s\", not \"%s\"", text, (char *)got, want);
}

static void
test_short(void)
{
	check_short("CONFIG.TXT", "CONFIG  TXT 00");
	check_short("config.txt", "CONFIG  TXT 18");
	check_short("config.TXT", "CONFIG  TXT 08");
	check_short("CONFIG.txt", "CONFIG  TXT 10");
	check_short("a", "A           08");
	check_short("1-2.3", "1-2     3   00");
	check_short("Config.txt", "CONFIG  TXT");
	check_short("config.json", "CONFIG  JSO?");
	check_short("overlays", "OVERLAYS    08");
	check_short("resin-sample", "RESIN-SA   ?");
	check_short("cmdline.txt.old", "CMDLINETOLD?");
	check_short(".profile", "PROFILE    ?");
	check_short("..a.b", "A       B  ?");
	check_short("a b", "AB         ?");
	check_short("x+y,z.t[]", "X_Y_Z   T__?");
	check_short("\u00e4.txt", "_       TXT?");
	check_short("....json", "JSON       ?");
	check_short(". .json", "_       JSO?");
}

static void
check_number(const char *basis, unsigned number, const char *want)
{
	const uint8_t *from = (const uint8_t *)basis;
	uint8_t got[FAT_SHORT + 1] = { 0 };

	fat_short_number(got, from, number);
	CHECK_STR((char *)got, want);
	CHECK(fat_short_get_number(got, from) == number);
}

static void
test_numbers(void)
{
	const uint8_t *basis = (const uint8_t *)"LONGNAMETXT";

	check_number("LONGNAMETXT", 1, "LONGNA~1TXT");
	check_number("LONGNAMETXT", 12, "LONGN~12TXT");
	check_number("LONGNAMETXT", 123456, "L~123456TXT");
	check_number("A       TXT", 3, "A~3     TXT");
	check_number("ABCDEF     ", 9, "ABCDEF~9   ");
	check_number("ABCDEF     ", 10, "ABCDE~10   ");
	CHECK(!fat_short_get_number((const uint8_t *)"LONGNA~1BAK", basis));
	CHECK(!fat_short_get_number((const uint8_t *)"LONGNAMETXT", basis));
	CHECK(!fat_short_get_number((const uint8_t *)"LONGN~1 TXT", basis));
	CHECK(!fat_short_get_number((const uint8_t *)"LONGN~01TXT", basis));
	CHECK(!fat_short_get_number((const uint8_t *)"~1      TXT", basis));
	CHECK(!fat_short_get_number((const uint8_t *)"12345678   ", basis));
	CHECK(!fat_short_get_number((const uint8_t *)"           ", basis));
}

static void
check_shown(const char *slot, uint8_t bits, const char *want)
{
	uint8_t raw[FAT_SLOT] = { 0 };
	struct fat_name name;

	memcpy(raw, slot, FAT_SHORT);
	raw[12] = bits;
	fat_short_print(raw, &name);
	check_print(&name, want);
}

static void
test_shown(void)
{
	char label[3 * FAT_SHORT + 1];

	check_shown("CONFIG  TXT", 0x00, "CONFIG.TXT");
	check_shown("CONFIG  TXT", 0x18, "config.txt");
	check_shown("CONFIG  TXT", 0x08, "config.TXT");
	check_shown("NOEXT      ", 0x10, "NOEXT");
	check_shown("\x05"
		    "B         ",
		    0, "\u03c3B");
	check_shown("\x8e\x99\x9a     TXT", 0, "\u00c4\u00d6\u00dc.TXT");
	check_shown("A/B     C  ", 0, "A\ufffdB.C");
	check_shown("           ", 0, " ");
	fat_label_print((const uint8_t *)"resin-boot ", label);
	CHECK_STR(label, "resin-boot");
	fat_label_print((const uint8_t *)"           ", label);
	CHECK_STR(label, "");
	CHECK(fat_short_sum((const uint8_t *)"README  TXT") == 0x73);
}

static void
check_time(time_t when, time_t want)
{
	uint8_t slot[FAT_SLOT] = { 0 };

	fat_slot_set_created(slot, when);
	fat_slot_set_modified(slot, when);
	CHECK(fat_slot_modified(slot) == want);
}

static void
test_time(void)
{
	uint8_t slot[FAT_SLOT] = { 0 };

	check_time(1700000000, 1700000000);
	check_time(1700000001, 1700000000); /* two seconds each */
	check_time(0, 315532800);	    /* 1980 is the first year */
	check_time(-5, 315532800);
	check_time(INT64_C(99999999999), INT64_C(4354819198)); /* 2107 */
	CHECK(fat_slot_modified(slot) == 315532800); /* no date at all */
}

int
main(void)
{
	test_unicode();
	test_case();
	test_allowed();
	test_short();
	test_numbers();
	test_shown();
	test_time();
	return 0;
}
