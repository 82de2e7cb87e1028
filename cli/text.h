/* text.h - text from images, made fit for a terminal
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A label, a file name or a value may hold anything, escape sequences that
 * take over a terminal included.  Nothing from an image is printed but
 * through this file.
 */
#ifndef BALIMG_CLI_TEXT_H
#define BALIMG_CLI_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Bytes of @name before @ending; 0 if it does not end so, or is just that. */
size_t text_stem(const char *name, const char *ending);

/* Does the locale's terminal show UTF-8? */
bool text_is_utf8(void);

/* @text on one line, as a new string: control characters, what reorders text
 * and what is not UTF-8 (in other locales: all but ASCII) are written as
 * "\n", "\x1b", "\u{202e}". */
char *text_safe(const char *text);

/* The same for @len bytes that may have lines and tabs. */
char *text_safe_lines(const char *text, size_t len);

/* How many columns a safe text takes. */
size_t text_width(const char *safe);

/* A safe text as a new string of at most @columns, ending in "..." (or one
 * sign for it) if it was longer. */
char *text_cut(const char *safe, size_t columns);

/* Print safely: on one line, and with lines. */
void text_put(FILE *out, const char *text);
void text_put_lines(FILE *out, const char *text, size_t len);

/* Print JSON text: what a terminal might obey becomes \uXXXX, which is the
 * same JSON. */
void text_put_json(FILE *out, const char *json);

/* Print prose, lines wrapped at @width columns and all but the first indented
 * by @indent. */
void text_wrap(FILE *out, const char *prose, size_t indent, size_t width);

#endif /* BALIMG_CLI_TEXT_H */
