/* schema-suggest.c - which key was meant by one that nobody reads
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Three ways to go wrong, in this order: the right name in the wrong place or
 * with its path as one name; the wrong case or separators (hostName,
 * developer-mode); a letter or two.
 */
#include <config.h>

#include <stdint.h>
#include <string.h>

#include "document/schema-judge.h"

#define NAME_LEAST 3  /* shorter names are like too many */
#define NAME_LIMIT 48 /* no known path is longer */

/* @name in lower case, letters and digits only; 0 if it is too long. */
static size_t
fold(const char *name, char *out)
{
	size_t len = 0;

	for (; *name; name++) {
		char c = *name;

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		else if (c == '-' || c == '_' || c == '.' || c == ' ')
			continue;
		if (len + 1 == NAME_LIMIT)
			return 0;
		out[len++] = c;
	}
	out[len] = '\0';
	return len;
}

/* How many letters are to be put in, left out or replaced to get from @a to
 * @b? */
static size_t
distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t row[NAME_LIMIT + 1];
	size_t i;
	size_t j;

	for (j = 0; j <= b_len; j++)
		row[j] = j;
	for (i = 1; i <= a_len; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (j = 1; j <= b_len; j++) {
			size_t best = corner + (a[i - 1] != b[j - 1]);

			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			corner = row[j];
			row[j] = best;
		}
	}
	return row[b_len];
}

static const char *
leaf_of(const struct schema_key *key)
{
	const char *dot = strrchr(key->path, '.');

	return dot ? dot + 1 : key->path;
}

static bool
is_child_of(const struct schema_key *key, const char *parent)
{
	size_t len = strlen(parent);
	const char *leaf = leaf_of(key);

	if (!len)
		return leaf == key->path;
	return !strncmp(key->path, parent, len) && key->path[len] == '.' &&
	       leaf == key->path + len + 1;
}

/* So many letters may be wrong in a name of @len. */
static size_t
allowed_faults(size_t len)
{
	return len >= 8 ? 2 : len >= 5 ? 1 : 0;
}

/* 0: the same name but for case, separators and place; else the more, the
 * farther off; SIZE_MAX: another. */
static size_t
rate(const struct schema_key *key, const char *parent, const char *name,
     size_t len)
{
	char leaf[NAME_LIMIT];
	char path[NAME_LIMIT];
	size_t leaf_len = fold(leaf_of(key), leaf);
	size_t allowed = allowed_faults(len);
	size_t off;

	if (leaf[0] == '*')
		return SIZE_MAX;
	if (leaf_len < len && leaf_of(key) != key->path &&
	    fold(key->path, path) == len && !strcmp(path, name))
		return 0;
	if (leaf_len == len && !strcmp(leaf, name))
		return is_child_of(key, parent) ? 0 : 1;
	if (leaf_len > len + allowed || len > leaf_len + allowed ||
	    !is_child_of(key, parent))
		return SIZE_MAX;
	off = distance(name, len, leaf, leaf_len);
	return off <= allowed ? 1 + off : SIZE_MAX;
}

const struct schema_key *
schema_suggest(const char *parent, const char *name)
{
	const struct schema_key *best = NULL;
	const struct schema_key *key;
	char folded[NAME_LIMIT];
	size_t best_off = SIZE_MAX;
	size_t len = fold(name, folded);

	if (len < NAME_LEAST)
		return NULL;
	for (key = schema_keys; key->path; key++) {
		size_t off = rate(key, parent, folded, len);

		if (off < best_off) {
			best = key;
			best_off = off;
		}
	}
	return best;
}
