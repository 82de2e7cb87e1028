/* digest.h - checksums, by libcrypto and zlib
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BASE_DIGEST_H
#define BALIMG_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"

#define SHA256_SIZE 32 /* bytes */
#define MD5_SIZE    16

struct digest; /* a SHA-256 or MD5 under way */

/* A new running sum, or NULL with @err set.  MD5 is for balenaOS's own file
 * formats (fingerprints, fatrw), not for security. */
struct digest *digest_new_sha256(struct balimg_error *err);
struct digest *digest_new_md5(struct balimg_error *err);
void digest_free(struct digest *digest);
DEFINE_AUTO(digest, digest_free)
#define AUTO_DIGEST __attribute__((cleanup(cleanup_digest)))

int digest_add(struct digest *digest, const void *data, size_t len,
	       struct balimg_error *err) MUST_USE;

/* Write the sum (SHA256_SIZE or MD5_SIZE bytes) to @sum. */
int digest_finish(struct digest *digest, uint8_t *sum,
		  struct balimg_error *err) MUST_USE;

/* The whole in one call. */
int digest_sha256(const void *data, size_t len, uint8_t sum[SHA256_SIZE],
		  struct balimg_error *err) MUST_USE;
int digest_md5(const void *data, size_t len, uint8_t sum[MD5_SIZE],
	       struct balimg_error *err) MUST_USE;

/* CRC-32 as in gzip and GPT, continued from @crc (0 to begin). */
uint32_t digest_crc32(uint32_t crc, const void *data, size_t len);

/* @len bytes as 2 * @len lower-case hex digits and a NUL. */
void digest_hex(const uint8_t *sum, size_t len, char *hex);

#endif /* BALIMG_BASE_DIGEST_H */
