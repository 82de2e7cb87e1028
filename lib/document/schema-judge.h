/* schema-judge.h - parts of the schema that its files share
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * For the document room alone.
 */
#ifndef BALIMG_DOCUMENT_SCHEMA_JUDGE_H
#define BALIMG_DOCUMENT_SCHEMA_JUDGE_H

#include "document/schema.h"

/* Is @value of @key's type? */
bool schema_has_type(const struct schema_key *key, const json_t *value);

/* Judge the name at the end of @path, and @value if it has the right type,
 * by @key's own checks. */
int schema_judge(const struct schema_key *key, const char *path,
		 const json_t *value, struct balimg_error *err) MUST_USE;

/* The known key that is meant by @name in the object at @parent ("" for the
 * whole), which is none; NULL if none is near. */
const struct schema_key *schema_suggest(const char *parent, const char *name);

/* *@order is <0, 0, >0 as OS @version is older than, as old as, newer than
 * @other.  False if that cannot be said. */
bool schema_compare_versions(const char *version, const char *other,
			     int *order);

/* What to say of a @value at @path that is sound, but not what it seems;
 * static, NULL if there is nothing.  @version may be NULL: unknown. */
const char *schema_find_quirk(const char *path, const json_t *value,
			      const char *version,
			      enum schema_severity *severity);

#endif /* BALIMG_DOCUMENT_SCHEMA_JUDGE_H */
