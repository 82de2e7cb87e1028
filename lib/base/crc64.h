/* crc64.h - CRC-64/GO-ISO, as tar-split has it
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BASE_CRC64_H
#define BALIMG_BASE_CRC64_H

#include <stddef.h>
#include <stdint.h>

/* What the sums are worked out by, 8 bytes at a time. */
struct crc64 {
	uint64_t table[8][256];
};

/* To be called once, before crc64_add(). */
void crc64_prepare(struct crc64 *crc64);

/* The sum continued from @sum (0 to begin) by @len bytes. */
uint64_t crc64_add(const struct crc64 *crc64, uint64_t sum, const void *data,
		   size_t len);

#endif /* BALIMG_BASE_CRC64_H */
