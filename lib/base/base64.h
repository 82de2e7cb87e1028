/* base64.h - bytes as letters, strictly
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BASE_BASE64_H
#define BALIMG_BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for what @len letters decode to, at most. */
#define BASE64_DECODED_SIZE(len) ((len) / 4 * 3)

/* Room for @len bytes as letters and a NUL. */
#define BASE64_ENCODED_SIZE(len) (((len) + 2) / 3 * 4 + 1)

/* Decode the @len letters at @text to @out (BASE64_DECODED_SIZE bytes).
 * False unless it is what an encoder makes: whole groups of four, padded at
 * the end only, unused bits zero, no blanks. */
bool base64_decode(const char *text, size_t len, uint8_t *out,
		   size_t *out_len);

/* Encode @len bytes to @text, padded, with a NUL. */
void base64_encode(const void *data, size_t len, char *text);

#endif /* BALIMG_BASE_BASE64_H */
