/* test-udev-text.c - names and texts that the device takes as they are
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "document/udev-rules.h"
#include "unit.h"

static void
test_names(void)
{
	static const char *const good[] = { "56",     "99-my.rule",
					    "a",      "_x",
					    "+1",     "10-usb_serial+x-1.2",
					    "readme", "README.md",
					    "rules",  "x.rules.d" };
	static const char *const bad[] = {
		"",	  ".hidden",  "-n",   "README", "a.rules", "a b",
		"a/b",	  "../etc",   "a\"b", "a'b",	"a`b`",	   "$(reboot)",
		"a\\b",	  "a*",	      "a?",   "a[1]",	"a\nb",	   " a",
		"a\x7f",  "\xc3\xa9", "a;b",  "a|b",	"a&b",	   "a,b",
		".rules", "a=b",      "a:b",  "a#b",	"~a",	   "a{b}",
	};
	struct balimg_error err = { 0 };
	char name[202];
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CHECK_OK(udev_name_check(good[i], &err), err);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_FAILS(udev_name_check(bad[i], &err), err,
			    BALIMG_E_REFUSED);

	memset(name, 'x', sizeof(name));
	name[200] = '\0';
	CHECK_OK(udev_name_check(name, &err), err);
	name[200] = 'x';
	name[201] = '\0';
	CHECK_FAILS(udev_name_check(name, &err), err, BALIMG_E_REFUSED);
}

/* @want NULL: must fail with @code. */
static void
test_text(const char *text, size_t len, const char *want,
	  enum balimg_code code)
{
	struct balimg_error err = { 0 };
	size_t out_len;
	char *out = udev_text_normalise(text, len, &out_len, &err);

	if (want) {
		CHECK_STR(out, want);
		CHECK(out_len == strlen(want));
	} else {
		if (out)
			FAIL("accepted: %s", text);
		CHECK(err.code == code);
	}
	free(out);
}

static void
test_texts(void)
{
	static const char *const swallowed[] = { "-n",	 "-e",	 "-E",
						 "-nEe", "-n\n", "-e\r\n\n" };
	static const char *const kept[] = { "-",  "-x",	   "-n x",
					    "--", "-n\nA", "a-n" };
	char *big = malloc(65537);
	size_t i;

	test_text("A==\"b\"\r\nC==\"d\"\r\n", 16, "A==\"b\"\nC==\"d\"\n", 0);
	test_text("\xef\xbb\xbf"
		  "A==\"b\"",
		  9, "A==\"b\"", 0);
	test_text("\tA==\"\xc3\xa9\"\n\n", 10, "\tA==\"\xc3\xa9\"\n\n", 0);
	test_text("A\r\r\n", 4, NULL, BALIMG_E_INVALID);
	test_text("A\rB", 3, NULL, BALIMG_E_INVALID);
	test_text("A\0B", 3, NULL, BALIMG_E_INVALID);
	test_text("A\x1b[0m", 5, NULL, BALIMG_E_INVALID);
	test_text("A\x7f", 2, NULL, BALIMG_E_INVALID);
	test_text("A\xff", 2, NULL, BALIMG_E_INVALID);
	test_text("", 0, NULL, BALIMG_E_INVALID);
	test_text(" \r\n\t\n", 5, NULL, BALIMG_E_INVALID);
	for (i = 0; i < sizeof(swallowed) / sizeof(swallowed[0]); i++)
		test_text(swallowed[i], strlen(swallowed[i]), NULL,
			  BALIMG_E_REFUSED);
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		test_text(kept[i], strlen(kept[i]), kept[i], 0);

	CHECK(big);
	memset(big, '#', 65537);
	test_text(big, 65537, NULL, BALIMG_E_INVALID);
	big[65536] = '\0';
	test_text(big, 65536, big, 0);
	free(big);
}

int
main(void)
{
	test_names();
	test_texts();
	return 0;
}
