/* schema-coerce.c - what a person typed, as a setting's type
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "base/utf8.h"
#include "document/json-number.h"
#include "document/json-scan.h"
#include "document/json.h"
#include "document/schema-judge.h"
#include "document/schema.h"

static json_t *
make_string(const char *text, struct balimg_error *err)
{
	json_t *value;

	if (!utf8_is_valid(text, strlen(text))) {
		error_set(err, BALIMG_E_INVALID, "the value is not UTF-8");
		return NULL;
	}
	value = json_string(text);
	if (!value)
		error_nomem(err);
	return value;
}

/* @text as JSON if it is one word, no string: a number, true, false, null. */
static json_t *
parse_word(const char *text)
{
	struct slice word = { text, strlen(text) };

	if (!word.len || json_skip_word(word, 0) != word.len)
		return NULL;
	return json_text_parse(text, word.len, NULL, NULL);
}

static json_t *
make_boolean(const char *text, struct balimg_error *err)
{
	if (!strcmp(text, "true") || !strcmp(text, "false")) {
		json_t *value = json_boolean(text[0] == 't');

		if (!value)
			error_nomem(err);
		return value;
	}
	error_set(err, BALIMG_E_INVALID, "must be true or false");
	error_hint(err, "the device knows no other words for it; unset it to "
			"have the default");
	return NULL;
}

/* A number that a double holds, which is what the device reads it into. */
static json_t *
make_number(const char *text, struct balimg_error *err)
{
	json_t *value = parse_word(text);

	if (json_is_number(value) && !json_number_is_long(text, strlen(text)))
		return value;
	if (json_is_number(value))
		error_set(err, BALIMG_E_INVALID,
			  "a number with more digits than the device keeps");
	else
		error_set(err, BALIMG_E_INVALID, "must be a number");
	json_decref(value);
	return NULL;
}

/* A key that the table does not know. */
static json_t *
make_any(const char *text, struct balimg_error *err)
{
	json_t *value = parse_word(text);

	if (json_is_number(value) && json_number_is_long(text, strlen(text))) {
		json_decref(value);
		error_set(err, BALIMG_E_INVALID,
			  "a number with more digits than the device keeps");
		error_hint(err, "for text, write it as JSON: "
				"KEY:='\"12345...\"'");
		return NULL;
	}
	return value ? value : make_string(text, err);
}

static json_t *
make_number_or_string(const struct schema_key *key, const char *text,
		      struct balimg_error *err)
{
	json_t *value = NULL;

	if (!(key->flags & SCHEMA_AS_TEXT))
		value = make_number(text, NULL);
	return value ? value : make_string(text, err);
}

json_t *
schema_coerce_type(const char *path, const char *text,
		   struct balimg_error *err)
{
	const struct schema_key *key = schema_find(path);

	if (!key)
		return make_any(text, err);
	switch (key->type) {
	case SCHEMA_STRING:
		return make_string(text, err);
	case SCHEMA_BOOLEAN:
		return make_boolean(text, err);
	case SCHEMA_NUMBER:
		return make_number(text, err);
	case SCHEMA_NUMBER_OR_STRING:
		return make_number_or_string(key, text, err);
	case SCHEMA_OBJECT:
		error_set(err, BALIMG_E_INVALID,
			  "must be an object, which plain text cannot be");
		error_hint(err, "set a key in it, or write it as JSON: "
				"KEY:='{...}'");
		return NULL;
	case SCHEMA_STRING_ARRAY:
		error_set(err, BALIMG_E_INVALID,
			  "must be an array of strings, which plain text "
			  "cannot be");
		error_hint(err, "use balimg ssh add, or write it as JSON: "
				"KEY:='[\"...\"]'");
		return NULL;
	}
	return NULL;
}

json_t *
schema_coerce(const char *path, const char *text, struct balimg_error *err)
{
	json_t *value = schema_coerce_type(path, text, err);
	const struct schema_key *key = schema_find(path);

	if (value && key && schema_judge(key, path, value, err) < 0) {
		json_decref(value);
		return NULL;
	}
	return value;
}
