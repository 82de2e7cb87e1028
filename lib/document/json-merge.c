/* json-merge.c - merge one JSON text into another (RFC 7396)
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Both sides are walked as text, so that what is set keeps the patch's
 * spelling and what stays keeps its own.  The recursion is as deep as the
 * patch, which the parser bounds.
 */
#include <config.h>

#include <string.h>

#include "base/cleanup.h"
#include "document/json-edit.h"
#include "document/json-rewrite.h"
#include "document/json.h"

/* One object being merged into another. */
struct merge {
	struct json_rewrite rewrite;
	struct slice text;
	struct slice patch; /* begins with '{' */
	json_t *offsets;    /* by the patch's keys: where the value stands */
	json_t *numbers; /* by those found in the text: the last one's number
			  */
};

static int merge_object(struct buffer *out, struct slice text, size_t open,
			const struct json_style *style, struct slice patch,
			struct balimg_error *err);

/* ---- keys ---------------------------------------------------------- */

static int
put_number(json_t *index, const char *key, size_t number,
	   struct balimg_error *err)
{
	json_t *value = json_integer((json_int_t)number);

	if (json_object_set_new(index, key, value) < 0)
		return error_nomem(err);
	return 0;
}

static bool
has_number(const json_t *index, const char *key, size_t number)
{
	const json_t *value = json_object_get(index, key);

	return value && json_integer_value(value) == (json_int_t)number;
}

/* Later ones replace earlier ones: of duplicates, the last counts. */
static int
index_patch(struct merge *merge, struct balimg_error *err)
{
	struct json_walk walk = json_walk_members(merge->patch, 0);
	struct json_member member;

	while (json_walk_next(&walk, &member)) {
		AUTO_FREE char *key = json_member_key(merge->patch, &member,
						      err);

		if (!key ||
		    put_number(merge->offsets, key, member.value, err) < 0)
			return -1;
	}
	return 0;
}

static int
index_text(struct merge *merge, size_t open, struct balimg_error *err)
{
	struct json_walk walk = json_walk_members(merge->text, open);
	struct json_member member;

	while (json_walk_next(&walk, &member)) {
		AUTO_FREE char *key = json_member_key(merge->text, &member,
						      err);

		if (!key)
			return -1;
		if (json_object_get(merge->offsets, key) &&
		    put_number(merge->numbers, key, walk.count, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- members ------------------------------------------------------- */

static struct slice
value_at(struct slice text, size_t at)
{
	return json_cut(text, at, json_skip_value(text, at));
}

/* Append the patch's @value as it is where there was no object: without the
 * keys that it removes. */
static int
add_plain(struct buffer *plain, struct slice value, struct balimg_error *err)
{
	static const struct slice empty = { "{}", 2 };

	if (value.at[0] == '{')
		return merge_object(plain, empty, 0, &json_style_compact,
				    value, err);
	buffer_add(plain, value.at, value.len);
	return plain->failed ? error_nomem(err) : 0;
}

static int
replace_value(struct merge *merge, const struct json_member *member,
	      struct slice value, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer plain = BUFFER_INIT;
	struct slice old = json_cut(merge->text, member->value,
				    member->value_end);
	struct slice new;
	int same;

	if (add_plain(&plain, value, err) < 0)
		return -1;
	new = (struct slice){ plain.data, plain.len };
	same = json_is_same_value(old, new, err);
	if (same < 0)
		return -1;
	if (same)
		json_rewrite_keep(&merge->rewrite, member);
	else
		json_rewrite_value(&merge->rewrite, member, new);
	return 0;
}

/* The @number-th member of the text. */
static int
merge_member(struct merge *merge, const struct json_member *member,
	     size_t number, struct balimg_error *err)
{
	AUTO_FREE char *key = json_member_key(merge->text, member, err);
	struct slice value;
	json_t *offset;

	if (!key)
		return -1;
	offset = json_object_get(merge->offsets, key);
	if (!offset) {
		json_rewrite_keep(&merge->rewrite, member);
		return 0;
	}
	value = value_at(merge->patch, (size_t)json_integer_value(offset));
	if (value.at[0] == 'n') {
		json_rewrite_drop(&merge->rewrite, member);
		return 0;
	}
	if (!has_number(merge->numbers, key, number)) {
		json_rewrite_keep(&merge->rewrite, member);
		return 0;
	}
	if (value.at[0] != '{' || merge->text.at[member->value] != '{')
		return replace_value(merge, member, value, err);

	json_rewrite_key(&merge->rewrite, member);
	return merge_object(merge->rewrite.out, merge->text, member->value,
			    &merge->rewrite.style, value, err);
}

/* Append the patch's @member if the text has none of that key. */
static int
append_member(struct merge *merge, const struct json_member *member,
	      struct balimg_error *err)
{
	AUTO_BUFFER struct buffer plain = BUFFER_INIT;
	AUTO_FREE char *key = json_member_key(merge->patch, member, err);
	struct slice value = value_at(merge->patch, member->value);

	if (!key)
		return -1;
	if (value.at[0] == 'n' || json_object_get(merge->numbers, key) ||
	    !has_number(merge->offsets, key, member->value))
		return 0;
	if (add_plain(&plain, value, err) < 0)
		return -1;
	json_rewrite_append(
		&merge->rewrite,
		json_cut(merge->patch, member->key, member->key_end));
	json_layout_value(merge->rewrite.out,
			  (struct slice){ plain.data, plain.len },
			  &merge->rewrite.style);
	return 0;
}

/* ---- objects ------------------------------------------------------- */

static int
merge_members(struct merge *merge, size_t open, struct balimg_error *err)
{
	struct json_walk walk;
	struct json_member member;

	if (!merge->offsets || !merge->numbers)
		return error_nomem(err);
	if (index_patch(merge, err) < 0 || index_text(merge, open, err) < 0)
		return -1;

	walk = json_walk_members(merge->text, open);
	while (json_walk_next(&walk, &member)) {
		if (merge_member(merge, &member, walk.count, err) < 0)
			return -1;
	}
	walk = json_walk_members(merge->patch, 0);
	while (json_walk_next(&walk, &member)) {
		if (append_member(merge, &member, err) < 0)
			return -1;
	}
	json_rewrite_end(&merge->rewrite);
	return merge->rewrite.out->failed ? error_nomem(err) : 0;
}

/* Append the object at @open of @text, whose parent has @style, merged with
 * the object @patch. */
static int
merge_object(struct buffer *out, struct slice text, size_t open,
	     const struct json_style *style, struct slice patch,
	     struct balimg_error *err)
{
	struct merge merge = {
		.rewrite = json_rewrite_begin(out, text, open, style),
		.text = text,
		.patch = patch,
		.offsets = json_object(),
		.numbers = json_object(),
	};
	int ret = merge_members(&merge, open, err);

	json_decref(merge.offsets);
	json_decref(merge.numbers);
	return ret;
}

int
json_text_merge_text(struct buffer *text, const char *patch, size_t patch_len,
		     struct balimg_error *err)
{
	AUTO_BUFFER struct buffer out = BUFFER_INIT;
	struct slice all = { text->data, text->len };
	struct slice other = { patch, patch_len };
	struct json_style style;
	json_auto_t *judged = NULL;

	if (json_edit_begin(text, err) < 0)
		return -1;
	judged = json_text_parse(patch, patch_len, NULL, err);
	if (!judged)
		return error_wrap(err, "what is to be merged");
	if (!json_is_object(judged))
		return error_set(err, BALIMG_E_INVALID,
				 "what is to be merged is %s, not an object",
				 json_type_words(json_typeof(judged)));

	style = json_style_default(all);
	buffer_add(&out, all.at, json_root(all));
	other = value_at(other, json_root(other));
	if (merge_object(&out, all, json_root(all), &style, other, err) < 0)
		return -1;
	buffer_add(&out, all.at + json_skip_value(all, json_root(all)),
		   all.len - json_skip_value(all, json_root(all)));
	return json_edit_end(text, &out, err);
}

int
json_text_merge(struct buffer *text, const json_t *patch,
		struct balimg_error *err)
{
	AUTO_FREE char *compact = json_value_compact(patch, err);

	if (!compact)
		return -1;
	return json_text_merge_text(text, compact, strlen(compact), err);
}
