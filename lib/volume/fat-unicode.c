/* fat-unicode.c - names between UTF-8, UTF-16 and code page 437
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Letters are matched whatever their case by simple folding, one unit to one
 * unit, of the scripts that have case: Latin with its extensions, Greek,
 * Cyrillic, Armenian, full-width Latin.  Bytes from 0x80 on in an 8.3 name
 * are read by code page 437, the default of Linux and dosfstools.
 */
#include <config.h>

#include "base/utf8.h"
#include "volume/fat-name.h"

#define REPLACEMENT 0xfffdu

static const uint16_t code_page_437[128] = {
	0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7, 0x00ea,
	0x00eb, 0x00e8, 0x00ef, 0x00ee, 0x00ec, 0x00c4, 0x00c5, 0x00c9, 0x00e6,
	0x00c6, 0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9, 0x00ff, 0x00d6, 0x00dc,
	0x00a2, 0x00a3, 0x00a5, 0x20a7, 0x0192, 0x00e1, 0x00ed, 0x00f3, 0x00fa,
	0x00f1, 0x00d1, 0x00aa, 0x00ba, 0x00bf, 0x2310, 0x00ac, 0x00bd, 0x00bc,
	0x00a1, 0x00ab, 0x00bb, 0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561,
	0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557, 0x255d, 0x255c, 0x255b,
	0x2510, 0x2514, 0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f,
	0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256c, 0x2567, 0x2568,
	0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256b, 0x256a, 0x2518,
	0x250c, 0x2588, 0x2584, 0x258c, 0x2590, 0x2580, 0x03b1, 0x00df, 0x0393,
	0x03c0, 0x03a3, 0x03c3, 0x00b5, 0x03c4, 0x03a6, 0x0398, 0x03a9, 0x03b4,
	0x221e, 0x03c6, 0x03b5, 0x2229, 0x2261, 0x00b1, 0x2265, 0x2264, 0x2320,
	0x2321, 0x00f7, 0x2248, 0x00b0, 0x2219, 0x00b7, 0x221a, 0x207f, 0x00b2,
	0x25a0, 0x00a0,
};

/* Lower-case letters and what takes them to upper case: @delta is added to
 * all of them (step 1), or taken from every second one (step 2). */
static const struct fold {
	uint16_t first;
	uint16_t last;
	int16_t delta;
	uint16_t step;
} folds[] = {
	{ 0x0061, 0x007a, -32, 1 }, { 0x00e0, 0x00f6, -32, 1 },
	{ 0x00f8, 0x00fe, -32, 1 }, { 0x00ff, 0x00ff, 121, 1 },
	{ 0x0101, 0x012f, -1, 2 },  { 0x0133, 0x0137, -1, 2 },
	{ 0x013a, 0x0148, -1, 2 },  { 0x014b, 0x0177, -1, 2 },
	{ 0x017a, 0x017e, -1, 2 },  { 0x01ce, 0x01dc, -1, 2 },
	{ 0x01df, 0x01ef, -1, 2 },  { 0x01f9, 0x021f, -1, 2 },
	{ 0x0223, 0x0233, -1, 2 },  { 0x03ac, 0x03ac, -38, 1 },
	{ 0x03ad, 0x03af, -37, 1 }, { 0x03b1, 0x03c1, -32, 1 },
	{ 0x03c3, 0x03cb, -32, 1 }, { 0x03cc, 0x03cc, -64, 1 },
	{ 0x03cd, 0x03ce, -63, 1 }, { 0x0430, 0x044f, -32, 1 },
	{ 0x0450, 0x045f, -80, 1 }, { 0x0461, 0x0481, -1, 2 },
	{ 0x048b, 0x04bf, -1, 2 },  { 0x04c2, 0x04ce, -1, 2 },
	{ 0x04d1, 0x052f, -1, 2 },  { 0x0561, 0x0586, -48, 1 },
	{ 0x1e01, 0x1e95, -1, 2 },  { 0x1ea1, 0x1eff, -1, 2 },
	{ 0xff41, 0xff5a, -32, 1 },
};

uint16_t
fat_from_oem(uint8_t byte)
{
	return byte < 0x80 ? byte : code_page_437[byte - 0x80];
}

static uint16_t
fold_unit(uint16_t unit)
{
	const struct fold *fold;
	size_t i;

	for (i = 0; i < sizeof(folds) / sizeof(folds[0]); i++) {
		fold = &folds[i];
		if (unit < fold->first)
			break;
		if (unit <= fold->last &&
		    (unit - fold->first) % fold->step == 0)
			return (uint16_t)(unit + fold->delta);
	}
	return unit;
}

bool
fat_name_equal(const struct fat_name *a, const struct fat_name *b)
{
	size_t i;

	if (a->len != b->len)
		return false;
	for (i = 0; i < a->len; i++)
		if (a->units[i] != b->units[i] &&
		    fold_unit(a->units[i]) != fold_unit(b->units[i]))
			return false;
	return true;
}

bool
fat_name_parse(const char *text, size_t len, struct fat_name *name)
{
	size_t at, step;
	uint32_t c;

	name->len = 0;
	for (at = 0; at < len; at += step) {
		step = utf8_decode(text + at, len - at, &c);
		if (!step || name->len + (c > 0xffff) >= FAT_NAME_MAX)
			return false;
		if (c > 0xffff) {
			c -= 0x10000;
			name->units[name->len++] = (uint16_t)(0xd800 |
							      c >> 10);
			c = 0xdc00 | (c & 0x3ff);
		}
		name->units[name->len++] = (uint16_t)c;
	}
	return true;
}

/* The character at unit *@at, which moves past it. */
static uint32_t
next_char(const struct fat_name *name, size_t *at)
{
	uint32_t unit = name->units[(*at)++];
	uint32_t low;

	if (unit < 0x20 || unit == '/' || unit == 0x7f)
		return REPLACEMENT;
	if ((unit >> 11) != 0x1b)
		return unit;
	low = *at < name->len ? name->units[*at] : 0;
	if ((unit >> 10) != 0x36 || (low >> 10) != 0x37)
		return REPLACEMENT;
	(*at)++;
	return 0x10000 + ((unit & 0x3ff) << 10 | (low & 0x3ff));
}

void
fat_name_print(const struct fat_name *name, char *text)
{
	uint8_t *to = (uint8_t *)text;
	size_t at = 0;
	uint32_t c;

	while (at < name->len) {
		c = next_char(name, &at);
		if (c < 0x80) {
			*to++ = (uint8_t)c;
			continue;
		}
		if (c < 0x800) {
			*to++ = (uint8_t)(0xc0 | c >> 6);
		} else if (c < 0x10000) {
			*to++ = (uint8_t)(0xe0 | c >> 12);
			*to++ = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		} else {
			*to++ = (uint8_t)(0xf0 | c >> 18);
			*to++ = (uint8_t)(0x80 | (c >> 12 & 0x3f));
			*to++ = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		}
		*to++ = (uint8_t)(0x80 | (c & 0x3f));
	}
	*to = '\0';
}
