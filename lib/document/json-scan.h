/* json-scan.h - where things stand in JSON text
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * For the document room alone.  The scanner finds byte ranges in a text that
 * jansson has accepted; it must not be used on any other.  Nesting costs it
 * no stack.
 */
#ifndef BALIMG_DOCUMENT_JSON_SCAN_H
#define BALIMG_DOCUMENT_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/slice.h"
#include "document/json-path.h"

/* A member of an object or an element of an array, as offsets. */
struct json_member {
	size_t key;	/* the key's first quote; an element: as value */
	size_t key_end; /* behind its last; an element: as value */
	size_t value;
	size_t value_end;
};

/* A walk over the members of one container. */
struct json_walk {
	struct slice text;
	size_t open;  /* its '{' or '[' */
	size_t at;    /* after the last: the closing bracket */
	size_t count; /* members seen */
};

/* The next byte from @at on that is no white space, or text.len. */
size_t json_skip_blanks(struct slice text, size_t at);

/* Behind the string that begins at @at; the number, true, false or null; any
 * value.  The first two may be used on any text. */
size_t json_skip_string(struct slice text, size_t at);
size_t json_skip_word(struct slice text, size_t at);
size_t json_skip_value(struct slice text, size_t at);

/* Does an object or an array begin at @at? */
bool json_is_open(struct slice text, size_t at);

/* Walk the container at @open; false after the last member. */
struct json_walk json_walk_members(struct slice text, size_t open);
bool json_walk_next(struct json_walk *walk, struct json_member *member);

/* The part of @text from @at to before @end. */
struct slice json_cut(struct slice text, size_t at, size_t end);

/* Where the text's value begins: behind a byte order mark and blanks. */
size_t json_skip_bom(struct slice text);
size_t json_root(struct slice text);

/* The key of @member with its escapes undone, to be freed; NULL if memory ran
 * out. */
char *json_member_key(struct slice text, const struct json_member *member,
		      struct balimg_error *err) MUST_USE;

/* Does @part name @member, the one at @index (from 0) of the container at
 * @open?  Returns 1 yes, 0 no, -1 out of memory. */
int json_member_is(struct slice text, size_t open, size_t index,
		   const struct json_member *member, struct json_part part,
		   struct balimg_error *err) MUST_USE;

/* Find @part among the members of the container at @open, the last of
 * duplicates: *@index is its number among them all.  Returns 1 found, 0 not,
 * -1 out of memory. */
int json_find_member(struct slice text, size_t open, struct json_part part,
		     struct json_member *found, size_t *index,
		     struct balimg_error *err) MUST_USE;

#endif /* BALIMG_DOCUMENT_JSON_SCAN_H */
