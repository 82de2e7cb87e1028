/* release.c - OS versions, and their order
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Order: unparsable ones first, by text; then semantic precedence; then the
 * revision, a missing one being 0; then a development build before others;
 * last the text, as a dictionary would sort it.
 *
 * Extended support releases are named by year and month of a line that was
 * cut from an ordinary release; meta-balena's repo.yml on each line's branch
 * says from which.  A month that is not in the table counts as the line
 * before it, so what we say of it is true, if less than could be said.
 */
#include <config.h>

#include <limits.h>
#include <string.h>

#include "balenaos/release-text.h"
#include "balenaos/release.h"
#include "base/utf8.h"

#define ESR_YEAR 2000 /* a major version from here on is a year */

static const struct esr_line {
	unsigned year, month;
	unsigned major, minor;
} esr_lines[] = {
	{ 2019, 7, 2, 38 },  { 2019, 10, 2, 44 }, { 2020, 4, 2, 48 },
	{ 2020, 7, 2, 50 },  { 2021, 1, 2, 68 },  { 2021, 4, 2, 73 },
	{ 2021, 7, 2, 81 },  { 2021, 10, 2, 83 }, { 2022, 1, 2, 88 },
	{ 2022, 4, 2, 98 },  { 2022, 7, 2, 99 },  { 2022, 10, 2, 102 },
	{ 2023, 1, 2, 107 }, { 2023, 4, 2, 112 }, { 2023, 7, 2, 114 },
	{ 2023, 10, 3, 2 },  { 2024, 1, 5, 0 },	  { 2024, 4, 5, 1 },
	{ 2024, 7, 5, 2 },   { 2024, 10, 5, 4 },  { 2025, 1, 6, 1 },
	{ 2025, 4, 6, 4 },   { 2025, 7, 6, 5 },	  { 2025, 10, 6, 6 },
	{ 2026, 1, 6, 9 },   { 2026, 4, 6, 11 },  { 2026, 6, 7, 4 },
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_identifier_char(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '-';
}

static size_t
identifier_len(const char *p)
{
	size_t len = 0;

	while (is_identifier_char(p[len]))
		len++;
	return len;
}

static bool
is_numeric(const char *p, size_t len)
{
	return strspn(p, "0123456789") >= len;
}

/* Read a number without leading zeros from *@p. */
static bool
read_number(const char **p, unsigned *number)
{
	const char *at = *p;
	unsigned value = 0;
	unsigned digit;

	if (!is_digit(*at) || (*at == '0' && is_digit(at[1])))
		return false;
	for (; is_digit(*at); at++) {
		digit = (unsigned)(*at - '0');
		if (value > (UINT_MAX - digit) / 10)
			return false;
		value = 10 * value + digit;
	}
	*p = at;
	*number = value;
	return true;
}

/* Copy the dotted identifiers at *@p to @out of @size bytes.  In a
 * pre-release, numbers have no leading zeros. */
static bool
read_identifiers(const char **p, char *out, size_t size, bool prerelease)
{
	const char *at = *p;
	size_t len;

	for (;; at++) {
		len = identifier_len(at);
		if (len == 0)
			return false;
		if (prerelease && len > 1 && *at == '0' && is_numeric(at, len))
			return false;
		at += len;
		if (*at != '.')
			break;
	}
	len = (size_t)(at - *p);
	if (len >= size)
		return false;
	memcpy(out, *p, len);
	out[len] = '\0';
	*p = at;
	return true;
}

/* Read "X.Y.Z" or "X.Y" from *@p; *@patch_at is where ".0" is missing, or
 * NULL. */
static bool
read_numbers(const char **p, struct release *release, const char **patch_at)
{
	*patch_at = NULL;
	if (!read_number(p, &release->major) || *(*p)++ != '.' ||
	    !read_number(p, &release->minor))
		return false;
	if (**p == '.') {
		(*p)++;
		return read_number(p, &release->patch);
	}
	*patch_at = *p;
	return true;
}

static bool
read_version(struct release *release, const char **patch_at)
{
	const char *p = release->text;

	if (*p == 'v')
		p++;
	if (!read_numbers(&p, release, patch_at))
		return false;
	if (*p == '-') {
		p++;
		if (!read_identifiers(&p, release->prerelease,
				      sizeof(release->prerelease), true))
			return false;
	}
	if (*p == '+') {
		p++;
		if (!read_identifiers(&p, release->build,
				      sizeof(release->build), false))
			return false;
	}
	return *p == '\0';
}

/* "rev" and a number, and nothing else; too large ones count as the largest.
 */
static bool
read_revision(const char *p, size_t len, unsigned *rev)
{
	const char *at = p + 3;

	if (len < 4 || strncmp(p, "rev", 3) != 0 || !is_numeric(at, len - 3))
		return false;
	while (at[0] == '0' && is_digit(at[1]))
		at++;
	if (!read_number(&at, rev))
		*rev = UINT_MAX;
	return true;
}

/* Find revision and variant among the dotted words of the build. */
static void
read_build(struct release *release)
{
	const char *p = release->build;
	bool has_rev = false;
	size_t len;

	for (;; p += len + 1) {
		len = identifier_len(p);
		if (!has_rev)
			has_rev = read_revision(p, len, &release->rev);
		if (len == 3 && !memcmp(p, "dev", 3))
			release->dev = true;
		if (len == 4 && !memcmp(p, "prod", 4))
			release->prod = true;
		if (p[len] == '\0')
			return;
	}
}

/* Copy @text as far as it fits, bytes that are no text as '?'; false if it
 * does not fit. */
static bool
copy_text(const char *text, char *out, size_t size)
{
	size_t left = strlen(text);
	size_t used = 0;
	size_t step;

	for (; left; text += step, left -= step) {
		step = utf8_decode(text, left, NULL);
		if (used + (step ? step : 1) >= size)
			break;
		if (step)
			memcpy(out + used, text, step);
		else
			out[used] = '?';
		step = step ? step : 1;
		used += step;
	}
	out[used] = '\0';
	return left == 0;
}

void
release_parse(const char *text, struct release *release)
{
	static const char patch[] = ".0";
	const char *patch_at;
	size_t at;
	bool whole;

	memset(release, 0, sizeof(*release));
	/* Keep room for the patch number that a two-field version lacks. */
	whole = copy_text(text, release->text,
			  sizeof(release->text) - strlen(patch));
	release_text_normalise(release->text);
	if (!whole || !read_version(release, &patch_at)) {
		struct release unparsed = { 0 };

		memcpy(unparsed.text, release->text, sizeof(unparsed.text));
		*release = unparsed;
		return;
	}

	release->parsed = true;
	read_build(release);
	if (!patch_at)
		return;
	at = (size_t)(patch_at - release->text);
	memmove(release->text + at + strlen(patch), release->text + at,
		strlen(release->text + at) + 1);
	memcpy(release->text + at, patch, strlen(patch));
}

static int
compare_numbers(unsigned a, unsigned b)
{
	return a < b ? -1 : a > b;
}

/* Order two identifiers of a pre-release: numbers by value and before words.
 */
static int
compare_identifiers(const char *a, size_t a_len, const char *b, size_t b_len)
{
	bool a_numeric = is_numeric(a, a_len);
	bool b_numeric = is_numeric(b, b_len);
	size_t len = a_len < b_len ? a_len : b_len;
	int order;

	if (a_numeric != b_numeric)
		return a_numeric ? -1 : 1;
	if (a_numeric && a_len != b_len)
		return a_len < b_len ? -1 : 1;
	order = memcmp(a, b, len);
	if (order)
		return order;
	return a_len < b_len ? -1 : a_len > b_len;
}

static int
compare_prereleases(const char *a, const char *b)
{
	size_t a_len, b_len;
	int order;

	if (!*a || !*b)
		return (*b != '\0') - (*a != '\0');
	for (;;) {
		a_len = identifier_len(a);
		b_len = identifier_len(b);
		order = compare_identifiers(a, a_len, b, b_len);
		if (order)
			return order;
		a += a_len;
		b += b_len;
		if (!*a || !*b)
			return (*a != '\0') - (*b != '\0');
		a++;
		b++;
	}
}

static int
compare_precedence(const struct release *a, const struct release *b)
{
	if (a->major != b->major)
		return compare_numbers(a->major, b->major);
	if (a->minor != b->minor)
		return compare_numbers(a->minor, b->minor);
	if (a->patch != b->patch)
		return compare_numbers(a->patch, b->patch);
	return compare_prereleases(a->prerelease, b->prerelease);
}

/* Where a dictionary puts a character of a version: '-', '.', '+', digits,
 * letters, the case being looked at later. */
static int
dictionary_rank(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 'a';
	if (c == '-' || c == '\0')
		return c ? 1 : 0;
	if (c == '.' || c == '+')
		return c == '.' ? 2 : 3;
	return c;
}

static int
compare_texts(const char *a, const char *b)
{
	size_t i;
	int order;

	for (i = 0; a[i] || b[i]; i++) {
		order = dictionary_rank(a[i]) - dictionary_rank(b[i]);
		if (order)
			return order;
	}
	/* The same letters: small ones come before capitals. */
	for (i = 0; a[i] && a[i] == b[i]; i++)
		;
	return b[i] - a[i];
}

int
release_compare(const struct release *a, const struct release *b)
{
	int order;

	if (!a->parsed || !b->parsed) {
		if (a->parsed != b->parsed)
			return a->parsed ? 1 : -1;
		return strcmp(a->text, b->text);
	}
	order = compare_precedence(a, b);
	if (order)
		return order;
	if (a->rev != b->rev)
		return compare_numbers(a->rev, b->rev);
	if (a->dev != b->dev)
		return a->dev ? -1 : 1;
	return compare_texts(a->text, b->text);
}

/* The ordinary release that an extended support release was cut from. */
static struct release
base_of_esr(const struct release *esr)
{
	const struct esr_line *line = &esr_lines[0];
	struct release base = { .parsed = true };
	size_t i;

	for (i = 1; i < sizeof(esr_lines) / sizeof(esr_lines[0]); i++) {
		if (esr_lines[i].year > esr->major ||
		    (esr_lines[i].year == esr->major &&
		     esr_lines[i].month > esr->minor))
			break;
		line = &esr_lines[i];
	}
	base.major = line->major;
	base.minor = line->minor;
	return base;
}

bool
release_at_least(const struct release *release, const char *version)
{
	struct release want;
	struct release base;
	int order;

	release_parse(version, &want);
	if (!release->parsed || !want.parsed)
		return false;
	if (release->major >= ESR_YEAR && want.major < ESR_YEAR) {
		base = base_of_esr(release);
		return compare_precedence(&base, &want) >= 0;
	}
	order = compare_precedence(release, &want);
	return order > 0 || (order == 0 && release->rev >= want.rev);
}
