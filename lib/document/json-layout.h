/* json-layout.h - JSON text in the style of its surroundings
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * For the document room alone.  A style is read off a container's last
 * members on the way down to it, and lends its pieces from that text.
 */
#ifndef BALIMG_DOCUMENT_JSON_LAYOUT_H
#define BALIMG_DOCUMENT_JSON_LAYOUT_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "document/json-scan.h"

struct json_style {
	bool lines;		   /* each member on a line of its own, */
	struct slice newline; /* which ends so, */
	struct slice indent;  /* begins so, */
	struct slice unit;	   /* and so, a level further in, */
	size_t level;		   /* this many times; */
	struct slice pad;	   /* or all in one line: within brackets, */
	struct slice comma;   /* between members */
	struct slice colon;   /* and, in any case, in them */
};

/* The style of a text in which nothing tells one: indented by two blanks, as
 * the OS has it; line ends are those of @text. */
struct json_style json_style_default(struct slice text);

/* {"a":1,"b":[]} */
extern const struct json_style json_style_compact;

/* Refine @style by the container at @open, whose parent it was. */
void
json_style_enter(struct json_style *style, struct slice text, size_t open);

/* Append what separates members from brackets: the line's end and @level
 * further indentations, or the padding. */
void json_layout_break(struct buffer *out, const struct json_style *style,
		       size_t level);

/* Append the comma and what comes before a further member. */
void json_layout_next(struct buffer *out, const struct json_style *style);

/* Append the value @value as that of a member of the container of @style;
 * words are kept as spelt, all white space is made anew. */
void json_layout_value(struct buffer *out, struct slice value,
		       const struct json_style *style);

/* @value as the most compact text, to be freed. */
char *json_value_compact(const json_t *value, struct balimg_error *err)
	MUST_USE;

#endif /* BALIMG_DOCUMENT_JSON_LAYOUT_H */
