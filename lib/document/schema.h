/* schema.h - every key of config.json that something on the device reads
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * One table drives `config set` coercion, `config check`, completion, the
 * manual and templates/config.schema.json.  Each row's facts come from the
 * meta-balena and supervisor sources named in schema-keys.c.
 */
#ifndef BALIMG_DOCUMENT_SCHEMA_H
#define BALIMG_DOCUMENT_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"

enum schema_type {
	SCHEMA_STRING,
	SCHEMA_BOOLEAN,
	SCHEMA_NUMBER,
	SCHEMA_NUMBER_OR_STRING,
	SCHEMA_OBJECT,
	SCHEMA_STRING_ARRAY,
};

enum schema_flags {
	/* Read by balena-config-vars: of a wrong type, the device reads none
	 * of its settings. */
	SCHEMA_FATAL = 1 << 0,
	SCHEMA_STRICT = 1 << 1,	 /* a wrong type breaks what it is for */
	SCHEMA_NO_NULL = 1 << 2, /* null is not the same as absent */
	SCHEMA_AS_TEXT = 1 << 3, /* number or string: written as a string */
};

struct schema_key {
	const char *path; /* dotted; a part "*" stands for any key */
	enum schema_type type;
	unsigned flags;	     /* enum schema_flags */
	const char *since;   /* first OS version that reads it, or NULL */
	const char *removed; /* first OS version that no longer does, or NULL */
	const char *reader;  /* "OS", "supervisor", "flasher", "none" */
	bool secret;
	const char *doc; /* one line for people */
	/* Judge a value of the right type more closely, or NULL.  Sets @err
	 * (BALIMG_E_REFUSED if it would break the device) and returns -1. */
	int (*check)(const json_t *value, struct balimg_error *err);
	/* For "*": judge the key that stands in its place, or NULL. */
	int (*check_name)(const char *name, struct balimg_error *err);
};

/* The table, ended by a row whose path is NULL. */
extern const struct schema_key schema_keys[];

/* The row for a dotted path, "*" rows included, or NULL if it is unknown. */
const struct schema_key *schema_find(const char *path);

/* Is the value at @path, or anything below it, a secret?  An unknown key is if
 * its name says so. */
bool schema_is_secret(const char *path);

/* A copy of @root with every secret replaced by "<hidden>"; so are unknown
 * keys whose name speaks of one ("password").  @root is as deep as
 * json_text_parse() allows. */
json_t *schema_redact(const json_t *root, struct balimg_error *err) MUST_USE;

/* "string", "boolean", ... */
const char *schema_type_name(enum schema_type type);

/* Turn what a person typed into the key's type: "true" for a boolean key
 * becomes true.  Unknown keys: true, false, null and numbers are taken as
 * JSON, all else as a string.  A new reference, or NULL with the reason
 * (BALIMG_E_REFUSED: it would break the device). */
json_t *schema_coerce(const char *path, const char *text,
		      struct balimg_error *err) MUST_USE;

/* The same for its type only, whatever it does to the device. */
json_t *schema_coerce_type(const char *path, const char *text,
			   struct balimg_error *err) MUST_USE;

/* The table as a JSON Schema of config.json, for editors: the text of
 * templates/config.schema.json.  To be freed. */
char *schema_print(struct balimg_error *err) MUST_USE;

enum schema_severity {
	SCHEMA_NOTE,
	SCHEMA_WARNING,
	SCHEMA_ERROR,
};

/* One thing to say about a config.json. */
struct schema_finding {
	enum schema_severity severity;
	char *path;
	char *text;
};

struct schema_findings {
	size_t count;
	struct schema_finding *findings;
};

/* Judge @value as what config.json would hold at @path ("" for the whole):
 * types of every known key below, the objects that must be objects (`os`,
 * `os.network`, ...: one wrong type stops all configuration on the device),
 * keys not read by @version (a dotted OS version or NULL if unknown), unknown
 * keys (notes, or warnings with the key that may be meant).  SCHEMA_ERROR is
 * what would break the device.  @findings is added to; on -1 (out of memory)
 * it still is to be cleared. */
int schema_check(const char *path, const json_t *value, const char *version,
		 struct schema_findings *findings, struct balimg_error *err)
	MUST_USE;
void schema_findings_clear(struct schema_findings *findings);

#endif /* BALIMG_DOCUMENT_SCHEMA_H */
