/* text.c - text from images, made fit for a terminal
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <langinfo.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "cleanup.h"
#include "text.h"
#include "xalloc.h"

size_t
text_stem(const char *name, const char *ending)
{
	size_t len = strlen(name), end = strlen(ending);

	return len > end && !strcmp(name + len - end, ending) ? len - end : 0;
}

bool
text_is_utf8(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

/* Is the code point @code, read from @len bytes, written as it should be? */
static bool
is_well_formed(uint32_t code, size_t len)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	return code >= least[len] && code <= 0x10ffff &&
	       (code < 0xd800 || code > 0xdfff);
}

/* Decode the UTF-8 character at @text, of which @left bytes are there.
 * Returns its length, or 0 if it is none. */
static size_t
decode(const char *text, size_t left, uint32_t *code)
{
	unsigned char lead = (unsigned char)*text;
	size_t len = lead < 0x80 ? 1 :
		     lead < 0xc0 ? 0 :
		     lead < 0xe0 ? 2 :
		     lead < 0xf0 ? 3 :
		     lead < 0xf8 ? 4 :
				   0;
	size_t i;

	if (!len || len > left)
		return 0;
	*code = len == 1 ? lead : lead & (0xffU >> (len + 1));
	for (i = 1; i < len; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (text[i] & 0x3f);
	}
	return is_well_formed(*code, len) ? len : 0;
}

/* Would a terminal obey it, or show the text around it in another order? */
static bool
is_harmful(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) ||
	       code == 0x061c || (code >= 0x200b && code <= 0x200f) ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2060 && code <= 0x206f) || code == 0xfeff ||
	       (code >= 0xfff9 && code <= 0xfffb) || code >= 0xe0000;
}

static void
put_escape(FILE *out, uint32_t code)
{
	if (code == '\n')
		fputs("\\n", out);
	else if (code == '\t')
		fputs("\\t", out);
	else if (code == '\r')
		fputs("\\r", out);
	else if (code < 0x80)
		fprintf(out, "\\x%02x", (unsigned)code);
	else
		fprintf(out, "\\u{%x}", (unsigned)code);
}

static void
put_safe(FILE *out, const char *text, size_t len, const char *allowed)
{
	bool utf8 = text_is_utf8();
	uint32_t code;
	size_t size;

	for (; len; text += size, len -= size) {
		size = decode(text, len, &code);
		if (!size) {
			fprintf(out, "\\x%02x", (unsigned char)*text);
			size = 1;
		} else if (code < 0x80 && code && strchr(allowed, (int)code)) {
			fputc((int)code, out);
		} else if (is_harmful(code) || (code >= 0x80 && !utf8)) {
			put_escape(out, code);
		} else {
			fwrite(text, 1, size, out);
		}
	}
}

static char *
make_safe(const char *text, size_t len, const char *allowed)
{
	char *safe = NULL;
	size_t size;
	FILE *out = open_memstream(&safe, &size);

	if (!out)
		out_of_memory();
	put_safe(out, text, len, allowed);
	if (fclose(out) != 0)
		out_of_memory();
	return safe;
}

char *
text_safe(const char *text)
{
	return make_safe(text, strlen(text), "");
}

char *
text_safe_lines(const char *text, size_t len)
{
	return make_safe(text, len, "\n\t");
}

void
text_put(FILE *out, const char *text)
{
	put_safe(out, text, strlen(text), "");
}

void
text_put_lines(FILE *out, const char *text, size_t len)
{
	put_safe(out, text, len, "\n\t");
}

/* The columns of the character at @safe; its length in *@size. */
static size_t
measure(const char *safe, size_t *size)
{
	uint32_t code = 0;
	int width;

	*size = decode(safe, strlen(safe), &code);
	if (!*size) {
		*size = 1;
		return 1;
	}
	width = wcwidth((wchar_t)code);
	return width < 0 ? 1 : (size_t)width;
}

size_t
text_width(const char *safe)
{
	size_t width = 0;
	size_t size;

	for (; *safe; safe += size)
		width += measure(safe, &size);
	return width;
}

char *
text_cut(const char *safe, size_t columns)
{
	const char *dots = text_is_utf8() ? "…" : "...";
	size_t room, size, wide, used = 0;
	const char *at = safe;

	if (text_width(safe) <= columns)
		return xasprintf("%s", safe);
	if (text_width(dots) > columns)
		dots = "";
	room = columns - text_width(dots);
	while (*at) {
		wide = measure(at, &size);
		if (used + wide > room)
			break;
		used += wide;
		at += size;
	}
	return xasprintf("%.*s%s", (int)(at - safe), safe, dots);
}

void
text_put_json(FILE *out, const char *json)
{
	size_t left = strlen(json);
	uint32_t code;
	size_t size;

	for (; left; json += size, left -= size) {
		size = decode(json, left, &code);
		if (!size) {
			fputs("\\ufffd", out);
			size = 1;
		} else if (code >= 0x10000 && is_harmful(code)) {
			code -= 0x10000;
			fprintf(out, "\\u%04x\\u%04x",
				(unsigned)(0xd800 + (code >> 10)),
				(unsigned)(0xdc00 + (code & 0x3ff)));
		} else if (code >= 0x7f && is_harmful(code)) {
			fprintf(out, "\\u%04x", (unsigned)code);
		} else {
			fwrite(json, 1, size, out);
		}
	}
}

/* Print the words of @prose up to an empty line; returns where it goes on. */
static const char *
wrap_paragraph(FILE *out, const char *prose, size_t indent, size_t width)
{
	size_t column = indent;
	bool begun = false;

	while (*prose && strncmp(prose, "\n\n", 2)) {
		size_t len = strcspn(prose, " \n");

		if (begun && len && column + 1 + len > width) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (begun && len) {
			fputc(' ', out);
			column++;
		}
		fwrite(prose, 1, len, out);
		column += len;
		begun |= len > 0;
		prose += len;
		if (*prose && strncmp(prose, "\n\n", 2))
			prose++;
	}
	return prose;
}

void
text_wrap(FILE *out, const char *prose, size_t indent, size_t width)
{
	for (;;) {
		prose = wrap_paragraph(out, prose, indent, width);
		fputc('\n', out);
		if (!*prose)
			return;
		prose += 2;
		fprintf(out, "\n%*s", (int)indent, "");
	}
}
