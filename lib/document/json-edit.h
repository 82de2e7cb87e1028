/* json-edit.h - what all edits of JSON text share
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * For the document room alone.
 */
#ifndef BALIMG_DOCUMENT_JSON_EDIT_H
#define BALIMG_DOCUMENT_JSON_EDIT_H

#include <jansson.h>

#include "base/buffer.h"
#include "document/json-scan.h"

/* Is @text JSON, and an object? */
int
json_edit_begin(const struct buffer *text, struct balimg_error *err) MUST_USE;

/* If @out is whole and still JSON, move it to @text. */
int json_edit_end(struct buffer *text, struct buffer *out,
		  struct balimg_error *err) MUST_USE;

/* Do the JSON texts mean the same, numbers beyond a double's precision
 * compared as spelt?  Returns 1, 0, or -1 with @err set. */
int json_is_same_value(struct slice a, struct slice b,
		       struct balimg_error *err) MUST_USE;

/* "an object", "a string", ... */
const char *json_type_words(json_type type);

#endif /* BALIMG_DOCUMENT_JSON_EDIT_H */
