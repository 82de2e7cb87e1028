/* schema-check.c - everything there is to say about a config.json
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The tree is walked as far as the table knows it.  What is said is ranked
 * by what comes of it on the device: SCHEMA_ERROR where a service fails or
 * is fooled, SCHEMA_WARNING where a setting does not do what it says.
 */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "document/json-edit.h"
#include "document/json-path.h"
#include "document/json.h"
#include "document/schema-judge.h"

#define ESR_YEAR 2000 /* "2019.10.0": which 2.x that is, we do not know */

/* Who has more keys of their own is not helped by a list of them. */
#define MAX_UNKNOWN 1000u

struct walk {
	const char *version; /* NULL: not known */
	bool development;    /* the mode is on, as far as we see */
	struct schema_findings *findings;
	size_t unknown; /* keys that nothing knows or resembles */
};

static int check_value(struct walk *walk, const char *path,
		       const json_t *value, struct balimg_error *err);

/* ---- findings ------------------------------------------------------ */

/* Room for one more; doubled whenever the count is a power of two. */
static struct schema_finding *
make_room(struct schema_findings *all)
{
	struct schema_finding *grown = all->findings;

	if ((all->count & (all->count - 1)) == 0) {
		size_t room = all->count ? 2 * all->count : 1;

		grown = realloc(grown, room * sizeof(*grown));
	}
	if (grown)
		all->findings = grown;
	return grown;
}

/* A format forces @err out of the last place. */
__attribute__((format(printf, 5, 6))) static int
add(struct walk *walk, enum schema_severity severity, const char *path,
    struct balimg_error *err, const char *fmt, ...)
{
	struct schema_findings *all = walk->findings;
	struct schema_finding *grown;
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);

	grown = make_room(all);
	if (!grown)
		return error_nomem(err);
	grown += all->count++;
	grown->severity = severity;
	grown->path = strdup(path);
	grown->text = strdup(text);
	return grown->path && grown->text ? 0 : error_nomem(err);
}

void
schema_findings_clear(struct schema_findings *findings)
{
	size_t i;

	for (i = 0; i < findings->count; i++) {
		free(findings->findings[i].path);
		free(findings->findings[i].text);
	}
	free(findings->findings);
	*findings = (struct schema_findings){ 0 };
}

/* ---- types --------------------------------------------------------- */

bool
schema_has_type(const struct schema_key *key, const json_t *value)
{
	switch (key->type) {
	case SCHEMA_STRING:
		return json_is_string(value);
	case SCHEMA_BOOLEAN:
		return json_is_boolean(value);
	case SCHEMA_NUMBER:
		return json_is_number(value);
	case SCHEMA_NUMBER_OR_STRING:
		return json_is_number(value) || json_is_string(value);
	case SCHEMA_OBJECT:
		return json_is_object(value);
	case SCHEMA_STRING_ARRAY:
		return json_is_array(value);
	}
	return false;
}

/* Is @value text that spells one of the right type? */
static bool
is_spelt_out(const struct schema_key *key, const json_t *value)
{
	const char *text = json_string_value(value);

	if (!text)
		return false;
	if (key->type == SCHEMA_BOOLEAN)
		return !strcmp(text, "true") || !strcmp(text, "false");
	return key->type == SCHEMA_NUMBER && *text &&
	       strspn(text, "0123456789") == strlen(text);
}

/* How bad is a @value of the wrong type? */
static enum schema_severity
rank_type(const struct schema_key *key, const json_t *value)
{
	bool container = json_is_object(value) || json_is_array(value);

	switch (key->type) {
	case SCHEMA_OBJECT:
		return key->flags & (SCHEMA_FATAL | SCHEMA_STRICT) ?
			       SCHEMA_ERROR :
			       SCHEMA_WARNING;
	case SCHEMA_STRING_ARRAY: /* an object's members pass for elements */
		return json_is_object(value) ? SCHEMA_WARNING : SCHEMA_ERROR;
	default:
		if (container || key->flags & SCHEMA_STRICT)
			return SCHEMA_ERROR;
		return is_spelt_out(key, value) ? SCHEMA_NOTE : SCHEMA_WARNING;
	}
}

static int
add_wrong_type(struct walk *walk, const struct schema_key *key,
	       const char *path, const json_t *value, struct balimg_error *err)
{
	enum schema_severity severity = rank_type(key, value);
	const char *effect = "";

	if (severity == SCHEMA_ERROR && key->flags & SCHEMA_FATAL)
		effect = "; over this one the device reads none of its "
			 "settings";
	else if (severity == SCHEMA_NOTE)
		effect = "; the device takes it, other programs may not";
	return add(walk, severity, path, err, "is %s, not %s%s%s",
		   json_type_words(json_typeof(value)),
		   key->type == SCHEMA_OBJECT	    ? "an " :
		   key->type == SCHEMA_STRING_ARRAY ? "an " :
						      "a ",
		   schema_type_name(key->type), effect);
}

/* ---- versions ------------------------------------------------------ */

/* Read "2.0-beta.1" to @fields; true if it is a pre-release. */
static bool
read_version(const char *text, unsigned long fields[3])
{
	char *end = NULL;
	size_t i;

	memset(fields, 0, 3 * sizeof(*fields));
	for (i = 0; i < 3; i++) {
		fields[i] = strtoul(text, &end, 10);
		if (end == text || *end != '.')
			break;
		text = end + 1;
	}
	return end && *end == '-';
}

bool
schema_compare_versions(const char *version, const char *other, int *order)
{
	unsigned long a[3];
	unsigned long b[3];
	bool a_early = read_version(version, a);
	bool b_early = read_version(other, b);
	size_t i;

	*order = b_early - a_early;
	for (i = 3; i-- > 0;) {
		if (a[i] != b[i])
			*order = a[i] < b[i] ? -1 : 1;
	}
	return a[0] && a[0] < ESR_YEAR;
}

static int
check_reader(struct walk *walk, const struct schema_key *key, const char *path,
	     struct balimg_error *err)
{
	int order;

	if (!strcmp(key->reader, "none"))
		return add(walk, SCHEMA_NOTE, path, err,
			   "is read by nothing on the device: %s", key->doc);
	if (!walk->version)
		return 0;
	if (key->since &&
	    schema_compare_versions(walk->version, key->since, &order) &&
	    order < 0)
		return add(walk, SCHEMA_WARNING, path, err,
			   "is not read by OS %s, only since %s",
			   walk->version, key->since);
	if (key->removed &&
	    schema_compare_versions(walk->version, key->removed, &order) &&
	    order >= 0)
		return add(walk, SCHEMA_NOTE, path, err,
			   "is no longer read by OS %s, only before %s",
			   walk->version, key->removed);
	return 0;
}

/* ---- values -------------------------------------------------------- */

/* The key at the end of @path, its escapes undone, and what is before it. */
static int
split_path(const char *path, char **parent, char **name,
	   struct balimg_error *err)
{
	AUTO_BUFFER struct buffer key = BUFFER_INIT;
	struct json_part part = json_part_first(path);

	while (part.rest)
		part = json_part_next(part);
	json_part_key(part, &key);
	*name = buffer_take(&key, NULL, err);
	if (!*name)
		return -1;
	*parent = strndup(path,
			  part.at > path ? (size_t)(part.at - path) - 1 : 0);
	return *parent ? 0 : error_nomem(err);
}

int
schema_judge(const struct schema_key *key, const char *path,
	     const json_t *value, struct balimg_error *err)
{
	AUTO_FREE char *parent = NULL;
	AUTO_FREE char *name = NULL;

	if (key->check_name) {
		if (split_path(path, &parent, &name, err) < 0 ||
		    key->check_name(name, err) < 0)
			return -1;
	}
	if (key->check && schema_has_type(key, value))
		return key->check(value, err);
	return 0;
}

/* What the table's own check has against the value. */
static int
check_closely(struct walk *walk, const struct schema_key *key,
	      const char *path, const json_t *value, struct balimg_error *err)
{
	struct balimg_error fault = { 0 };

	if (schema_judge(key, path, value, &fault) == 0)
		return 0;
	if (fault.code == BALIMG_E_NO_MEMORY)
		return error_nomem(err);
	return add(walk,
		   fault.code == BALIMG_E_REFUSED ? SCHEMA_ERROR :
						    SCHEMA_WARNING,
		   path, err, "%s%s%s", fault.message,
		   fault.hint[0] ? "; " : "", fault.hint);
}

static int
check_quirk(struct walk *walk, const char *path, const json_t *value,
	    struct balimg_error *err)
{
	enum schema_severity severity;
	const char *quirk = schema_find_quirk(path, value, walk->version,
					      &severity);

	return quirk ? add(walk, severity, path, err, "%s", quirk) : 0;
}

static int
check_unknown(struct walk *walk, const char *path, struct balimg_error *err)
{
	AUTO_FREE char *parent = NULL;
	AUTO_FREE char *name = NULL;
	const struct schema_key *meant;

	if (split_path(path, &parent, &name, err) < 0)
		return -1;
	meant = schema_suggest(parent, name);
	if (meant)
		return add(
			walk, SCHEMA_WARNING, path, err,
			"is read by nothing on the device; did you mean %s?",
			meant->path);
	if (++walk->unknown > MAX_UNKNOWN)
		return 0;
	return add(walk, SCHEMA_NOTE, path, err,
		   "is not known to be read by anything on the device");
}

/* Keys of which none is one: jq prints "[]" or "[null]", which is not empty,
 * and the development mode's SSH server asks for keys. */
static int
check_lockout(struct walk *walk, const char *path, const json_t *keys,
	      struct balimg_error *err)
{
	size_t i;

	for (i = 0; i < json_array_size(keys); i++) {
		const json_t *line = json_array_get(keys, i);

		if (!json_is_null(line) &&
		    (!json_is_string(line) || json_string_length(line)))
			return 0;
	}
	return add(walk, walk->development ? SCHEMA_WARNING : SCHEMA_NOTE,
		   path, err,
		   "holds no key, but with it there, development mode lets "
		   "nobody in without one; better unset it");
}

/* ---- the walk ------------------------------------------------------ */

static int
check_child(struct walk *walk, const char *path, const char *name,
	    const json_t *child, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer below = BUFFER_INIT;

	buffer_puts(&below, path);
	json_path_add(&below, name);
	if (below.failed)
		return error_nomem(err);
	return check_value(walk, below.data, child, err);
}

static int
check_members(struct walk *walk, const char *path, json_t *object,
	      struct balimg_error *err)
{
	const char *name;
	json_t *child;

	json_object_foreach(object, name, child) {
		if (check_child(walk, path, name, child, err) < 0)
			return -1;
	}
	return 0;
}

static int
check_elements(struct walk *walk, const char *path, const json_t *array,
	       struct balimg_error *err)
{
	char name[sizeof("18446744073709551615")];
	size_t i;

	for (i = 0; i < json_array_size(array); i++) {
		snprintf(name, sizeof(name), "%zu", i);
		if (check_child(walk, path, name, json_array_get(array, i),
				err) < 0)
			return -1;
	}
	return check_lockout(walk, path, array, err);
}

/* As deep as the table. */
static int
check_value(struct walk *walk, const char *path, const json_t *value,
	    struct balimg_error *err)
{
	const struct schema_key *key = schema_find(path);

	if (!key)
		return check_unknown(walk, path, err);
	if (check_reader(walk, key, path, err) < 0 ||
	    check_closely(walk, key, path, value, err) < 0)
		return -1;
	if (check_quirk(walk, path, value, err) < 0)
		return -1;
	if (json_is_null(value) && !(key->flags & SCHEMA_NO_NULL))
		return 0;
	if (!schema_has_type(key, value))
		return add_wrong_type(walk, key, path, value, err);
	if (key->type == SCHEMA_OBJECT)
		return check_members(walk, path, (json_t *)(uintptr_t)value,
				     err);
	if (key->type == SCHEMA_STRING_ARRAY)
		return check_elements(walk, path, value, err);
	return 0;
}

static bool
is_on(const json_t *value)
{
	const char *text = json_string_value(value);

	return json_is_true(value) || (text && !strcmp(text, "true"));
}

int
schema_check(const char *path, const json_t *value, const char *version,
	     struct schema_findings *findings, struct balimg_error *err)
{
	struct walk walk = { .version = version, .findings = findings };

	if (*path)
		return check_value(&walk, path, value, err);
	if (!json_is_object(value))
		return add(
			&walk, SCHEMA_ERROR, path, err,
			"is %s, not an object; the device reads no settings",
			json_type_words(json_typeof(value)));
	walk.development = is_on(json_object_get(value, "developmentMode"));
	if (check_members(&walk, path, (json_t *)(uintptr_t)value, err) < 0)
		return -1;
	if (walk.unknown <= MAX_UNKNOWN)
		return 0;
	return add(&walk, SCHEMA_NOTE, path, err,
		   "%zu more keys are not known to be read by anything",
		   walk.unknown - MAX_UNKNOWN);
}
