/* utf8.h - is this text?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BASE_UTF8_H
#define BALIMG_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decode the character at the head of @len bytes at @text to *@codepoint
 * (may be NULL).  Returns its length in bytes, or 0 where it is not
 * well-formed (cut short, overlong, a surrogate, beyond U+10FFFF) or @len is
 * 0. */
size_t utf8_decode(const char *text, size_t len, uint32_t *codepoint);

/* Are all @len bytes well-formed UTF-8?  NUL counts as a character. */
bool utf8_is_valid(const char *text, size_t len);

#endif /* BALIMG_BASE_UTF8_H */
