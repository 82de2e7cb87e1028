/* base64.c - bytes as letters, strictly
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "base/base64.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "abcdefghijklmnopqrstuvwxyz"
			      "0123456789+/";

/* The six bits that a letter stands for, or -1. */
static int
value_of(char letter)
{
	if (letter >= 'A' && letter <= 'Z')
		return letter - 'A';
	if (letter >= 'a' && letter <= 'z')
		return letter - 'a' + 26;
	if (letter >= '0' && letter <= '9')
		return letter - '0' + 52;
	if (letter == '+')
		return 62;
	return letter == '/' ? 63 : -1;
}

/* Decode a group of @len letters, 2 to 4, the rest of it being padding. */
static bool
decode_group(const char *text, size_t len, uint8_t *out)
{
	uint32_t bits = 0;
	size_t i;

	for (i = 0; i < 4; i++) {
		int value = i < len ? value_of(text[i]) : 0;

		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
	}
	for (i = 0; i < 3; i++) {
		uint8_t byte = (uint8_t)(bits >> (16 - 8 * i));

		if (i + 1 < len)
			out[i] = byte;
		else if (byte != 0)
			return false;
	}
	return true;
}

bool
base64_decode(const char *text, size_t len, uint8_t *out, size_t *out_len)
{
	size_t padding = 0;
	size_t at;

	if (len % 4)
		return false;
	while (padding < 2 && padding < len && text[len - 1 - padding] == '=')
		padding++;

	for (at = 0; at < len; at += 4) {
		size_t group = at + 4 < len ? 4 : 4 - padding;

		if (!decode_group(text + at, group, out + at / 4 * 3))
			return false;
	}
	*out_len = len / 4 * 3 - padding;
	return true;
}

void
base64_encode(const void *data, size_t len, char *text)
{
	const uint8_t *p = data;
	size_t left;

	for (left = len; left; left -= left < 3 ? left : 3, p += 3) {
		uint32_t bits = (uint32_t)p[0] << 16;

		if (left > 1)
			bits |= (uint32_t)p[1] << 8;
		if (left > 2)
			bits |= p[2];
		*text++ = letters[bits >> 18];
		*text++ = letters[bits >> 12 & 63];
		*text++ = left > 1 ? letters[bits >> 6 & 63] : '=';
		*text++ = left > 2 ? letters[bits & 63] : '=';
	}
	*text = '\0';
}
