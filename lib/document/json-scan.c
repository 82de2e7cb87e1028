/* json-scan.c - where things stand in JSON text
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <jansson.h>
#include <string.h>

#include "document/json-scan.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

size_t
json_skip_blanks(struct slice text, size_t at)
{
	while (at < text.len && is_blank(text.at[at]))
		at++;
	return at;
}

size_t
json_skip_string(struct slice text, size_t at)
{
	for (at++; at < text.len; at++) {
		if (text.at[at] == '\\' && at + 1 < text.len)
			at++;
		else if (text.at[at] == '"')
			return at + 1;
	}
	return text.len;
}

size_t
json_skip_word(struct slice text, size_t at)
{
	while (at < text.len && !is_blank(text.at[at]) &&
	       !memchr(",:[]{}\"", text.at[at], 7))
		at++;
	return at;
}

static size_t
skip_container(struct slice text, size_t at)
{
	size_t depth = 0;

	while (at < text.len) {
		char c = text.at[at];

		if (c == '"') {
			at = json_skip_string(text, at);
			continue;
		}
		at++;
		if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && --depth == 0)
			break;
	}
	return at;
}

size_t
json_skip_value(struct slice text, size_t at)
{
	if (at >= text.len)
		return text.len;
	switch (text.at[at]) {
	case '{':
	case '[':
		return skip_container(text, at);
	case '"':
		return json_skip_string(text, at);
	default:
		return json_skip_word(text, at);
	}
}

bool
json_is_open(struct slice text, size_t at)
{
	return text.at[at] == '{' || text.at[at] == '[';
}

struct json_walk
json_walk_members(struct slice text, size_t open)
{
	struct json_walk walk = { text, open, 0, 0 };

	walk.at = json_skip_blanks(text, open + 1);
	return walk;
}

bool
json_walk_next(struct json_walk *walk, struct json_member *member)
{
	struct slice text = walk->text;
	size_t at = walk->at;

	if (at < text.len && walk->count && text.at[at] == ',')
		at = json_skip_blanks(text, at + 1);
	if (at >= text.len || text.at[at] == '}' || text.at[at] == ']')
		return false;

	member->key = at;
	member->key_end = at;
	if (text.at[walk->open] == '{') {
		member->key_end = json_skip_string(text, at);
		at = json_skip_blanks(text, member->key_end);
		at = json_skip_blanks(text, at + 1); /* the colon */
	}
	member->value = at;
	member->value_end = json_skip_value(text, at);
	walk->at = json_skip_blanks(text, member->value_end);
	walk->count++;
	return true;
}

struct slice
json_cut(struct slice text, size_t at, size_t end)
{
	return (struct slice){ text.at + at, end - at };
}

size_t
json_skip_bom(struct slice text)
{
	return text.len >= 3 && !memcmp(text.at, "\xef\xbb\xbf", 3) ? 3 : 0;
}

size_t
json_root(struct slice text)
{
	return json_skip_blanks(text, json_skip_bom(text));
}

char *
json_member_key(struct slice text, const struct json_member *member,
		struct balimg_error *err)
{
	json_auto_t *key = NULL;
	char *copy = NULL;

	key = json_loadb(text.at + member->key, member->key_end - member->key,
			 JSON_DECODE_ANY, NULL);
	if (key)
		copy = strdup(json_string_value(key));
	if (!copy)
		error_nomem(err);
	return copy;
}

/* Does @part name the member?  1, 0, or -1 out of memory. */
static int
is_named(struct slice text, const struct json_member *member,
	 struct json_part part, struct balimg_error *err)
{
	const char *raw = text.at + member->key + 1;
	size_t raw_len = member->key_end - member->key - 2;
	char *key;
	int named;

	if (!memchr(raw, '\\', raw_len))
		return json_part_is(part, raw, raw_len);

	key = json_member_key(text, member, err);
	if (!key)
		return -1;
	named = json_part_is(part, key, strlen(key));
	free(key);
	return named;
}

int
json_member_is(struct slice text, size_t open, size_t index,
	       const struct json_member *member, struct json_part part,
	       struct balimg_error *err)
{
	size_t wanted;

	if (text.at[open] == '{')
		return is_named(text, member, part, err);
	return json_part_index(part, &wanted) && wanted == index;
}

int
json_find_member(struct slice text, size_t open, struct json_part part,
		 struct json_member *found, size_t *index,
		 struct balimg_error *err)
{
	struct json_walk walk = json_walk_members(text, open);
	struct json_member member;
	int has = 0;

	while (json_walk_next(&walk, &member)) {
		int named = json_member_is(text, open, walk.count - 1, &member,
					   part, err);

		if (named < 0)
			return -1;
		if (named) {
			*found = member;
			*index = walk.count - 1;
			has = 1;
		}
	}
	return has;
}
