/* digest.h - checksums, by nettle and zlib
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * None of them can fail, and none needs memory beyond what is given.
 */
#ifndef BALIMG_BASE_DIGEST_H
#define BALIMG_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include <nettle/md5.h>
#include <nettle/sha2.h>

#define SHA256_SIZE SHA256_DIGEST_SIZE /* bytes */
#define MD5_SIZE    MD5_DIGEST_SIZE

/* MD5 is for balenaOS's own file formats (fingerprints, fatrw) and for names,
 * not for security. */
enum digest_kind {
	DIGEST_SHA256,
	DIGEST_MD5,
};

/* A sum under way.  There is nothing to release. */
struct digest {
	enum digest_kind kind;
	union {
		struct sha256_ctx sha256;
		struct md5_ctx md5;
	} state;
};

void digest_begin(struct digest *digest, enum digest_kind kind);
void digest_add(struct digest *digest, const void *data, size_t len);

/* Write the sum, SHA256_SIZE or MD5_SIZE bytes, to @sum. */
void digest_finish(struct digest *digest, uint8_t *sum);

/* The whole in one call. */
void digest_sha256(const void *data, size_t len, uint8_t sum[SHA256_SIZE]);
void digest_md5(const void *data, size_t len, uint8_t sum[MD5_SIZE]);

/* CRC-32 as in gzip and GPT, continued from @crc (0 to begin). */
uint32_t digest_crc32(uint32_t crc, const void *data, size_t len);

/* @len bytes as 2 * @len lower-case hex digits and a NUL. */
void digest_hex(const uint8_t *sum, size_t len, char *hex);

#endif /* BALIMG_BASE_DIGEST_H */
