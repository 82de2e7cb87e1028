/* schema-print.c - the table as a JSON Schema, for editors and validators
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * It says the types and what a person should know; the closer checks are
 * balimg's own.  null is the same as absent for the device, so it passes.
 */
#include <config.h>

#include <string.h>

#include "document/json-path.h"
#include "document/json.h"
#include "document/schema.h"

#define DIALECT "https://json-schema.org/draft/2020-12/schema"

/* The object that is member @name of @parent, made if need be; borrowed. */
static json_t *
get_object(json_t *parent, const char *name)
{
	json_t *child = json_object_get(parent, name);

	if (child || json_object_set_new(parent, name, json_object()) < 0)
		return child;
	return json_object_get(parent, name);
}

/* The schema of @path within that of the whole; borrowed. */
static json_t *
get_schema(json_t *root, const char *path)
{
	struct json_part part = json_part_first(path);
	json_t *at = root;

	for (; at && part.at; part = json_part_next(part)) {
		AUTO_BUFFER struct buffer name = BUFFER_INIT;
		const char *type = json_string_value(
			json_array_get(json_object_get(at, "type"), 0));

		json_part_key(part, &name);
		if (name.failed)
			return NULL;
		if (strcmp(name.data, "*") != 0)
			at = get_object(get_object(at, "properties"),
					name.data);
		else if (type && !strcmp(type, "array"))
			at = get_object(at, "items");
		else
			at = get_object(at, "additionalProperties");
	}
	return at;
}

static json_t *
make_types(const struct schema_key *key)
{
	const char *null = key->flags & SCHEMA_NO_NULL ? NULL : "null";

	switch (key->type) {
	case SCHEMA_STRING:
		return json_pack("[s,s*]", "string", null);
	case SCHEMA_BOOLEAN:
		return json_pack("[s,s*]", "boolean", null);
	case SCHEMA_NUMBER:
		return json_pack("[s,s*]", "number", null);
	case SCHEMA_NUMBER_OR_STRING:
		return json_pack("[s,s,s*]", "number", "string", null);
	case SCHEMA_OBJECT:
		return json_pack("[s,s*]", "object", null);
	case SCHEMA_STRING_ARRAY:
		return json_pack("[s,s*]", "array", null);
	}
	return NULL;
}

/* What the table says of @key, as a sentence. */
static json_t *
make_description(const struct schema_key *key)
{
	AUTO_BUFFER struct buffer text = BUFFER_INIT;

	buffer_puts(&text, key->doc);
	if (!strcmp(key->reader, "none"))
		buffer_puts(&text, " (nothing on the device reads it");
	else
		buffer_printf(&text, " (read by the %s", key->reader);
	if (key->since)
		buffer_printf(&text, " since %s", key->since);
	if (key->removed)
		buffer_printf(&text, " until %s", key->removed);
	buffer_puts(&text, ")");
	return text.failed ? NULL : json_stringn(text.data, text.len);
}

static int
add_key(json_t *root, const struct schema_key *key, struct balimg_error *err)
{
	json_t *schema = get_schema(root, key->path);

	if (json_object_set_new(schema, "type", make_types(key)) < 0 ||
	    json_object_set_new(schema, "description", make_description(key)) <
		    0)
		return error_nomem(err);
	if (key->secret &&
	    json_object_set_new(schema, "writeOnly", json_true()) < 0)
		return error_nomem(err);
	if ((key->removed || !strcmp(key->reader, "none")) &&
	    json_object_set_new(schema, "deprecated", json_true()) < 0)
		return error_nomem(err);
	return 0;
}

char *
schema_print(struct balimg_error *err)
{
	const struct schema_key *key;
	json_auto_t *root = NULL;

	root = json_pack("{s:s, s:s, s:s, s:[s]}", "$schema", DIALECT, "title",
			 "config.json of balenaOS", "description",
			 "Made from balimg's table of settings; balimg config "
			 "check judges more closely.",
			 "type", "object");
	if (!root) {
		error_nomem(err);
		return NULL;
	}
	for (key = schema_keys; key->path; key++) {
		if (add_key(root, key, err) < 0)
			return NULL;
	}
	return json_value_print(root, true, err);
}
