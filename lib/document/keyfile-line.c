/* keyfile-line.c - the lines that GKeyFile text is made of
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * As GLib reads them: blanks before a line, around a key and before a value
 * do not count; those at the end of a value do.  '#' begins a comment at the
 * head of a line only, '[' a group likewise.
 */
#include <config.h>

#include <string.h>

#include "document/keyfile-line.h"

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct slice
skip_blanks(struct slice slice)
{
	while (slice.len && is_blank(*slice.at)) {
		slice.at++;
		slice.len--;
	}
	return slice;
}

static void
read_group(struct slice text, struct keyfile_line *line)
{
	const char *end = memchr(text.at, ']', text.len);
	size_t rest;
	size_t i;

	line->problem = "the head of a group has no ']'";
	if (!end)
		return;
	rest = (size_t)(text.at + text.len - end) - 1;
	line->problem = "there is text after the head of a group";
	if (skip_blanks((struct slice){ end + 1, rest }).len)
		return;

	line->name.at = text.at + 1;
	line->name.len = (size_t)(end - text.at) - 1;
	line->problem = "the name of a group is empty";
	if (line->name.len == 0)
		return;
	line->problem = "the name of a group has a '[' or a control character";
	for (i = 0; i < line->name.len; i++) {
		unsigned char c = (unsigned char)line->name.at[i];

		if (c < ' ' || c == 0x7f || c == '[')
			return;
	}
	line->kind = KEYFILE_GROUP;
}

/* A key may end in a "[locale]", which no profile has a use for. */
static void
read_entry(struct slice text, struct keyfile_line *line)
{
	const char *equals = memchr(text.at, '=', text.len);
	struct slice value;

	line->problem = "this is no group, no NAME=VALUE, and no comment";
	if (!equals || equals == text.at)
		return;
	line->name.at = text.at;
	line->name.len = (size_t)(equals - text.at);
	while (is_blank(line->name.at[line->name.len - 1]))
		line->name.len--;
	line->problem = "the name before '=' has a '[' or a ']'";
	if (memchr(line->name.at, '[', line->name.len) ||
	    memchr(line->name.at, ']', line->name.len))
		return;

	value.at = equals + 1;
	value.len = (size_t)(text.at + text.len - value.at);
	line->value = skip_blanks(value);
	line->kind = KEYFILE_ENTRY;
}

void
keyfile_line_read(struct slice *text, struct keyfile_line *line)
{
	struct slice rest;

	*line = (struct keyfile_line){ .kind = KEYFILE_BAD };
	line->whole = slice_next_line(text);
	rest = skip_blanks(line->whole);
	if (rest.len == 0 || *rest.at == '#')
		line->kind = KEYFILE_BLANK;
	else if (*rest.at == '[')
		read_group(rest, line);
	else
		read_entry(rest, line);
}

bool
keyfile_group_is(const char *name, const char *group)
{
	static const char *const spellings[][2] = {
		{ "802-3-ethernet", "ethernet" },
		{ "802-11-wireless", "wifi" },
		{ "802-11-wireless-security", "wifi-security" },
	};
	size_t i;

	if (!strcmp(name, group))
		return true;
	for (i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		const char *const *pair = spellings[i];

		if ((!strcmp(name, pair[0]) && !strcmp(group, pair[1])) ||
		    (!strcmp(name, pair[1]) && !strcmp(group, pair[0])))
			return true;
	}
	return false;
}

void
keyfile_add_entry(struct buffer *text, const char *name, const char *value)
{
	size_t len = strlen(value);
	size_t i;

	buffer_printf(text, "%s=", name);
	for (i = 0; i < len; i++) {
		char c = value[i];

		if (c == ' ' && (i == 0 || i + 1 == len))
			buffer_puts(text, "\\s");
		else if (c == '\t')
			buffer_puts(text, "\\t");
		else if (c == '\n')
			buffer_puts(text, "\\n");
		else if (c == '\r')
			buffer_puts(text, "\\r");
		else if (c == '\\')
			buffer_puts(text, "\\\\");
		else
			buffer_add(text, &c, 1);
	}
	buffer_puts(text, "\n");
}
