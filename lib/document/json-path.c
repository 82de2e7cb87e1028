/* json-path.c - dotted paths, part by part, without allocating
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "document/json-path.h"
#include "document/json.h"

/* ---- parts --------------------------------------------------------- */

static struct json_part
cut_part(const char *path)
{
	struct json_part part = { path, 0, NULL };

	while (path[part.len] && path[part.len] != '.') {
		if (path[part.len] == '\\' && path[part.len + 1])
			part.len++;
		part.len++;
	}
	if (path[part.len] == '.')
		part.rest = path + part.len + 1;
	return part;
}

struct json_part
json_part_first(const char *path)
{
	if (!*path)
		return (struct json_part){ NULL, 0, NULL };
	return cut_part(path);
}

struct json_part
json_part_next(struct json_part part)
{
	if (!part.rest)
		return (struct json_part){ NULL, 0, NULL };
	return cut_part(part.rest);
}

bool
json_part_is(struct json_part part, const char *key, size_t key_len)
{
	size_t used = 0;
	size_t i;

	for (i = 0; i < part.len; i++) {
		if (part.at[i] == '\\' && i + 1 < part.len)
			i++;
		if (used == key_len || part.at[i] != key[used])
			return false;
		used++;
	}
	return used == key_len;
}

bool
json_part_index(struct json_part part, size_t *index)
{
	size_t value = 0;
	size_t i;

	if (part.len == 0 || part.len > 9 ||
	    (part.at[0] == '0' && part.len > 1))
		return false;
	for (i = 0; i < part.len; i++) {
		if (part.at[i] < '0' || part.at[i] > '9')
			return false;
		value = 10 * value + (size_t)(part.at[i] - '0');
	}
	*index = value;
	return true;
}

void
json_part_key(struct json_part part, struct buffer *key)
{
	size_t i;

	for (i = 0; i < part.len; i++) {
		if (part.at[i] == '\\' && i + 1 < part.len)
			i++;
		buffer_add(key, &part.at[i], 1);
	}
}

/* ---- paths --------------------------------------------------------- */

static int
check_part(struct json_part part, const char *path, struct balimg_error *err)
{
	size_t i;

	if (part.len == 0)
		return error_set(err, BALIMG_E_INVALID,
				 "the key \"%s\" has an empty part", path);
	for (i = 0; i < part.len; i++) {
		if (part.at[i] != '\\')
			continue;
		i++;
		if (i == part.len ||
		    (part.at[i] != '.' && part.at[i] != '\\')) {
			error_set(err, BALIMG_E_INVALID,
				  "the key \"%s\" has a backslash before "
				  "neither a dot nor a backslash",
				  path);
			return error_hint(err, "write \\\\ for a backslash");
		}
	}
	return 0;
}

int
json_path_check(const char *path, struct balimg_error *err)
{
	struct json_part part = cut_part(path);

	if (!utf8_is_valid(path, strlen(path)))
		return error_set(err, BALIMG_E_INVALID,
				 "the key is not UTF-8");
	for (; part.at; part = json_part_next(part)) {
		if (check_part(part, path, err) < 0)
			return -1;
	}
	return 0;
}

void
json_path_add(struct buffer *path, const char *part)
{
	if (path->len)
		buffer_puts(path, ".");
	for (; *part; part++) {
		if (*part == '.' || *part == '\\')
			buffer_puts(path, "\\");
		buffer_add(path, part, 1);
	}
}

/* A loop over the keys, since json_object_get() wants a copy of the part,
 * and a copy can fail. */
static json_t *
get_member(json_t *object, struct json_part part)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value) {
		if (json_part_is(part, key, strlen(key)))
			return value;
	}
	return NULL;
}

static json_t *
get_child(json_t *parent, struct json_part part)
{
	size_t index;

	if (json_is_object(parent))
		return get_member(parent, part);
	if (json_is_array(parent) && json_part_index(part, &index))
		return json_array_get(parent, index);
	return NULL;
}

json_t *
json_path_get(const json_t *root, const char *path)
{
	struct json_part part = json_part_first(path);
	json_t *at = (json_t *)(uintptr_t)root; /* only lent on */

	for (; part.at && at; part = json_part_next(part))
		at = get_child(at, part);
	return at;
}
