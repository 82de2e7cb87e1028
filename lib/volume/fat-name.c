/* fat-name.c - 8.3 names, and what names are allowed
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A name that is 8.3 but for its case needs no long name if base and
 * extension are each in one case: two bits in the slot say which (Windows
 * NT's way, which Linux and mtools know).  Others get an alias as Windows
 * makes it: upper case, characters that 8.3 lacks as '_', blanks and dots
 * but the last dropped, and a number where that lost anything.
 */
#include <config.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "volume/fat-name.h"

#define BASE_LEN      8
#define EXT_LEN	      3
#define CASE_BYTE     12 /* in a slot */
#define LOWER_BASE    0x08
#define LOWER_EXT     0x10
#define STANDS_FOR_E5 0x05 /* first byte: 0xE5 marks deleted slots */

int
fat_name_check(const char *text, size_t len, struct fat_name *name,
	       struct balimg_error *err)
{
	size_t i;

	if (!len)
		return error_set(err, BALIMG_E_INVALID, "a name is empty");
	if (!fat_name_parse(text, len, name))
		return error_set(err, BALIMG_E_INVALID,
				 "the name is not UTF-8, or longer than the "
				 "%d characters that FAT allows",
				 FAT_NAME_MAX);
	for (i = 0; i < name->len; i++) {
		if (name->units[i] < 0x20 || name->units[i] == 0x7f)
			return error_set(err, BALIMG_E_INVALID,
					 "the name holds a control "
					 "character");
		if (name->units[i] < 0x80 &&
		    strchr("\"*/:<>?\\|", name->units[i]))
			return error_set(err, BALIMG_E_INVALID,
					 "FAT allows no '%c' in a name",
					 name->units[i]);
	}
	if (text[len - 1] == '.' || text[len - 1] == ' ')
		return error_set(err, BALIMG_E_INVALID,
				 "FAT allows no name that ends with a %s",
				 text[len - 1] == '.' ? "dot" : "blank");
	return 0;
}

/* Append @len bytes of a slot's name, without trailing blanks. */
static void
print_part(const uint8_t *part, size_t len, bool lower, struct fat_name *name)
{
	uint16_t unit;
	size_t i;

	while (len && part[len - 1] == ' ')
		len--;
	for (i = 0; i < len; i++) {
		unit = fat_from_oem(part[i]);
		if (lower && unit >= 'A' && unit <= 'Z')
			unit = (uint16_t)(unit + 'a' - 'A');
		name->units[name->len++] = unit;
	}
}

void
fat_short_print(const uint8_t *slot, struct fat_name *name)
{
	uint8_t bits = slot[CASE_BYTE];
	size_t base;

	name->len = 0;
	print_part(slot, BASE_LEN, bits & LOWER_BASE, name);
	if (slot[0] == STANDS_FOR_E5)
		name->units[0] = fat_from_oem(0xe5);
	name->units[name->len++] = '.';
	base = name->len;
	print_part(slot + BASE_LEN, EXT_LEN, bits & LOWER_EXT, name);
	if (name->len == base)
		name->len--;
	/* All blank, a damaged slot: it still needs some name. */
	if (!name->len)
		name->units[name->len++] = ' ';
}

void
fat_label_print(const uint8_t *label, char *text)
{
	struct fat_name name = { .len = 0 };

	print_part(label, FAT_SHORT, false, &name);
	if (name.len && label[0] == STANDS_FOR_E5)
		name.units[0] = fat_from_oem(0xe5);
	fat_name_print(&name, text);
}

uint8_t
fat_short_sum(const uint8_t *short_name)
{
	uint8_t sum = 0;
	size_t i;

	for (i = 0; i < FAT_SHORT; i++)
		sum = (uint8_t)((sum << 7 | sum >> 1) + short_name[i]);
	return sum;
}

/* A character that may stand in an 8.3 name as it is, but for its case? */
static bool
is_plain(uint16_t unit)
{
	return unit > ' ' && unit < 0x7f &&
	       (isalnum(unit) || strchr("$%'-_@~`!(){}^#&", unit));
}

/* Copy units [@from, @to) in upper case to @part; false if they are too
 * many, not plain, or in both cases. */
static bool
fit_part(const struct fat_name *name, size_t from, size_t to, uint8_t *part,
	 size_t room, bool *lower)
{
	bool upper = false;
	uint16_t unit;

	*lower = false;
	if (to - from > room)
		return false;
	for (; from < to; from++) {
		unit = name->units[from];
		if (!is_plain(unit))
			return false;
		*lower |= unit >= 'a' && unit <= 'z';
		upper |= unit >= 'A' && unit <= 'Z';
		*part++ = (uint8_t)(unit >= 'a' && unit <= 'z' ? unit - 32 :
								 unit);
	}
	return !(upper && *lower);
}

/* Index of the last dot, or the length. */
static size_t
find_last_dot(const struct fat_name *name)
{
	size_t at = name->len;

	while (at)
		if (name->units[--at] == '.')
			return at;
	return name->len;
}

bool
fat_short_fits(const struct fat_name *name, uint8_t *short_name,
	       uint8_t *case_bits)
{
	size_t dot = find_last_dot(name);
	size_t ext = dot < name->len ? dot + 1 : dot;
	bool lower_base, lower_ext;

	memset(short_name, ' ', FAT_SHORT);
	if (!dot ||
	    !fit_part(name, 0, dot, short_name, BASE_LEN, &lower_base) ||
	    !fit_part(name, ext, name->len, short_name + BASE_LEN, EXT_LEN,
		      &lower_ext))
		return false;
	*case_bits = (uint8_t)((lower_base ? LOWER_BASE : 0) |
			       (lower_ext ? LOWER_EXT : 0));
	return true;
}

/* Copy units [@from, @to) in their 8.3 form; false if any was lost. */
static bool
squeeze_part(const struct fat_name *name, size_t from, size_t to,
	     uint8_t *part, size_t room)
{
	bool whole = true;
	uint16_t unit;
	size_t n = 0;

	for (; from < to; from++) {
		unit = name->units[from];
		if (unit == ' ' || unit == '.' || n == room) {
			whole = false;
			continue;
		}
		if (!is_plain(unit)) {
			whole = false;
			unit = '_';
		}
		part[n++] = (uint8_t)(unit >= 'a' && unit <= 'z' ? unit - 32 :
								   unit);
	}
	return whole;
}

bool
fat_short_basis(const struct fat_name *name, uint8_t *short_name)
{
	size_t dot = find_last_dot(name);
	size_t ext = dot;
	size_t begin = 0;
	bool whole;

	while (begin < name->len && name->units[begin] == '.')
		begin++;
	/* ".profile" has no extension. */
	if (dot < begin)
		dot = ext = name->len;
	if (ext < name->len)
		ext++;

	memset(short_name, ' ', FAT_SHORT);
	whole = squeeze_part(name, begin, dot, short_name, BASE_LEN);
	whole &= squeeze_part(name, ext, name->len, short_name + BASE_LEN,
			      EXT_LEN);
	if (short_name[0] == ' ') {
		short_name[0] = '_';
		whole = false;
	}
	return whole && !begin;
}

/* How many bytes of the base stay in front of "~" and @digits. */
static size_t
kept_of(const uint8_t *basis, size_t digits)
{
	size_t kept = 0;

	while (kept < BASE_LEN - 1 - digits && basis[kept] != ' ')
		kept++;
	return kept;
}

void
fat_short_number(uint8_t *short_name, const uint8_t *basis, unsigned number)
{
	char tail[BASE_LEN + 8];
	size_t len = (size_t)snprintf(tail, sizeof(tail), "~%u", number);
	size_t kept = kept_of(basis, len - 1);

	memcpy(short_name, basis, FAT_SHORT);
	memset(short_name + kept, ' ', BASE_LEN - kept);
	memcpy(short_name + kept, tail, len);
}

unsigned
fat_short_get_number(const uint8_t *short_name, const uint8_t *basis)
{
	unsigned number = 0;
	size_t end = BASE_LEN;
	size_t at;

	while (end && short_name[end - 1] == ' ')
		end--;
	at = end;
	while (at && isdigit(short_name[at - 1]))
		at--;
	if (at < 1 || at == end || end - at > 6 || short_name[at - 1] != '~' ||
	    short_name[at] == '0' || at - 1 != kept_of(basis, end - at) ||
	    memcmp(short_name, basis, at - 1) != 0 ||
	    memcmp(short_name + BASE_LEN, basis + BASE_LEN, EXT_LEN) != 0)
		return 0;
	for (; at < end; at++)
		number = 10 * number + (unsigned)(short_name[at] - '0');
	return number;
}
