/* schema.c - find a setting, and hide the secret ones
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>
#include <strings.h>

#include "document/json-path.h"
#include "document/json.h"
#include "document/schema.h"

#define HIDDEN "<hidden>"

/* ---- finding ------------------------------------------------------- */

/* Follow both paths while they agree; *@row and *@path become what is left
 * of each, over where nothing is.  False where they part. */
static bool
follow_both(struct json_part *row, struct json_part *path)
{
	while (row->at && path->at) {
		bool any = row->len == 1 && row->at[0] == '*';

		if (!any && !json_part_is(*path, row->at, row->len))
			return false;
		*row = json_part_next(*row);
		*path = json_part_next(*path);
	}
	return true;
}

const struct schema_key *
schema_find(const char *path)
{
	const struct schema_key *key;

	for (key = schema_keys; key->path; key++) {
		struct json_part row, part;

		/* Most rows differ at once; a backslash stands for more. */
		if (*path != *key->path && *path != '\\')
			continue;
		row = json_part_first(key->path);
		part = json_part_first(path);
		if (follow_both(&row, &part) && !row.at && !part.at)
			return key;
	}
	return NULL;
}

const char *
schema_type_name(enum schema_type type)
{
	switch (type) {
	case SCHEMA_STRING:
		return "string";
	case SCHEMA_BOOLEAN:
		return "boolean";
	case SCHEMA_NUMBER:
		return "number";
	case SCHEMA_NUMBER_OR_STRING:
		return "number or string";
	case SCHEMA_OBJECT:
		return "object";
	case SCHEMA_STRING_ARRAY:
		return "array of strings";
	}
	return "value";
}

/* ---- secrets ------------------------------------------------------- */

static bool
sounds_secret(struct json_part part)
{
	static const char *const words[] = {
		"apikey", "passphrase", "password", "passwd",
		"psk",	  "secret",	"token",    "wifikey",
	};
	size_t i;
	size_t at;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
		size_t len = strlen(words[i]);

		for (at = 0; at + len <= part.len; at++) {
			if (!strncasecmp(part.at + at, words[i], len))
				return true;
		}
	}
	return false;
}

bool
schema_is_secret(const char *path)
{
	const struct schema_key *key;
	struct json_part part;

	for (key = schema_keys; key->path; key++) {
		struct json_part row = json_part_first(key->path);

		part = json_part_first(path);
		if (key->secret && follow_both(&row, &part))
			return true;
	}
	if (schema_find(path))
		return false;
	for (part = json_part_first(path); part.at;
	     part = json_part_next(part))
		if (sounds_secret(part))
			return true;
	return false;
}

static bool
is_container(const json_t *value)
{
	return json_is_object(value) || json_is_array(value);
}

/* Is there something to be hidden?  That nothing is there is good to know. */
static bool
has_content(const json_t *value)
{
	return !json_is_null(value) &&
	       (!json_is_string(value) || json_string_length(value));
}

static int hide_below(json_t *value, const char *path,
		      struct balimg_error *err);

/* The child @name of a container that the table does not know. */
static int
hide_unknown(json_t *child, const char *name, bool *hidden,
	     struct balimg_error *err)
{
	struct json_part part = { name, strlen(name), NULL };

	*hidden = has_content(child) && sounds_secret(part);
	if (*hidden || !is_container(child))
		return 0;
	return hide_below(child, NULL, err);
}

/* Hide what is secret in @child, which is @name in the container at @path, or
 * in one that the table does not know (NULL: nor does it any below).
 * *@hidden: it is to be hidden as a whole, by the caller. */
static int
hide_child(json_t *child, const char *path, const char *name, bool *hidden,
	   struct balimg_error *err)
{
	AUTO_BUFFER struct buffer below = BUFFER_INIT;
	const struct schema_key *key;

	if (!path)
		return hide_unknown(child, name, hidden, err);
	buffer_puts(&below, path);
	json_path_add(&below, name);
	if (below.failed)
		return error_nomem(err);

	key = schema_find(below.data ? below.data : "");
	if (!key)
		return hide_unknown(child, name, hidden, err);
	*hidden = has_content(child) && schema_is_secret(below.data) &&
		  (key->secret || !is_container(child));
	if (*hidden || !is_container(child))
		return 0;
	return hide_below(child, below.data, err);
}

static int
hide_in_object(json_t *object, const char *path, struct balimg_error *err)
{
	const char *name;
	json_t *child;
	bool hidden;

	json_object_foreach(object, name, child) {
		if (hide_child(child, path, name, &hidden, err) < 0)
			return -1;
		if (hidden &&
		    json_object_set_new(object, name, json_string(HIDDEN)) < 0)
			return error_nomem(err);
	}
	return 0;
}

static int
hide_in_array(json_t *array, const char *path, struct balimg_error *err)
{
	char name[sizeof("18446744073709551615")];
	size_t i;
	json_t *child;
	bool hidden;

	json_array_foreach(array, i, child) {
		snprintf(name, sizeof(name), "%zu", i);
		if (hide_child(child, path, name, &hidden, err) < 0)
			return -1;
		if (hidden &&
		    json_array_set_new(array, i, json_string(HIDDEN)) < 0)
			return error_nomem(err);
	}
	return 0;
}

/* As deep as the parser lets a text be. */
static int
hide_below(json_t *value, const char *path, struct balimg_error *err)
{
	if (json_is_object(value))
		return hide_in_object(value, path, err);
	return hide_in_array(value, path, err);
}

json_t *
schema_redact(const json_t *root, struct balimg_error *err)
{
	json_auto_t *copy = json_deep_copy(root);

	/* Out of memory, jansson may leave members out and say nothing. */
	if (!copy || !json_equal(copy, root)) {
		error_nomem(err);
		return NULL;
	}
	if (is_container(copy) && hide_below(copy, "", err) < 0)
		return NULL;
	return json_incref(copy);
}
