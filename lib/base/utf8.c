/* utf8.c - is this text?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "base/utf8.h"

/* Length of a sequence by its first byte; 0 for one that starts none. */
static size_t
sequence_len(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	if (first >= 0xf0 && first < 0xf5)
		return 4;
	return 0;
}

size_t
utf8_decode(const char *text, size_t len, uint32_t *codepoint)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const uint8_t *p = (const uint8_t *)text;
	uint32_t value;
	size_t want;
	size_t i;

	want = len ? sequence_len(p[0]) : 0;
	if (want == 0 || want > len)
		return 0;

	value = want == 1 ? p[0] : p[0] & (0x7fu >> want);
	for (i = 1; i < want; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (p[i] & 0x3f);
	}
	if (value < smallest[want] || value > 0x10ffff ||
	    (value >= 0xd800 && value < 0xe000))
		return 0;
	if (codepoint)
		*codepoint = value;
	return want;
}

bool
utf8_is_valid(const char *text, size_t len)
{
	size_t at;
	size_t step;

	for (at = 0; at < len; at += step) {
		step = utf8_decode(text + at, len - at, NULL);
		if (step == 0)
			return false;
	}
	return true;
}
