/* keyfile-redact.c - a profile that may be shown
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rather hide too much than too little: names that speak of a secret are
 * hidden in any group and in comments, plugins have names of their own, and a
 * line that cannot be read is hidden whole.
 */
#include <config.h>

#include <string.h>
#include <strings.h>

#include "document/keyfile-line.h"

#define HIDDEN "<hidden>"

/* Groups in which every value is secret. */
static const char *const secret_groups[] = { "vpn-secrets" };

/* Whole names; "private-key" may hold the key itself, or its path. */
static const char *const secret_names[] = {
	"psk", "pin", "private-key", "phase2-private-key", "mka-cak", "cak",
};

/* Parts of names. */
static const char *const secret_parts[] = {
	"password", "passwd",	 "passphrase", "secret",
	"wep-key",  "preshared", "token",      "cookie",
};

/* Ends of names that tell about a secret, but are none. */
static const char *const harmless_ends[] = { "-flags", "-type", "keyidx" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool
is_whole(struct slice name, const char *word)
{
	return name.len == strlen(word) &&
	       !strncasecmp(name.at, word, name.len);
}

static bool
has_part(struct slice name, const char *part)
{
	size_t len = strlen(part);
	size_t at;

	for (at = 0; at + len <= name.len; at++)
		if (!strncasecmp(name.at + at, part, len))
			return true;
	return false;
}

static bool
has_end(struct slice name, const char *end)
{
	size_t len = strlen(end);

	return name.len > len &&
	       !strncasecmp(name.at + name.len - len, end, len);
}

static bool
is_secret(struct slice name)
{
	size_t i;

	for (i = 0; i < COUNT(harmless_ends); i++)
		if (has_end(name, harmless_ends[i]))
			return false;
	for (i = 0; i < COUNT(secret_names); i++)
		if (is_whole(name, secret_names[i]))
			return true;
	for (i = 0; i < COUNT(secret_parts); i++)
		if (has_part(name, secret_parts[i]))
			return true;
	return false;
}

static bool
is_secret_group(struct slice name)
{
	size_t i;

	for (i = 0; i < COUNT(secret_groups); i++)
		if (is_whole(name, secret_groups[i]))
			return true;
	return false;
}

/* The entry that a comment sign turned off, if it is one. */
static bool
read_comment(struct slice whole, struct keyfile_line *line)
{
	while (whole.len && strchr("# \t", *whole.at) && *whole.at) {
		whole.at++;
		whole.len--;
	}
	if (whole.len == 0)
		return false;
	keyfile_line_read(&whole, line);
	return line->kind == KEYFILE_ENTRY;
}

/* Append @line with its value hidden. */
static void
add_hidden(struct buffer *out, struct slice whole, struct slice value)
{
	buffer_add(out, whole.at, (size_t)(value.at - whole.at));
	if (value.len)
		buffer_puts(out, HIDDEN);
}

static void
redact_line(const struct keyfile_line *line, bool *all, struct buffer *out)
{
	struct keyfile_line off;

	if (line->kind == KEYFILE_GROUP)
		*all = is_secret_group(line->name);
	if (line->kind == KEYFILE_BAD)
		buffer_puts(out, HIDDEN);
	else if (line->kind == KEYFILE_ENTRY &&
		 (*all || is_secret(line->name)))
		add_hidden(out, line->whole, line->value);
	else if (line->kind == KEYFILE_BLANK &&
		 read_comment(line->whole, &off) &&
		 (*all || is_secret(off.name)))
		add_hidden(out, line->whole, off.value);
	else
		buffer_add(out, line->whole.at, line->whole.len);
	buffer_puts(out, "\n");
}

char *
keyfile_redact(const char *text, size_t len, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer out = BUFFER_INIT;
	struct slice rest = { text, len };
	struct keyfile_line line;
	bool all = false;

	while (rest.len) {
		keyfile_line_read(&rest, &line);
		redact_line(&line, &all, &out);
	}
	return buffer_take(&out, NULL, err);
}
