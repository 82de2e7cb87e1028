/* crc64.c - CRC-64/GO-ISO, as tar-split has it
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Table n gives what a byte does to the sum when n more follow it; so eight
 * bytes take eight look-ups that do not wait for each other.
 */
#include <config.h>

#include "base/bytes.h"
#include "base/crc64.h"

#define POLYNOMIAL 0xd800000000000000u /* reflected */

void
crc64_prepare(struct crc64 *crc64)
{
	uint64_t sum;
	unsigned i, n;

	for (i = 0; i < 256; i++) {
		sum = i;
		for (n = 0; n < 8; n++)
			sum = sum & 1 ? sum >> 1 ^ POLYNOMIAL : sum >> 1;
		crc64->table[0][i] = sum;
	}
	for (n = 1; n < 8; n++) {
		for (i = 0; i < 256; i++) {
			sum = crc64->table[n - 1][i];
			crc64->table[n][i] = sum >> 8 ^
					     crc64->table[0][sum & 0xff];
		}
	}
}

uint64_t
crc64_add(const struct crc64 *crc64, uint64_t sum, const void *data,
	  size_t len)
{
	const uint8_t *at = data;
	uint64_t next = 0;
	unsigned n;

	sum = ~sum;
	for (; len >= 8; len -= 8, at += 8, sum = next) {
		sum ^= le64_get(at);
		next = 0;
		for (n = 0; n < 8; n++)
			next ^= crc64->table[7 - n][sum >> 8 * n & 0xff];
	}
	for (; len; len--)
		sum = crc64->table[0][(sum ^ *at++) & 0xff] ^ sum >> 8;
	return ~sum;
}
