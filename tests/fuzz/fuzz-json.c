/* fuzz-json.c - any edit of any JSON text
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * An input is two lines and a text: "set PATH" or "unset PATH" or "merge",
 * the value or patch, and what is edited.  What comes out must mean what the
 * same edit of jansson's tree means, what was not asked for must stand byte
 * for byte, and to do it again must change nothing.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "document/json-path.h"
#include "document/json-scan.h"
#include "document/json.h"
#include "document/schema.h"
#include "fuzz.h"

struct edit {
	enum {
		SET,
		UNSET,
		MERGE,
	} kind;
	const char *path;
	const char *value;
	struct slice text;
};

/* ---- the same on a tree -------------------------------------------- */

static json_t *
get_child(json_t *parent, const char *key, struct json_part part)
{
	size_t index;

	if (json_is_object(parent))
		return json_object_get(parent, key);
	if (json_is_array(parent) && json_part_index(part, &index))
		return json_array_get(parent, index);
	return NULL;
}

static int
set_child(json_t *parent, const char *key, struct json_part part,
	  json_t *value)
{
	size_t index;

	if (json_is_object(parent))
		return json_object_set(parent, key, value);
	if (!json_is_array(parent) || !json_part_index(part, &index))
		return -1;
	if (index == json_array_size(parent))
		return json_array_append(parent, value);
	return json_array_set(parent, index, value);
}

static int
tree_set(json_t *parent, struct json_part part, json_t *value)
{
	AUTO_BUFFER struct buffer key = BUFFER_INIT;
	struct json_part next = json_part_next(part);
	json_t *child;

	json_part_key(part, &key);
	must(!key.failed);
	if (!next.at)
		return set_child(parent, key.data, part, value);
	child = get_child(parent, key.data, part);
	if (!child || json_is_null(child)) {
		json_auto_t *made = json_object();

		return tree_set(made, next, value) < 0 ?
			       -1 :
			       set_child(parent, key.data, part, made);
	}
	return tree_set(child, next, value);
}

static int
tree_unset(json_t *parent, struct json_part part)
{
	AUTO_BUFFER struct buffer key = BUFFER_INIT;
	struct json_part next = json_part_next(part);
	json_t *child;
	size_t index;

	json_part_key(part, &key);
	must(!key.failed);
	child = get_child(parent, key.data, part);
	if (!child)
		return -1;
	if (next.at)
		return tree_unset(child, next);
	if (json_is_object(parent))
		return json_object_del(parent, key.data);
	return json_part_index(part, &index) ?
		       json_array_remove(parent, index) :
		       -1;
}

static json_t *
tree_merge(json_t *target, json_t *patch)
{
	json_t *merged;
	const char *key;
	json_t *value;

	if (!json_is_object(patch))
		return json_incref(patch);
	merged = json_is_object(target) ? json_copy(target) : json_object();
	json_object_foreach(patch, key, value) {
		if (json_is_null(value))
			json_object_del(merged, key);
		else
			json_object_set_new(
				merged, key,
				tree_merge(json_object_get(merged, key),
					   value));
	}
	return merged;
}

/* What the edit makes of @root, NULL if it cannot be done. */
static json_t *
edit_tree(const struct edit *edit, json_t *root, json_t *value)
{
	struct json_part part = json_part_first(edit->path);
	json_t *copy;
	int ret;

	if (!json_is_object(root) || (edit->kind != UNSET && !value))
		return NULL;
	if (edit->kind == MERGE)
		return json_is_object(value) ? tree_merge(root, value) : NULL;
	if (json_path_check(edit->path, NULL) < 0)
		return NULL;
	copy = json_deep_copy(root);
	ret = edit->kind == SET ? tree_set(copy, part, value) :
				  tree_unset(copy, part);
	if (ret == 0)
		return copy;
	json_decref(copy);
	return NULL;
}

/* ---- what must stand ----------------------------------------------- */

static bool
is_same(struct slice a, struct slice b)
{
	return a.len == b.len && !memcmp(a.at, b.at, a.len);
}

/* Is @member one that the edit is about? */
static bool
is_concerned(const struct edit *edit, json_t *patch, struct json_part part,
	     struct slice text, size_t open, size_t number,
	     const struct json_member *member)
{
	AUTO_FREE char *key = NULL;

	if (edit->kind != MERGE)
		return json_member_is(text, open, number, member, part, NULL) >
		       0;
	key = json_member_key(text, member, NULL);
	must(key);
	return json_object_get(patch, key);
}

/* All members of the container, at @open before and at @new_open after, that
 * the edit is not about stand in their order. */
static void
check_kept(const struct edit *edit, json_t *patch, struct json_part part,
	   size_t open, struct slice after, size_t new_open)
{
	struct json_walk old = json_walk_members(edit->text, open);
	struct json_walk new = json_walk_members(after, new_open);
	struct json_member was;
	struct json_member is;

	while (json_walk_next(&old, &was)) {
		if (is_concerned(edit, patch, part, edit->text, open,
				 old.count - 1, &was))
			continue;
		do
			must(json_walk_next(&new, &is));
		while (!is_same(json_cut(edit->text, was.key, was.value_end),
				json_cut(after, is.key, is.value_end)));
	}
}

/* The path followed as long as it is there before and after. */
static void
check_all_kept(const struct edit *edit, json_t *patch, struct slice after)
{
	struct json_part part = json_part_first(edit->path);
	size_t open = json_root(edit->text);
	size_t new_open = json_root(after);
	struct json_member was;
	struct json_member is;
	size_t number;

	must(is_same(json_cut(edit->text, 0, open),
		     json_cut(after, 0, new_open)));
	must(is_same(
		json_cut(edit->text, json_skip_value(edit->text, open),
			 edit->text.len),
		json_cut(after, json_skip_value(after, new_open), after.len)));
	for (;;) {
		check_kept(edit, patch, part, open, after, new_open);
		if (edit->kind == MERGE ||
		    json_find_member(edit->text, open, part, &was, &number,
				     NULL) <= 0 ||
		    json_find_member(after, new_open, part, &is, &number,
				     NULL) <= 0)
			return;
		part = json_part_next(part);
		open = was.value;
		new_open = is.value;
		if (!part.at || !json_is_open(edit->text, open) ||
		    !json_is_open(after, new_open))
			return;
	}
}

/* ---- the edit ------------------------------------------------------ */

static int
edit_text(const struct edit *edit, struct buffer *text,
	  struct balimg_error *err)
{
	size_t len = strlen(edit->value);

	switch (edit->kind) {
	case SET:
		return json_text_set_text(text, edit->path, edit->value, len,
					  err);
	case UNSET:
		return json_text_unset(text, edit->path, err);
	default:
		return json_text_merge_text(text, edit->value, len, err);
	}
}

/* The tree could be made: only what no text may hold excuses a failure. */
static void
check_unprintable(const json_t *tree)
{
	AUTO_FREE char *text = json_value_print(tree, false, NULL);
	json_auto_t *again = NULL;

	must(text);
	again = json_text_parse(text, strlen(text), NULL, NULL);
	must(!again);
}

static void
try_edit(const struct edit *edit, json_t *root, json_t *value)
{
	AUTO_BUFFER struct buffer text = BUFFER_INIT;
	json_auto_t *want = edit_tree(edit, root, value);
	json_auto_t *got = NULL;
	struct balimg_error err = { 0 };
	struct slice after;

	buffer_add(&text, edit->text.at, edit->text.len);
	if (edit_text(edit, &text, &err) < 0) {
		must(err.code && err.message[0]);
		must(is_same(edit->text,
			     (struct slice){ text.data, text.len }));
		if (want)
			check_unprintable(want);
		return;
	}
	must(want);
	got = json_text_parse(text.data, text.len, NULL, NULL);
	must(got && json_equal(got, want));
	after = (struct slice){ text.data, text.len };
	check_all_kept(edit, value, after);

	if (edit->kind != UNSET) {
		AUTO_BUFFER struct buffer again = BUFFER_INIT;

		buffer_add(&again, text.data, text.len);
		must(edit_text(edit, &again, NULL) == 0);
		must(is_same(after, (struct slice){ again.data, again.len }));
	}
}

/* The rest of the room, for its own sake. */
static void
judge(const json_t *root)
{
	struct schema_findings findings = { 0 };
	json_auto_t *redacted = schema_redact(root, NULL);

	must(redacted);
	must(schema_check("", root, "2.80.0", &findings, NULL) == 0);
	schema_findings_clear(&findings);
}

/* Split @input, which is cut up. */
static bool
read_edit(char *input, size_t len, struct edit *edit)
{
	char *line = memchr(input, '\n', len);
	char *end = line ? memchr(line + 1, '\n',
				  len - (size_t)(line + 1 - input)) :
			   NULL;

	if (!end)
		return false;
	*line = '\0';
	*end = '\0';
	edit->value = line + 1;
	edit->text.at = end + 1;
	edit->text.len = len - (size_t)(end + 1 - input);
	edit->path = strchr(input, ' ');
	edit->path = edit->path ? edit->path + 1 : "";
	edit->kind = !strncmp(input, "set ", 4)	  ? SET :
		     !strncmp(input, "unset ", 6) ? UNSET :
						    MERGE;
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *input = malloc(size + 1);
	struct json_quirks quirks = { 0 };
	json_auto_t *value = NULL;
	json_auto_t *root = NULL;
	struct edit edit;

	must(input);
	memcpy(input, data, size);
	input[size] = '\0';
	if (!read_edit(input, size, &edit))
		return 0;
	root = json_text_parse(edit.text.at, edit.text.len, &quirks, NULL);
	json_quirks_clear(&quirks);
	value = json_text_parse(edit.value, strlen(edit.value), NULL, NULL);
	if (root)
		judge(root);
	try_edit(&edit, root, value);
	return 0;
}
