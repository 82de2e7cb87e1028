/* json-text.c - JSON text judged by jansson
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * jansson decides what is JSON.  Before it sees the text, a pass over its
 * tokens bounds the nesting and makes numbers of any size acceptable, on a
 * copy, byte for byte, so that lines and columns stay true.
 */
#include <config.h>

#include <string.h>

#include "base/cleanup.h"
#include "document/json-number.h"
#include "document/json-scan.h"
#include "document/json.h"

/* ---- where --------------------------------------------------------- */

static int
set_error_at(struct slice text, size_t at, const char *what,
	     struct balimg_error *err)
{
	unsigned line = 1;
	unsigned column = 1;
	size_t i;

	for (i = 0; i < at && i < text.len; i++) {
		if (text.at[i] == '\n') {
			line++;
			column = 1;
		} else if ((text.at[i] & 0xc0) != 0x80) {
			column++;
		}
	}
	error_set(err, BALIMG_E_INVALID, "%s", what);
	return error_wrap(err, "line %u, column %u", line, column);
}

/* jansson's own words, without what it read: that may be a secret. */
static const char *
say_syntax_error(json_error_t *fault)
{
	char *near = strstr(fault->text, " near ");

	if (near)
		*near = '\0';
	return fault->text;
}

/* jansson says where the token that it did not like ends: find its start. */
static size_t
token_before(struct slice text, size_t end)
{
	size_t at = end ? end - 1 : 0;

	while (at && json_skip_word(json_cut(text, at - 1, at), 0))
		at--;
	return at;
}

static int
set_parse_error(struct slice text, json_error_t *fault,
		struct balimg_error *err)
{
	const char *what;

	switch (json_error_code(fault)) {
	case json_error_unknown:
	case json_error_out_of_memory:
		return error_nomem(err);
	case json_error_premature_end_of_input:
		what = "the text ends too early";
		break;
	case json_error_invalid_utf8:
		what = "not UTF-8";
		break;
	case json_error_null_character:
	case json_error_null_byte_in_key:
		what = "a NUL in a string, which no program on the device "
		       "can read";
		break;
	case json_error_end_of_input_expected:
		what = "more text after the end of the value";
		break;
	default:
		what = say_syntax_error(fault);
		break;
	}
	return set_error_at(text, token_before(text, (size_t)fault->position),
			    what, err);
}

/* ---- before jansson ------------------------------------------------ */

/* Check the nesting; *@huge: is there a number that needs taming? */
static int
survey(struct slice text, bool *huge, struct balimg_error *err)
{
	size_t depth = 0;
	size_t at = 0;
	size_t end;

	*huge = false;
	while ((at = json_skip_blanks(text, at)) < text.len) {
		end = json_skip_word(text, at);
		if (end > at) {
			*huge = *huge ||
				json_number_is_huge(text.at + at, end - at);
			at = end;
		} else if (text.at[at] == '"') {
			at = json_skip_string(text, at);
		} else {
			if (text.at[at] == '{' || text.at[at] == '[')
				depth++;
			else if (depth && text.at[at] != ',' &&
				 text.at[at] != ':')
				depth--;
			if (depth > JSON_DEPTH_LIMIT)
				return set_error_at(text, at,
						    "nested too deeply", err);
			at++;
		}
	}
	return 0;
}

/* A copy of @text that jansson takes; to be freed. */
static char *
copy_tame(struct slice text, struct balimg_error *err)
{
	char *copy = malloc(text.len);
	struct slice tame = { copy, text.len };
	size_t at = 0;
	size_t end;

	if (!copy) {
		error_nomem(err);
		return NULL;
	}
	memcpy(copy, text.at, text.len);
	while ((at = json_skip_blanks(tame, at)) < text.len) {
		end = json_skip_word(tame, at);
		if (end > at && json_number_is_huge(copy + at, end - at))
			json_number_tame(copy + at, end - at);
		else if (end == at && copy[at] == '"')
			end = json_skip_string(tame, at);
		at = end > at ? end : at + 1;
	}
	return copy;
}

/* ---- duplicates ---------------------------------------------------- */

/* The member of the container at @open within which @at lies. */
static bool
find_member_around(struct slice text, size_t open, size_t at,
		   struct json_member *member, size_t *index)
{
	struct json_walk walk = json_walk_members(text, open);

	while (json_walk_next(&walk, member)) {
		if (at <= member->value_end) {
			*index = walk.count - 1;
			return true;
		}
	}
	return false;
}

static int
add_member(struct slice text, size_t open, const struct json_member *member,
	   size_t index, struct buffer *path, struct balimg_error *err)
{
	AUTO_FREE char *key = NULL;

	if (text.at[open] == '[') {
		buffer_printf(path, path->len ? ".%zu" : "%zu", index);
		return 0;
	}
	key = json_member_key(text, member, err);
	if (!key)
		return -1;
	json_path_add(path, key);
	return 0;
}

/* The path of the key that ends at @at, to be freed. */
static char *
path_at(struct slice text, size_t at, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer path = BUFFER_INIT;
	size_t open = json_root(text);
	struct json_member member;
	size_t index;

	while (find_member_around(text, open, at, &member, &index)) {
		if (add_member(text, open, &member, index, &path, err) < 0)
			return NULL;
		if (at <= member.key_end || member.value_end <= member.value ||
		    !strchr("{[", text.at[member.value]))
			break;
		open = member.value;
	}
	return buffer_take(&path, NULL, err);
}

/* ---- parsing ------------------------------------------------------- */

/* Does another reading of the text give @root again?  Where memory runs out
 * while a string grows, jansson leaves a byte out and says nothing. */
static bool
is_read_alike(const char *text, size_t len, size_t flags, const json_t *root)
{
	json_auto_t *again = json_loadb(text, len, flags, NULL);

	return again && json_equal(again, root);
}

json_t *
json_load_again(const char *text, size_t len, size_t flags,
		json_error_t *fault)
{
	json_t *root;

	*fault = (json_error_t){ 0 };
	root = json_loadb(text, len, flags, fault);
	if (!root && json_error_code(fault) == json_error_invalid_syntax)
		root = json_loadb(text, len, flags, fault);
	return root;
}

static json_t *
load_surely(const char *text, size_t len, size_t flags, json_error_t *fault)
{
	json_t *root = json_load_again(text, len, flags, fault);

	if (root && !is_read_alike(text, len, flags, root)) {
		json_decref(root);
		*fault = (json_error_t){ 0 };
		return NULL;
	}
	return root;
}

/* Parse @tame; a duplicate key is written down, and then allowed. */
static json_t *
load(struct slice text, const char *tame, struct json_quirks *quirks,
     struct balimg_error *err)
{
	size_t strict = quirks ? JSON_REJECT_DUPLICATES : 0;
	json_error_t fault;
	json_t *root;
	size_t at;

	root = load_surely(tame, text.len, JSON_DECODE_ANY | strict, &fault);
	if (!root && quirks &&
	    json_error_code(&fault) == json_error_duplicate_key) {
		at = (size_t)fault.position;
		root = load_surely(tame, text.len, JSON_DECODE_ANY, &fault);
		if (root)
			quirks->duplicate_key = path_at(text, at, err);
		if (root && !quirks->duplicate_key) {
			json_decref(root);
			return NULL;
		}
	}
	if (!root)
		set_parse_error(text, &fault, err);
	return root;
}

json_t *
json_text_parse(const char *text, size_t len, struct json_quirks *quirks,
		struct balimg_error *err)
{
	struct slice all = { text, len };
	AUTO_FREE char *tame = NULL;
	json_t *root;
	bool huge;

	if (quirks)
		*quirks = (struct json_quirks){ .bom = json_skip_bom(all) >
						       0 };
	if (len > JSON_TEXT_LIMIT) {
		error_set(err, BALIMG_E_INVALID,
			  "the JSON text has %zu bytes, over %d", len,
			  JSON_TEXT_LIMIT);
		return NULL;
	}
	if (json_root(all) == len) {
		error_set(err, BALIMG_E_INVALID, "the JSON text is empty");
		return NULL;
	}

	all = json_cut(all, json_skip_bom(all), len);
	if (survey(all, &huge, err) < 0)
		return NULL;
	if (huge) {
		tame = copy_tame(all, err);
		if (!tame)
			return NULL;
	}
	root = load(all, tame ? tame : all.at, quirks, err);
	if (!root && quirks)
		json_quirks_clear(quirks);
	return root;
}

void
json_quirks_clear(struct json_quirks *quirks)
{
	free(quirks->duplicate_key);
	*quirks = (struct json_quirks){ 0 };
}
