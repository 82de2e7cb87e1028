/* json-layout.c - JSON text in the style of its surroundings
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "base/cleanup.h"
#include "document/json-layout.h"
#include "document/json.h"

/* Nobody indents further; who does is not to blow up what we write. */
#define UNIT_LIMIT   16
#define INDENT_LIMIT 256

#define SLICE(literal)                       \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

const struct json_style json_style_compact = {
	.newline = SLICE("\n"),
	.unit = SLICE("  "),
	.comma = SLICE(","),
	.colon = SLICE(":"),
};

static const struct json_style pretty = {
	.lines = true,
	.newline = SLICE("\n"),
	.indent = SLICE(""),
	.unit = SLICE("  "),
	.comma = SLICE(", "),
	.colon = SLICE(": "),
};

/* ---- reading a style ----------------------------------------------- */

struct json_style
json_style_default(struct slice text)
{
	const char *newline = memchr(text.at, '\n', text.len);
	struct json_style style = pretty;

	if (newline && newline > text.at && newline[-1] == '\r')
		style.newline = (struct slice)SLICE("\r\n");
	return style;
}

static bool
has_newline(struct slice slice)
{
	return memchr(slice.at, '\n', slice.len) != NULL;
}

/* The blanks that end @gap, after its last line's end. */
static struct slice
last_indent(struct slice gap)
{
	size_t at = gap.len;

	while (at && (gap.at[at - 1] == ' ' || gap.at[at - 1] == '\t'))
		at--;
	return json_cut(gap, at, gap.len);
}

/* The members stand on lines, @indent further in: what is one level? */
static void
enter_lines(struct json_style *style, struct slice indent)
{
	struct slice outer = style->indent;

	if (indent.len > INDENT_LIMIT)
		return;
	if (indent.len > outer.len && indent.len - outer.len <= UNIT_LIMIT &&
	    !memcmp(indent.at, outer.at, outer.len))
		style->unit = json_cut(indent, outer.len, indent.len);
	style->lines = true;
	style->indent = indent;
	style->level = 0;
}

/* The members stand in one line; @gap is before the last of @count. */
static void
enter_line(struct json_style *style, struct slice gap, size_t count,
	   struct slice pad)
{
	bool airy = pad.len || (style->colon.len > 1 &&
				style->colon.at[style->colon.len - 1] == ' ');

	style->lines = false;
	style->pad = pad;
	if (count > 1)
		style->comma = gap;
	else
		style->comma = airy ? (struct slice)SLICE(", ") :
				      (struct slice)SLICE(",");
}

void
json_style_enter(struct json_style *style, struct slice text, size_t open)
{
	struct json_walk walk = json_walk_members(text, open);
	struct slice pad = json_cut(text, open + 1, walk.at);
	struct slice gap = pad;
	struct slice colon;
	struct json_member member;
	size_t end = open + 1;

	while (json_walk_next(&walk, &member)) {
		gap = json_cut(text, end, member.key);
		end = member.value_end;
	}
	if (!walk.count) {
		style->level++;
		return;
	}

	colon = json_cut(text, member.key_end, member.value);
	if (colon.len && !has_newline(colon))
		style->colon = colon;
	if (has_newline(gap))
		enter_lines(style, last_indent(gap));
	else
		enter_line(style, gap, walk.count,
			   has_newline(pad) ? (struct slice)SLICE("") : pad);
}

/* ---- writing in it ------------------------------------------------- */

static void
add(struct buffer *out, struct slice slice)
{
	buffer_add(out, slice.at, slice.len);
}

void
json_layout_break(struct buffer *out, const struct json_style *style,
		  size_t level)
{
	if (!style->lines) {
		add(out, style->pad);
		return;
	}
	add(out, style->newline);
	add(out, style->indent);
	for (; level; level--)
		add(out, style->unit);
}

static void
add_comma(struct buffer *out, const struct json_style *style, size_t level)
{
	if (style->lines) {
		buffer_puts(out, ",");
		json_layout_break(out, style, level);
	} else {
		add(out, style->comma);
	}
}

void
json_layout_next(struct buffer *out, const struct json_style *style)
{
	add_comma(out, style, style->level);
}

void
json_layout_value(struct buffer *out, struct slice value,
		  const struct json_style *style)
{
	size_t level = style->level;
	size_t at = 0;
	size_t end;

	while ((at = json_skip_blanks(value, at)) < value.len) {
		char c = value.at[at];

		end = c == '"' ? json_skip_string(value, at) :
				 json_skip_word(value, at);
		if (end > at) {
			add(out, json_cut(value, at, end));
			at = end;
			continue;
		}
		at = json_skip_blanks(value, at + 1);
		if (c == ',') {
			add_comma(out, style, level);
		} else if (c == ':') {
			add(out, style->colon);
		} else if (c == '{' || c == '[') {
			buffer_add(out, &c, 1);
			if (at < value.len &&
			    (value.at[at] == '}' || value.at[at] == ']'))
				buffer_add(out, &value.at[at++], 1);
			else
				json_layout_break(out, style, ++level);
		} else {
			json_layout_break(out, style, --level);
			buffer_add(out, &c, 1);
		}
	}
}

/* ---- values -------------------------------------------------------- */

/* Does @text mean @value to the last bit? */
static bool
is_exact(const char *text, const json_t *value)
{
	json_auto_t *again = json_loads(text, JSON_DECODE_ANY, NULL);

	return again && json_equal(again, value);
}

/* No more digits than needed: 0.1, not 0.10000000000000001.  Out of memory,
 * jansson may leave keys out and say nothing; so even the longest form, which
 * is exact, is compared. */
char *
json_value_compact(const json_t *value, struct balimg_error *err)
{
	size_t flags = JSON_COMPACT | JSON_ENCODE_ANY;
	size_t digits;

	for (digits = 15; digits <= 17; digits++) {
		char *text = json_dumps(value,
					flags | JSON_REAL_PRECISION(digits));

		if (text && is_exact(text, value))
			return text;
		free(text);
	}
	error_nomem(err);
	return NULL;
}

char *
json_value_print(const json_t *value, bool indent, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer out = BUFFER_INIT;
	AUTO_FREE char *text = json_value_compact(value, err);

	if (!text || !indent)
		return STEAL(text);
	json_layout_value(&out, (struct slice){ text, strlen(text) }, &pretty);
	return buffer_take(&out, NULL, err);
}
