/* json-rewrite.h - copy a container, member by member, with changes
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * For the document room alone.  Walk the old members and say for each what
 * is to become of it; then append new ones; then end.  What is kept comes
 * out byte for byte with the white space before it, and commas come out
 * right.
 */
#ifndef BALIMG_DOCUMENT_JSON_REWRITE_H
#define BALIMG_DOCUMENT_JSON_REWRITE_H

#include "document/json-layout.h"

struct json_rewrite {
	struct buffer *out;
	struct slice text;
	struct json_style style; /* of the members */
	size_t open;
	size_t end;   /* behind the last old member seen */
	size_t first; /* the first old member's key; 0: none seen */
	size_t count; /* members written */
};

/* Begin with the bracket at @open of @text; @style is the parent's. */
struct json_rewrite
json_rewrite_begin(struct buffer *out, struct slice text, size_t open,
		   const struct json_style *style);

void json_rewrite_keep(struct json_rewrite *rewrite,
		       const struct json_member *member);
void json_rewrite_drop(struct json_rewrite *rewrite,
		       const struct json_member *member);

/* Keep the key, and put @value in the old one's place; a list that was
 * written in one line stays so. */
void
json_rewrite_value(struct json_rewrite *rewrite,
		   const struct json_member *member, struct slice value);

/* Keep the key only: the caller writes a value. */
void json_rewrite_key(struct json_rewrite *rewrite,
		      const struct json_member *member);

/* After all old members: what goes before a new one's value.  @key is a JSON
 * string, empty in arrays. */
void json_rewrite_append(struct json_rewrite *rewrite, struct slice key);

/* End with all up to and including the closing bracket. */
void json_rewrite_end(struct json_rewrite *rewrite);

#endif /* BALIMG_DOCUMENT_JSON_REWRITE_H */
