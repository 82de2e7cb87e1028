/* json.h - JSON text that stays the user's, changed only where asked
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * An edit replaces the byte range of one key (and its comma); everything else
 * - numbers as written, escapes, order, indentation, the final newline - is
 * kept byte for byte.  jansson judges values and results; its printer is used
 * for new values only.
 *
 * A path is dotted: "os.network.wifi"; "\." is a dot within a key, "\\" a
 * backslash.  A part that is a number picks an element where an array stands
 * already, else it is an object's key ("os.udevRules.101"); the number after
 * the last element's appends one.
 *
 * Numbers that no double holds (long integers, 1e999) do not make a text
 * unreadable: in the tree they are the nearest real, in the text they stay as
 * written.  The calls that take a value as text keep its numbers, too.
 */
#ifndef BALIMG_DOCUMENT_JSON_H
#define BALIMG_DOCUMENT_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"

/* Quirks of a text that parsed, for notes. */
struct json_quirks {
	bool bom;	     /* begins with a UTF-8 byte order mark */
	char *duplicate_key; /* dotted path of the first one found, or NULL:
				as on the device, the last one wins */
};

#define JSON_TEXT_LIMIT	 (1024 * 1024)
#define JSON_DEPTH_LIMIT 256 /* that of the device's jq */

/* Parse @text (@len bytes; a BOM is skipped, the last of duplicate keys
 * wins; any value, up to JSON_TEXT_LIMIT bytes and JSON_DEPTH_LIMIT levels) to
 * a new reference, or NULL with line and column in @err; no word of the text
 * itself, which may be a secret, gets into @err.  @quirks may be NULL, else
 * json_quirks_clear() it. */
json_t *json_text_parse(const char *text, size_t len,
			struct json_quirks *quirks, struct balimg_error *err)
	MUST_USE;
void json_quirks_clear(struct json_quirks *quirks);

/* json_loadb(), but with what is no fault of the text told from what is.
 * jansson takes want of memory within a token for a syntax error; one that is
 * gone at a second look was none.  Without memory from the start it says
 * nothing: @fault then has json_error_unknown. */
json_t *json_load_again(const char *text, size_t len, size_t flags,
			json_error_t *fault) MUST_USE;

/* Check that @path is well formed (no empty part). */
int json_path_check(const char *path, struct balimg_error *err) MUST_USE;

/* Append @part to a path, escaping dots and backslashes; a dot goes between
 * unless @path is empty. */
void json_path_add(struct buffer *path, const char *part);

/* The value at @path within @root ("": @root), borrowed, or NULL if there is
 * none. */
json_t *json_path_get(const json_t *root, const char *path);

/* Where in @text the value at @path stands: *@value_len bytes at *@at.
 * BALIMG_E_NOT_FOUND if it is not there. */
int json_text_find(const char *text, size_t len, const char *path, size_t *at,
		   size_t *value_len, struct balimg_error *err) MUST_USE;

/* In @text, which must hold an object, set @path to @value: replaced where it
 * stands, or appended to its object in the style (one line or indented) of
 * its siblings, missing parents (null counts as missing) created as objects.
 * A parent that is neither object nor array is BALIMG_E_INVALID, as is an
 * element beyond the array's end.  The same value (json_equal, and the same
 * digits where there are more than a double holds) changes nothing, not even
 * its spelling. */
int json_text_set(struct buffer *text, const char *path, const json_t *value,
		  struct balimg_error *err) MUST_USE;

/* The same with the value as JSON text, whose spelling is kept. */
int json_text_set_text(struct buffer *text, const char *path, const char *value,
		       size_t value_len, struct balimg_error *err) MUST_USE;

/* Remove @path, every duplicate of it included.  BALIMG_E_NOT_FOUND if it is
 * not there. */
int json_text_unset(struct buffer *text, const char *path,
		    struct balimg_error *err) MUST_USE;

/* Merge @patch, an object, key by key: objects are merged, anything else set,
 * null removes (RFC 7396). */
int json_text_merge(struct buffer *text, const json_t *patch,
		    struct balimg_error *err) MUST_USE;

/* The same with the patch as JSON text, whose spelling is kept. */
int json_text_merge_text(struct buffer *text, const char *patch,
			 size_t patch_len, struct balimg_error *err) MUST_USE;

/* @value as compact JSON text, or, @indent, indented by two blanks; to be
 * freed. */
char *json_value_print(const json_t *value, bool indent,
		       struct balimg_error *err) MUST_USE;

#endif /* BALIMG_DOCUMENT_JSON_H */
