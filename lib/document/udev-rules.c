/* udev-rules.c - udev rules as config.json carries them (os.udevRules)
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/ending.h"
#include "base/utf8.h"
#include "document/udev-rules.h"

#define SUFFIX ".rules"

#define NAME_MAX_LEN 200	  /* bytes; with the suffix below NAME_MAX */
#define TEXT_MAX_LEN (64u * 1024) /* bytes; config.json is read by a shell */

static const char name_chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "abcdefghijklmnopqrstuvwxyz"
				 "0123456789._+-";

static int
refuse_char(const char *name, struct balimg_error *err)
{
	unsigned char bad = (unsigned char)name[strspn(name, name_chars)];

	if (bad > ' ' && bad < 0x7f)
		error_set(err, BALIMG_E_REFUSED,
			  "the rule name \"%s\" has a '%c': the device's "
			  "shell evaluates names",
			  name, bad);
	else
		error_set(err, BALIMG_E_REFUSED,
			  "the rule name \"%s\" has the byte 0x%02x: the "
			  "device's shell evaluates names",
			  name, bad);
	return error_hint(err, "use letters, digits, '.', '_', '+' and '-'");
}

int
udev_name_check(const char *name, struct balimg_error *err)
{
	size_t len = strlen(name);

	if (len == 0)
		return error_set(err, BALIMG_E_REFUSED,
				 "a rule without a name");
	if (len > NAME_MAX_LEN)
		return error_set(err, BALIMG_E_REFUSED,
				 "the rule name has %zu bytes, over %d", len,
				 NAME_MAX_LEN);
	if (strspn(name, name_chars) != len)
		return refuse_char(name, err);
	if (name[0] == '.' || name[0] == '-')
		return error_set(err, BALIMG_E_REFUSED,
				 "the rule name \"%s\" begins with '%c'", name,
				 name[0]);
	if (!strcmp(name, "README"))
		return error_set(
			err, BALIMG_E_REFUSED,
			"the device keeps the name README for itself");
	if (ends_in(name, SUFFIX)) {
		error_set(err, BALIMG_E_REFUSED,
			  "the rule name \"%s\" ends in \".rules\", which the "
			  "device appends",
			  name);
		return error_hint(err, "leave \".rules\" out of the name");
	}
	return 0;
}

/* May the byte stand in a rule?  CR is dealt with before. */
static bool
is_text_byte(char c)
{
	unsigned char byte = (unsigned char)c;

	return byte == '\n' || byte == '\t' || (byte >= ' ' && byte != 0x7f);
}

/* Copy @text to @out, CRLF as LF. */
static int
copy_lines(const char *text, size_t len, struct buffer *out,
	   struct balimg_error *err)
{
	unsigned line = 1;
	size_t begin = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] == '\r' && i + 1 < len && text[i + 1] == '\n') {
			buffer_add(out, text + begin, i - begin);
			begin = i + 1;
			continue;
		}
		if (!is_text_byte(text[i])) {
			error_set(err, BALIMG_E_INVALID,
				  "this is no text: it has the byte 0x%02x",
				  (unsigned char)text[i]);
			return error_wrap(err, "line %u", line);
		}
		if (text[i] == '\n')
			line++;
	}
	buffer_add(out, text + begin, len - begin);
	return 0;
}

/* The device writes the value by bash's echo, after its shell has cut the
 * trailing newlines; a word of 'n', 'e' and 'E' after a dash is an option to
 * that echo and is lost. */
static bool
is_echo_option(const char *text, size_t len)
{
	while (len && text[len - 1] == '\n')
		len--;
	return len >= 2 && text[0] == '-' &&
	       strspn(text + 1, "neE") >= len - 1;
}

static bool
is_blank(const char *text, size_t len)
{
	return strspn(text, " \t\n") == len;
}

char *
udev_text_normalise(const char *text, size_t len, size_t *out_len,
		    struct balimg_error *err)
{
	AUTO_BUFFER struct buffer out = BUFFER_INIT;
	AUTO_FREE char *result = NULL;
	size_t result_len;

	if (len > TEXT_MAX_LEN) {
		error_set(err, BALIMG_E_INVALID, "%zu bytes of rules, over %u",
			  len, TEXT_MAX_LEN);
		return NULL;
	}
	while (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
		text += 3;
		len -= 3;
	}
	if (copy_lines(text, len, &out, err) < 0)
		return NULL;
	if (!utf8_is_valid(text, len)) {
		error_set(err, BALIMG_E_INVALID, "this is not UTF-8 text");
		return NULL;
	}

	result = buffer_take(&out, &result_len, err);
	if (!result)
		return NULL;
	if (is_blank(result, result_len)) {
		error_set(err, BALIMG_E_INVALID, "there is no rule in it");
		return NULL;
	}
	if (is_echo_option(result, result_len)) {
		error_set(err, BALIMG_E_REFUSED,
			  "the device's echo takes this text for its option "
			  "and writes an empty file");
		return NULL;
	}
	if (out_len)
		*out_len = result_len;
	return STEAL(result);
}
