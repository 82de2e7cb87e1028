/* config-diff.c - where two sets of settings differ
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "document/json.h"
#include "document/schema.h"
#include "feature/config-private.h"

/* Objects deeper than this are compared as a whole: no key that anything
 * reads lies so deep. */
#define MAX_DEPTH 16u

/* More notes of one kind help nobody, and so many changes neither. */
#define MAX_NOTES   50u
#define MAX_CHANGES 1000u

struct walk {
	CONFIG_VISIT(visit);
	void *data;
	struct buffer path;
};

static int diff_values(struct walk *walk, json_t *before, json_t *after,
		       unsigned depth, struct balimg_error *err);

/* Go on with the member @key, and come back. */
static int
diff_member(struct walk *walk, const char *key, json_t *before, json_t *after,
	    unsigned depth, struct balimg_error *err)
{
	size_t len = walk->path.len;
	int ret;

	json_path_add(&walk->path, key);
	if (walk->path.failed)
		return error_nomem(err);
	ret = diff_values(walk, before, after, depth + 1, err);
	buffer_splice(&walk->path, len, walk->path.len - len, "", 0);
	return ret;
}

static int
diff_members(struct walk *walk, json_t *before, json_t *after, unsigned depth,
	     struct balimg_error *err)
{
	const char *key;
	json_t *value;

	json_object_foreach(before, key, value) {
		if (diff_member(walk, key, value, json_object_get(after, key),
				depth, err) < 0)
			return -1;
	}
	json_object_foreach(after, key, value) {
		if (!json_object_get(before, key) &&
		    diff_member(walk, key, NULL, value, depth, err) < 0)
			return -1;
	}
	return 0;
}

/* Go on with the elements in which two arrays differ, those that both begin
 * or end with left aside. */
static int
diff_elements(struct walk *walk, json_t *before, json_t *after, unsigned depth,
	      struct balimg_error *err)
{
	size_t old_end = json_array_size(before);
	size_t new_end = json_array_size(after);
	char index[sizeof("18446744073709551615")];
	size_t i = 0;

	while (i < old_end && i < new_end &&
	       json_equal(json_array_get(before, i), json_array_get(after, i)))
		i++;
	while (i < old_end && i < new_end &&
	       json_equal(json_array_get(before, old_end - 1),
			  json_array_get(after, new_end - 1))) {
		old_end--;
		new_end--;
	}
	for (; i < old_end || i < new_end; i++) {
		snprintf(index, sizeof(index), "%zu", i);
		if (diff_member(walk, index,
				i < old_end ? json_array_get(before, i) : NULL,
				i < new_end ? json_array_get(after, i) : NULL,
				depth, err) < 0)
			return -1;
	}
	return 0;
}

static bool
has_members(const json_t *value)
{
	return json_object_size(value) > 0;
}

/* Can the keys below stand for @value itself? */
static bool
is_branch(const json_t *value)
{
	return !value || json_is_object(value);
}

static int
diff_values(struct walk *walk, json_t *before, json_t *after, unsigned depth,
	    struct balimg_error *err)
{
	if (before && after && json_equal(before, after))
		return 0;
	if (depth < MAX_DEPTH && is_branch(before) && is_branch(after) &&
	    (has_members(before) || has_members(after)))
		return diff_members(walk, before, after, depth, err);
	if (depth < MAX_DEPTH && json_array_size(before) &&
	    json_array_size(after))
		return diff_elements(walk, before, after, depth, err);
	return walk->visit(walk->data, walk->path.data ? walk->path.data : "",
			   before, after, err);
}

int
config_diff(json_t *before, json_t *after, CONFIG_VISIT(visit), void *data,
	    struct balimg_error *err)
{
	struct walk walk = { visit, data, BUFFER_INIT };
	int ret = diff_values(&walk, before, after, 0, err);

	buffer_free(&walk.path);
	return ret;
}

/* The @value at @path of @text, NULL staying NULL; a number as it stands
 * there. */
static int
print_value(const json_t *value, const char *path, const char *text,
	    size_t len, char **shown, struct balimg_error *err)
{
	size_t at, value_len;

	*shown = NULL;
	if (!value)
		return 0;
	if (json_is_real(value) &&
	    json_text_find(text, len, path, &at, &value_len, NULL) == 0) {
		*shown = strndup(text + at, value_len);
		return *shown ? 0 : error_nomem(err);
	}
	*shown = json_value_print(value, false, err);
	return *shown ? 0 : -1;
}

struct count {
	struct customization *c;
	size_t count;
};

static int
plan_difference(void *data, const char *path, const json_t *before,
		const json_t *after, struct balimg_error *err)
{
	struct count *count = data;
	struct customization *c = count->c;
	AUTO_BUFFER struct buffer where = BUFFER_INIT;
	AUTO_FREE char *old = NULL;
	AUTO_FREE char *new = NULL;

	if (++count->count > MAX_CHANGES)
		return 0;
	buffer_printf(&where, "%s: %s", c->config.where, path);
	if (where.failed)
		return error_nomem(err);
	if (print_value(before, path, c->config.original,
			c->config.original_len, &old, err) < 0 ||
	    print_value(after, path, c->config.text.data, c->config.text.len,
			&new, err) < 0)
		return -1;
	plan_change(c->plan, where.data, old, new, schema_is_secret(path));
	return 0;
}

int
config_plan(struct customization *c, json_t *before, json_t *after,
	    struct balimg_error *err)
{
	struct count count = { c, 0 };

	if (config_diff(before, after, plan_difference, &count, err) < 0)
		return -1;
	if (count.count > MAX_CHANGES)
		plan_note(c->plan, PLAN_NOTE, c->config.where,
			  "changes %zu more keys", count.count - MAX_CHANGES);
	return 0;
}

static int
note_dropped(void *data, const char *path, const json_t *before,
	     const json_t *after, struct balimg_error *err)
{
	struct count *dropped = data;

	(void)before;
	(void)err;
	if (!after && ++dropped->count <= MAX_NOTES)
		plan_note(dropped->c->plan, PLAN_NOTE,
			  dropped->c->config.where, "drops %s", path);
	return 0;
}

int
config_note_dropped(struct customization *c, json_t *before, json_t *after,
		    struct balimg_error *err)
{
	struct count dropped = { c, 0 };

	if (config_diff(before, after, note_dropped, &dropped, err) < 0)
		return -1;
	if (dropped.count > MAX_NOTES)
		plan_note(c->plan, PLAN_NOTE, c->config.where,
			  "drops %zu more keys", dropped.count - MAX_NOTES);
	return 0;
}
