/* json-edit.c - set and unset one path in JSON text
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The path is followed down to the last container that is there; that one is
 * written anew, all around it copied.  jansson judges the text before and
 * after: what it refuses is neither edited nor made.
 */
#include <config.h>

#include <string.h>

#include "base/cleanup.h"
#include "document/json-edit.h"
#include "document/json-number.h"
#include "document/json-rewrite.h"
#include "document/json.h"

/* How far down a path leads. */
struct place {
	struct slice text;
	struct json_style style; /* of the container's parent */
	size_t open;		 /* the innermost container */
	struct json_part part;	 /* in it, or missing from it */
	bool found;
	struct json_member member; /* if found: which one, */
	size_t index;		   /* and its number */
};

/* ---- judging ------------------------------------------------------- */

int
json_edit_begin(const struct buffer *text, struct balimg_error *err)
{
	json_auto_t *root = json_text_parse(text->data ? text->data : "",
					    text->len, NULL, err);

	if (!root)
		return -1;
	if (!json_is_object(root))
		return error_set(err, BALIMG_E_INVALID,
				 "the JSON text is %s, not an object",
				 json_type_words(json_typeof(root)));
	return 0;
}

int
json_edit_end(struct buffer *text, struct buffer *out,
	      struct balimg_error *err)
{
	json_auto_t *root = NULL;

	if (out->failed)
		return error_nomem(err);
	root = json_text_parse(out->data, out->len, NULL, err);
	if (!root)
		return error_wrap(err, "the edited text");

	buffer_free(text);
	*text = *out;
	*out = (struct buffer)BUFFER_INIT;
	return 0;
}

const char *
json_type_words(json_type type)
{
	switch (type) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "a string";
	case JSON_INTEGER:
	case JSON_REAL:
		return "a number";
	case JSON_NULL:
		return "null";
	default:
		return "a boolean";
	}
}

/* ---- same value? --------------------------------------------------- */

/* Does a number in @text have more digits than its json_t keeps? */
static bool
has_long_number(struct slice text)
{
	size_t at = 0;
	size_t end;

	while ((at = json_skip_blanks(text, at)) < text.len) {
		end = json_skip_word(text, at);
		if (end > at && json_number_is_long(text.at + at, end - at))
			return true;
		if (end == at && text.at[at] == '"')
			end = json_skip_string(text, at);
		at = end > at ? end : at + 1;
	}
	return false;
}

/* Are the texts the same but for white space? */
static int
is_same_text(struct slice a, struct slice b, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer compact_a = BUFFER_INIT;
	AUTO_BUFFER struct buffer compact_b = BUFFER_INIT;

	json_layout_value(&compact_a, a, &json_style_compact);
	json_layout_value(&compact_b, b, &json_style_compact);
	if (compact_a.failed || compact_b.failed)
		return error_nomem(err);
	return compact_a.len == compact_b.len &&
	       !memcmp(compact_a.data, compact_b.data, compact_a.len);
}

int
json_is_same_value(struct slice a, struct slice b, struct balimg_error *err)
{
	json_auto_t *value_a = json_text_parse(a.at, a.len, NULL, err);
	json_auto_t *value_b = NULL;

	if (!value_a)
		return -1;
	value_b = json_text_parse(b.at, b.len, NULL, err);
	if (!value_b)
		return -1;
	if (!json_equal(value_a, value_b))
		return 0;
	if (has_long_number(a) || has_long_number(b))
		return is_same_text(a, b, err);
	return 1;
}

/* ---- following a path ---------------------------------------------- */

/* Go as far down as @path leads.  0, or -1 out of memory. */
static int
follow(struct slice text, const char *path, struct place *place,
       struct balimg_error *err)
{
	struct json_part next;
	int found;

	*place = (struct place){
		.text = text,
		.style = json_style_default(text),
		.open = json_root(text),
		.part = json_part_first(path),
	};
	for (;;) {
		found = json_find_member(text, place->open, place->part,
					 &place->member, &place->index, err);
		if (found < 0)
			return -1;
		place->found = found > 0;
		next = json_part_next(place->part);
		if (!found || !next.at ||
		    !json_is_open(text, place->member.value))
			return 0;
		json_style_enter(&place->style, text, place->open);
		place->open = place->member.value;
		place->part = next;
	}
}

/* Does the path lead to a value, and not only part of its way? */
static bool
is_there(const struct place *place)
{
	return place->found && !place->part.rest;
}

static int
set_missing(const char *path, struct balimg_error *err)
{
	return error_set(err, BALIMG_E_NOT_FOUND, "%s is not set", path);
}

int
json_text_find(const char *text, size_t len, const char *path, size_t *at,
	       size_t *value_len, struct balimg_error *err)
{
	json_auto_t *root = json_text_parse(text, len, NULL, err);
	struct slice all = { text, len };
	struct place place;

	if (!root || json_path_check(path, err) < 0)
		return -1;
	if (!json_is_object(root) && !json_is_array(root))
		return set_missing(path, err);
	if (follow(all, path, &place, err) < 0)
		return -1;
	if (!is_there(&place))
		return set_missing(path, err);
	*at = place.member.value;
	*value_len = place.member.value_end - place.member.value;
	return 0;
}

/* ---- setting ------------------------------------------------------- */

/* Append @part as a JSON string. */
static int
add_key(struct buffer *out, struct json_part part, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer key = BUFFER_INIT;
	AUTO_FREE char *text = NULL;
	json_auto_t *string = NULL;

	json_part_key(part, &key);
	if (key.failed)
		return error_nomem(err);
	string = json_stringn(key.data, key.len);
	if (!string)
		return error_nomem(err);
	text = json_value_compact(string, err);
	if (!text)
		return -1;
	buffer_puts(out, text);
	return 0;
}

/* Append @value, within objects for what @path says behind @part. */
static int
add_nested(struct buffer *out, struct json_part part, struct slice value,
	   struct balimg_error *err)
{
	size_t depth = 0;

	for (part = json_part_next(part); part.at;
	     part = json_part_next(part)) {
		buffer_puts(out, "{");
		if (add_key(out, part, err) < 0)
			return -1;
		buffer_puts(out, ":");
		depth++;
	}
	buffer_add(out, value.at, value.len);
	for (; depth; depth--)
		buffer_puts(out, "}");
	return out->failed ? error_nomem(err) : 0;
}

/* The beginning of @path, up to before @part. */
static int
parent_len(const char *path, struct json_part part)
{
	return part.at > path ? (int)(part.at - path) - 1 : 0;
}

/* May the path be set from here on? */
static int
check_settable(const struct place *place, const char *path,
	       struct balimg_error *err)
{
	struct slice text = place->text;
	struct json_walk walk = json_walk_members(text, place->open);
	struct json_member member;
	size_t index;

	if (place->found) {
		if (is_there(place) || text.at[place->member.value] == 'n')
			return 0;
		return error_set(err, BALIMG_E_INVALID,
				 "%.*s is neither an object nor an array",
				 (int)(place->part.at - path) +
					 (int)place->part.len,
				 path);
	}
	if (text.at[place->open] == '{')
		return 0;
	while (json_walk_next(&walk, &member))
		;
	if (!json_part_index(place->part, &index) || index > walk.count)
		return error_set(err, BALIMG_E_INVALID,
				 "%.*s is an array of %zu: its parts are "
				 "numbers up to %zu, not %.*s",
				 parent_len(path, place->part), path,
				 walk.count, walk.count, (int)place->part.len,
				 place->part.at);
	return 0;
}

/* Write the container anew with @value in its place. */
static int
set_in_container(const struct place *place, struct slice value,
		 struct buffer *out, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer key = BUFFER_INIT;
	struct json_walk walk = json_walk_members(place->text, place->open);
	struct json_rewrite rewrite = json_rewrite_begin(
		out, place->text, place->open, &place->style);
	struct json_member member;

	while (json_walk_next(&walk, &member)) {
		if (place->found && walk.count - 1 == place->index)
			json_rewrite_value(&rewrite, &member, value);
		else
			json_rewrite_keep(&rewrite, &member);
	}
	if (!place->found) {
		if (place->text.at[place->open] == '{' &&
		    add_key(&key, place->part, err) < 0)
			return -1;
		json_rewrite_append(&rewrite,
				    (struct slice){ key.data, key.len });
		json_layout_value(out, value, &rewrite.style);
	}
	json_rewrite_end(&rewrite);
	return key.failed ? error_nomem(err) : 0;
}

static int
set_place(const struct place *place, struct slice value, struct buffer *text,
	  struct balimg_error *err)
{
	AUTO_BUFFER struct buffer nested = BUFFER_INIT;
	AUTO_BUFFER struct buffer out = BUFFER_INIT;
	size_t end = json_skip_value(place->text, place->open);

	if (add_nested(&nested, place->part, value, err) < 0)
		return -1;
	buffer_add(&out, place->text.at, place->open);
	if (set_in_container(place, (struct slice){ nested.data, nested.len },
			     &out, err) < 0)
		return -1;
	buffer_add(&out, place->text.at + end, place->text.len - end);
	return json_edit_end(text, &out, err);
}

int
json_text_set_text(struct buffer *text, const char *path, const char *value,
		   size_t value_len, struct balimg_error *err)
{
	struct slice all = { text->data, text->len };
	struct slice new = { value, value_len };
	json_auto_t *judged = NULL;
	struct place place;

	if (json_path_check(path, err) < 0 || json_edit_begin(text, err) < 0)
		return -1;
	judged = json_text_parse(value, value_len, NULL, err);
	if (!judged)
		return -1;
	new = json_cut(new, json_skip_bom(new), new.len);

	if (follow(all, path, &place, err) < 0 ||
	    check_settable(&place, path, err) < 0)
		return -1;
	if (is_there(&place)) {
		int same = json_is_same_value(json_cut(all, place.member.value,
						       place.member.value_end),
					      new, err);

		if (same)
			return same < 0 ? -1 : 0;
	}
	return set_place(&place, new, text, err);
}

int
json_text_set(struct buffer *text, const char *path, const json_t *value,
	      struct balimg_error *err)
{
	AUTO_FREE char *compact = json_value_compact(value, err);

	if (!compact)
		return -1;
	return json_text_set_text(text, path, compact, strlen(compact), err);
}

/* ---- unsetting ----------------------------------------------------- */

int
json_text_unset(struct buffer *text, const char *path,
		struct balimg_error *err)
{
	AUTO_BUFFER struct buffer out = BUFFER_INIT;
	struct slice all = { text->data, text->len };
	struct json_rewrite rewrite;
	struct json_member member;
	struct json_walk walk;
	struct place place;
	size_t end;

	if (json_path_check(path, err) < 0 || json_edit_begin(text, err) < 0 ||
	    follow(all, path, &place, err) < 0)
		return -1;
	if (!is_there(&place))
		return set_missing(path, err);

	end = json_skip_value(all, place.open);
	buffer_add(&out, all.at, place.open);
	rewrite = json_rewrite_begin(&out, all, place.open, &place.style);
	walk = json_walk_members(all, place.open);
	while (json_walk_next(&walk, &member)) {
		int named = json_member_is(all, place.open, walk.count - 1,
					   &member, place.part, err);

		if (named < 0)
			return -1;
		if (named)
			json_rewrite_drop(&rewrite, &member);
		else
			json_rewrite_keep(&rewrite, &member);
	}
	json_rewrite_end(&rewrite);
	buffer_add(&out, all.at + end, all.len - end);
	return json_edit_end(text, &out, err);
}
