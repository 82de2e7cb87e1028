/* config.c - the settings that the OS reads from config.json
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "balenaos/config-file.h"
#include "document/json.h"
#include "document/schema.h"
#include "feature/config-private.h"
#include "feature/config.h"

/* Judge what an edit made of @before. */
static int
settle(struct customization *c, json_t *before, struct balimg_error *err)
{
	json_auto_t *after = config_tree(c, err);

	return after ? config_judge(c, before, after, err) : -1;
}

int
config_put(struct customization *c, const char *path, const json_t *value,
	   struct balimg_error *err)
{
	json_auto_t *before = config_tree(c, err);

	if (!before)
		return -1;
	if (json_path_check(path, err) < 0 ||
	    json_text_set(&c->config.text, path, value, err) < 0)
		return error_wrap(err, "%s", c->config.where);
	return settle(c, before, err);
}

/* *@is: is @text, which may be nonsense, the settings @wanted? */
static int
means(const struct buffer *text, const json_t *wanted, bool *is,
      struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	json_auto_t *tree = NULL;

	*is = false;
	if (text->failed)
		return error_nomem(err);
	tree = config_parse(text->data, text->len, NULL, &why);
	if (!tree && !error_is_finding(&why))
		return error_pass(err, &why);
	*is = tree && json_equal(tree, wanted);
	return 0;
}

int
config_put_back(struct customization *c, size_t at, const char *now,
		const char *then, const json_t *wanted, bool *done,
		struct balimg_error *err)
{
	AUTO_BUFFER struct buffer text = BUFFER_INIT;
	json_auto_t *before = config_tree(c, err);
	size_t cut = strlen(now);

	*done = false;
	if (!before)
		return -1;
	buffer_add(&text, c->config.text.data, c->config.text.len);
	if (text.failed)
		return error_nomem(err);
	if (at > text.len || cut > text.len - at ||
	    memcmp(text.data + at, now, cut) != 0)
		return 0;
	buffer_splice(&text, at, cut, then, strlen(then));
	if (means(&text, wanted, done, err) < 0)
		return -1;
	if (!*done)
		return 0;
	buffer_splice(&c->config.text, at, cut, then, strlen(then));
	if (c->config.text.failed)
		return error_nomem(err);
	return settle(c, before, err);
}

/* What a person typed, as the key's type; whether the device can bear the
 * value is judged with all others when that can be overridden. */
static json_t *
typed_value(struct customization *c, const struct edit *edit,
	    struct balimg_error *err)
{
	if (c->flags & BALIMG_FORCE)
		return schema_coerce_type(edit->name, edit->data, err);
	return schema_coerce(edit->name, edit->data, err);
}

int
config_set(struct customization *c, const struct edit *edit,
	   struct balimg_error *err)
{
	json_auto_t *value = NULL;

	if (json_path_check(edit->name, err) < 0)
		return -1;
	if (strlen(edit->data) != edit->len)
		return error_set(err, BALIMG_E_INVALID,
				 "the value for %s holds a NUL", edit->name);
	if (config_load(c, err) < 0)
		return -1;
	value = typed_value(c, edit, err);
	if (!value)
		return error_wrap(err, "%s: %s", c->config.where, edit->name);
	return config_put(c, edit->name, value, err);
}

/* Is what was given JSON, and an @object?  A key that stands there twice is
 * more likely a slip than meant; @what says where it is from. */
static int
judge_input(struct customization *c, const struct edit *edit, const char *what,
	    bool object, struct balimg_error *err)
{
	__attribute__((
		cleanup(json_quirks_clear))) struct json_quirks quirks = { 0 };
	json_auto_t *value = NULL;

	if (object)
		value = config_parse(edit->data, edit->len, &quirks, err);
	else
		value = json_text_parse(edit->data, edit->len, &quirks, err);
	if (!value) {
		if (!object)
			error_hint(err, "in JSON, text has quotes; KEY=TEXT "
					"needs none");
		return error_wrap(err, "%s", what);
	}
	if (quirks.duplicate_key)
		config_note_duplicate(c, what, quirks.duplicate_key);
	return 0;
}

int
config_set_json(struct customization *c, const struct edit *edit,
		struct balimg_error *err)
{
	json_auto_t *before = config_tree(c, err);

	if (!before || judge_input(c, edit, edit->name, false, err) < 0)
		return -1;
	/* As text, a number keeps its digits. */
	if (json_path_check(edit->name, err) < 0 ||
	    json_text_set_text(&c->config.text, edit->name, edit->data,
			       edit->len, err) < 0)
		return error_wrap(err, "%s", c->config.where);
	return settle(c, before, err);
}

int
config_unset(struct customization *c, const struct edit *edit,
	     struct balimg_error *err)
{
	json_auto_t *before = config_tree(c, err);

	if (!before)
		return -1;
	if (json_path_check(edit->name, err) < 0 ||
	    json_text_unset(&c->config.text, edit->name, err) < 0)
		return error_wrap(err, "%s", c->config.where);
	return settle(c, before, err);
}

/* "os.sshKeys" becomes "os"; false where there is no parent. */
static bool
cut_last_part(char *path)
{
	char *last = NULL;
	char *at;

	for (at = path; *at; at++) {
		if (*at == '\\' && at[1])
			at++;
		else if (*at == '.')
			last = at;
	}
	if (last)
		*last = '\0';
	return last != NULL;
}

static int
is_empty_object(struct customization *c, const char *path, bool *empty,
		struct balimg_error *err)
{
	json_auto_t *settings = config_tree(c, err);
	const json_t *value;

	if (!settings)
		return -1;
	value = json_path_get(settings, path);
	*empty = json_is_object(value) && !json_object_size(value);
	return 0;
}

int
config_prune(struct customization *c, const char *path,
	     struct balimg_error *err)
{
	json_auto_t *before = config_tree(c, err);
	AUTO_FREE char *at = strdup(path);
	bool empty = true;

	if (!before)
		return -1;
	if (!at)
		return error_nomem(err);
	while (empty) {
		if (json_text_unset(&c->config.text, at, err) < 0)
			return error_wrap(err, "%s", c->config.where);
		if (!cut_last_part(at))
			break;
		if (is_empty_object(c, at, &empty, err) < 0)
			return -1;
	}
	return settle(c, before, err);
}

int
config_merge(struct customization *c, const struct edit *edit,
	     struct balimg_error *err)
{
	const char *what = edit->name ? edit->name : "what is to be merged";
	json_auto_t *before = config_tree(c, err);

	if (!before || judge_input(c, edit, what, true, err) < 0)
		return -1;
	if (json_text_merge_text(&c->config.text, edit->data, edit->len, err) <
	    0)
		return error_wrap(err, "%s", c->config.where);
	return settle(c, before, err);
}

/* Put the new text in the old one's place, without a byte order mark. */
static int
replace_text(struct customization *c, const struct edit *edit, bool bom,
	     struct balimg_error *err)
{
	struct buffer *text = &c->config.text;
	size_t skip = bom ? 3 : 0;

	buffer_splice(text, 0, text->len, edit->data + skip, edit->len - skip);
	c->config.injected = true;
	if (bom)
		plan_note(c->plan, PLAN_NOTE, c->config.where,
			  "the byte order mark is left out");
	return text->failed ? error_nomem(err) : 0;
}

int
config_inject(struct customization *c, const struct edit *edit,
	      struct balimg_error *err)
{
	__attribute__((
		cleanup(json_quirks_clear))) struct json_quirks quirks = { 0 };
	json_auto_t *before = NULL;
	json_auto_t *after = NULL;

	if (edit->len > CONFIG_FILE_LIMIT)
		return error_set(err, BALIMG_E_INVALID,
				 "config.json would have %zu bytes",
				 edit->len);
	after = config_parse(edit->data, edit->len, &quirks, err);
	if (!after)
		return error_wrap(err, "%s",
				  edit->name ? edit->name :
					       "what is to be injected");
	if (config_load_any(c, err) < 0)
		return -1;
	before = config_original(c, err);
	if (!before)
		return -1;
	if (quirks.duplicate_key)
		config_note_duplicate(c, c->config.where,
				      quirks.duplicate_key);
	if (replace_text(c, edit, quirks.bom, err) < 0 ||
	    config_judge(c, NULL, after, err) < 0)
		return -1;
	return config_note_dropped(c, before, after, err);
}
