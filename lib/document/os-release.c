/* os-release.c - NAME=value lines of /etc/os-release
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The file is meant for a shell to source: a value is a word of unquoted,
 * single-quoted and double-quoted pieces.
 */
#include <config.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "document/os-release.h"

/* Does a backslash before @c, within double quotes, go away? */
static bool
is_escapable(char c)
{
	return c == '"' || c == '\\' || c == '$' || c == '`';
}

/* Append the piece quoted by @quote that begins after @at; returns where it
 * ends (a missing end quote is the line's end). */
static const char *
unquote_piece(const char *at, const char *end, char quote, char **to)
{
	for (at++; at < end && *at != quote; at++) {
		if (quote == '"' && *at == '\\' && at + 1 < end &&
		    is_escapable(at[1]))
			at++;
		*(*to)++ = *at;
	}
	return at < end ? at + 1 : end;
}

/* The word at [@at, @end) as a shell would take it, to be freed. */
static char *
unquote(const char *at, const char *end, struct balimg_error *err)
{
	char *value = malloc((size_t)(end - at) + 1);
	char *to = value;

	if (!value) {
		error_nomem(err);
		return NULL;
	}
	while (at < end && !strchr(" \t\r", *at)) {
		if (*at == '"' || *at == '\'') {
			at = unquote_piece(at, end, *at, &to);
			continue;
		}
		if (*at == '\\' && at + 1 < end)
			at++;
		*to++ = *at++;
	}
	*to = '\0';
	return value;
}

char *
os_release_get(const char *text, size_t len, const char *name,
	       struct balimg_error *err)
{
	const char *end = text + len;
	const char *value = NULL, *value_end = NULL;
	const char *line, *line_end;
	size_t name_len = strlen(name);

	for (line = text; line < end; line = line_end + 1) {
		line_end = memchr(line, '\n', (size_t)(end - line));
		if (!line_end)
			line_end = end;
		while (line < line_end && (*line == ' ' || *line == '\t'))
			line++;
		if ((size_t)(line_end - line) <= name_len ||
		    line[name_len] != '=' || memcmp(line, name, name_len) != 0)
			continue;
		value = line + name_len + 1;
		value_end = line_end;
	}
	return value ? unquote(value, value_end, err) : NULL;
}
