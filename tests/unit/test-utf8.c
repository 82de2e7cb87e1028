/* test-utf8.c - well-formed UTF-8 is told from everything else
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * iconv judges, over every sequence of up to three bytes from the edges of
 * what is allowed, and every code point.
 */
#include <config.h>

#include <iconv.h>

#include "base/utf8.h"
#include "unit.h"

static bool
iconv_accepts(iconv_t cd, char *text, size_t len)
{
	char out[64];
	char *in = text;
	char *to = out;
	size_t room = sizeof(out);

	iconv(cd, NULL, NULL, NULL, NULL);
	return iconv(cd, &in, &len, &to, &room) != (size_t)-1;
}

static void
test_edges(iconv_t cd)
{
	static const unsigned char edges[] = {
		0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0,
		0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef,
		0xf0, 0xf3, 0xf4, 0xf5, 0xf8, 0xff,
	};
	size_t n = sizeof(edges);
	size_t i;

	for (i = 0; i < n * n * n * n; i++) {
		char text[4] = { (char)edges[i % n], (char)edges[i / n % n],
				 (char)edges[i / n / n % n],
				 (char)edges[i / n / n / n] };
		size_t len;

		for (len = 1; len <= 4; len++)
			if (utf8_is_valid(text, len) !=
			    iconv_accepts(cd, text, len))
				FAIL("%zu bytes: %02hhx %02hhx %02hhx %02hhx",
				     len, text[0], text[1], text[2], text[3]);
	}
}

static void
test_code_points(void)
{
	iconv_t cd = iconv_open("UTF-8", "UCS-4LE");
	uint32_t cp;

	CHECK(cd != (iconv_t)-1);
	for (cp = 0; cp < 0x110000; cp++) {
		char text[4];
		char *in = (char *)&cp;
		char *to = text;
		size_t left = sizeof(cp);
		size_t room = sizeof(text);
		uint32_t got;

		if (iconv(cd, &in, &left, &to, &room) == (size_t)-1) {
			CHECK(cp >= 0xd800 && cp < 0xe000);
			iconv(cd, NULL, NULL, NULL, NULL);
			continue;
		}
		CHECK(utf8_decode(text, 4 - room, &got) == 4 - room);
		CHECK(got == cp);
		CHECK(utf8_decode(text, 3 - room, &got) == 0);
	}
	iconv_close(cd);
}

int
main(void)
{
	iconv_t cd = iconv_open("UTF-16LE", "UTF-8");

	CHECK(cd != (iconv_t)-1);
	test_edges(cd);
	iconv_close(cd);
	test_code_points();
	CHECK(utf8_decode("", 0, NULL) == 0);
	CHECK(utf8_is_valid("", 0));
	return 0;
}
