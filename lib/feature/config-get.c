/* config-get.c - config.json read, secrets kept out
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "balenaos/config-file.h"
#include "balenaos/places.h"
#include "document/schema.h"
#include "feature/config-private.h"
#include "feature/config.h"

/* Say that it was config.json, and of which partition. */
static void
wrap_config(struct os *os, struct balimg_error *err)
{
	struct balimg_error unseen = { 0 };
	AUTO_FREE char *where = config_file_where(os, &unseen);

	error_wrap(err, "%s", where ? where : PLACE_CONFIG);
}

json_t *
config_read(struct os *os, struct balimg_error *err)
{
	AUTO_FREE char *text = NULL;
	json_t *root;
	size_t len;

	if (config_file_read(os, NULL, &text, &len, err) < 0)
		return NULL;
	if (text) {
		root = config_parse(text, len, NULL, err);
		if (!root)
			wrap_config(os, err);
		return root;
	}
	root = json_object();
	if (!root)
		error_nomem(err);
	return root;
}

static int
add_key(void *data, const char *path, const json_t *before,
	const json_t *after, struct balimg_error *err)
{
	json_t *keys = data;

	(void)before;
	(void)after;
	if (json_array_append_new(keys, json_string(path)) < 0)
		return error_nomem(err);
	return 0;
}

json_t *
config_keys(json_t *settings, struct balimg_error *err)
{
	json_auto_t *keys = json_array();
	json_auto_t *nothing = json_object();

	if (!keys || !nothing) {
		error_nomem(err);
		return NULL;
	}
	if (config_diff(nothing, settings, add_key, keys, err) < 0)
		return NULL;
	return STEAL(keys);
}

/* Each secret that is hidden in place costs reading the text anew. */
#define MAX_HIDDEN 64u

static int
count_value(void *data, const char *path, const json_t *before,
	    const json_t *after, struct balimg_error *err)
{
	size_t *count = data;

	(void)path;
	(void)before;
	(void)after;
	(void)err;
	++*count;
	return 0;
}

/* Write over a secret in the text. */
static int
hide_value(void *data, const char *path, const json_t *before,
	   const json_t *after, struct balimg_error *err)
{
	struct buffer *text = data;

	(void)before;
	if (!after)
		return json_text_unset(text, path, err);
	return json_text_set(text, path, after, err);
}

/* The text as it stands, but for its secrets. */
static char *
hide_secrets(const char *text, size_t len, struct balimg_error *err)
{
	__attribute__((
		cleanup(json_quirks_clear))) struct json_quirks quirks = { 0 };
	AUTO_BUFFER struct buffer shown = BUFFER_INIT;
	json_auto_t *root = config_parse(text, len, &quirks, err);
	json_auto_t *redacted = root ? schema_redact(root, err) : NULL;
	size_t count = 0;

	if (!redacted) {
		error_hint(err, "its bytes are shown with --show-secrets");
		return NULL;
	}
	if (config_diff(root, redacted, count_value, &count, err) < 0)
		return NULL;
	/* Editing reaches the last of duplicates only. */
	if (quirks.duplicate_key || count > MAX_HIDDEN)
		return json_value_print(redacted, true, err);

	buffer_add(&shown, text, len);
	if (config_diff(root, redacted, hide_value, &shown, err) < 0)
		return NULL;
	return buffer_take(&shown, NULL, err);
}

/* The value as it is written, every digit of a number kept. */
static char *
copy_value(const char *text, size_t len, const char *key,
	   struct balimg_error *err)
{
	char *value;
	size_t at, value_len;

	if (json_text_find(text, len, key, &at, &value_len, err) < 0)
		return NULL;
	value = strndup(text + at, value_len);
	if (!value)
		error_nomem(err);
	return value;
}

static char *
get_value(const char *text, size_t len, const char *key, unsigned flags,
	  struct balimg_error *err)
{
	json_auto_t *root = config_parse(text, len, NULL, err);
	json_auto_t *redacted = NULL;
	json_t *shown;

	if (!root || json_path_check(key, err) < 0)
		return NULL;
	if (flags & BALIMG_SHOW_SECRETS)
		return copy_value(text, len, key, err);
	redacted = schema_redact(root, err);
	if (!redacted)
		return NULL;
	shown = json_path_get(redacted, key);
	if (shown && !json_equal(shown, json_path_get(root, key)))
		return json_value_print(shown, false, err);
	return copy_value(text, len, key, err);
}

char *
config_get(struct os *os, const char *key, unsigned flags,
	   struct balimg_error *err)
{
	AUTO_FREE char *text = NULL;
	char *answer;
	size_t len;

	if (config_file_read(os, NULL, &text, &len, err) < 0)
		return NULL;
	if (!text) {
		error_set(err, BALIMG_E_NOT_FOUND,
			  "the image has no config.json");
		return NULL;
	}
	if (key)
		answer = get_value(text, len, key, flags, err);
	else if (flags & BALIMG_SHOW_SECRETS)
		answer = STEAL(text);
	else
		answer = hide_secrets(text, len, err);
	if (!answer)
		wrap_config(os, err);
	return answer;
}
