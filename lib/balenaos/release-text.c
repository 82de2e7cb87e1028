/* release-text.c - a version as people write it, brought to one form
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The rules are few and their order decides: "2.0.2 (dev)" keeps its
 * variant because the parenthesis is joined to the number before trailing
 * parentheses are dropped.  Letters and digits are those of ASCII, whatever
 * the locale.
 */
#include <config.h>

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "balenaos/release-text.h"

#define DIGITS	"0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define ALNUMS	DIGITS LETTERS
#define WORDS	ALNUMS "_"
#define BLANKS	" \t\n\v\f\r"

/* strchr() finds the terminating NUL in every set; this does not. */
static bool
is_in(char c, const char *set)
{
	return c != '\0' && strchr(set, c);
}

static void
cut(char *at, size_t len)
{
	memmove(at, at + len, strlen(at + len) + 1);
}

static void
trim(char *text)
{
	size_t len;

	cut(text, strspn(text, BLANKS));
	len = strlen(text);
	while (len && is_in(text[len - 1], BLANKS))
		len--;
	text[len] = '\0';
}

/* The end of the X.Y.Z that begins at @p, or NULL. */
static const char *
skip_triple(const char *p)
{
	int field;

	for (field = 0; field < 3; field++) {
		if (field && *p++ != '.')
			return NULL;
		if (!is_in(*p, DIGITS))
			return NULL;
		p += strspn(p, DIGITS);
	}
	return p;
}

/* Does an X.Y.Z end at @end? */
static bool
ends_triple(const char *text, const char *end)
{
	int field;

	for (field = 0; field < 3; field++) {
		if (field && (end == text || *--end != '.'))
			return false;
		if (end == text || !is_in(end[-1], DIGITS))
			return false;
		while (end > text && is_in(end[-1], DIGITS))
			end--;
	}
	return true;
}

/* Does an X.Y.Z end at @end that more words may follow, each after one of
 * @separators? */
static bool
ends_version(const char *text, const char *end, const char *separators)
{
	const char *p;

	for (; text < end; text++) {
		p = skip_triple(text);
		while (p && p < end && is_in(*p, separators) &&
		       is_in(p[1], ALNUMS))
			p += 1 + strspn(p + 1, ALNUMS);
		if (p == end)
			return true;
	}
	return false;
}

static void
join_underscore(char *text)
{
	char *p;

	for (p = strchr(text, '_'); p; p = strchr(p + 1, '_')) {
		if (is_in(p[1], WORDS) && ends_triple(text, p)) {
			*p = '+';
			return;
		}
	}
}

/* Does ".N" end at @end? */
static bool
ends_field(const char *text, const char *end)
{
	const char *p = end;

	while (p > text && is_in(p[-1], DIGITS))
		p--;
	return p < end && p > text && p[-1] == '.';
}

static void
join_revision(char *text)
{
	char *p;

	for (p = strstr(text, ".rev"); p; p = strstr(p + 1, ".rev")) {
		if (ends_field(text, p)) {
			*p = '+';
			return;
		}
	}
}

static bool
begins_variant(const char *p)
{
	if (!strncasecmp(p, "dev", 3))
		return !is_in(p[3], WORDS);
	return !strncasecmp(p, "prod", 4) && !is_in(p[4], WORDS);
}

static void
join_variant(char *text)
{
	char *p;

	for (p = strchr(text, '.'); p; p = strchr(p + 1, '.')) {
		if (begins_variant(p + 1) && ends_triple(text, p)) {
			*p = '+';
			return;
		}
	}
}

static void
join_parenthesis(char *text, const char *separators, char joint)
{
	char *p;
	size_t len;

	for (p = strstr(text, " ("); p; p = strstr(p + 1, " (")) {
		len = strspn(p + 2, ALNUMS);
		if (len && p[2 + len] == ')' &&
		    ends_version(text, p, separators)) {
			cut(p + 2 + len, 1);
			cut(p, 1);
			*p = joint;
			return;
		}
	}
}

static void
drop_leading_zeros(char *text)
{
	size_t zeros;

	for (; *text; text++) {
		zeros = strspn(text + 1, "0");
		if (zeros && !is_in(*text, DIGITS) &&
		    is_in(text[1 + zeros], DIGITS)) {
			cut(text + 1, zeros);
			return;
		}
	}
}

/* The length of the "resin os" or "balena os" at @p, or 0. */
static size_t
os_name_len(const char *p)
{
	size_t len;

	if (!strncasecmp(p, "resin", 5))
		len = 5;
	else if (!strncasecmp(p, "balena", 6))
		len = 6;
	else
		return 0;

	len += strspn(p + len, BLANKS);
	if (strncasecmp(p + len, "os", 2) != 0)
		return 0;
	len += 2;
	return len + strspn(p + len, BLANKS);
}

static void
drop_os_names(char *text)
{
	size_t len;

	while (*text) {
		len = os_name_len(text);
		if (len)
			cut(text, len);
		else
			text++;
	}
}

static void
drop_parenthesis(char *text)
{
	char *p = text + strlen(text);
	char *word;

	if (p == text || *--p != ')')
		return;
	word = p;
	while (p > text && is_in(p[-1], WORDS))
		p--;
	if (p == word || p == text || *--p != '(')
		return;
	word = p;
	while (p > text && is_in(p[-1], BLANKS))
		p--;
	if (p < word)
		*p = '\0';
}

void
release_text_normalise(char *text)
{
	trim(text);
	join_underscore(text);
	join_revision(text);
	join_variant(text);
	join_parenthesis(text, "-.", '+');
	join_parenthesis(text, "-+.", '.');
	drop_leading_zeros(text);

	drop_os_names(text);
	drop_parenthesis(text);
	if (*text == 'v')
		cut(text, 1);
	trim(text);
}
