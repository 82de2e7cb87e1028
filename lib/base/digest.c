/* digest.c - checksums, by nettle and zlib
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Not by libcrypto: loading and readying it took longer than all the rest of
 * an edit, and nettle hashes as fast.
 */
#include <config.h>

#include <zlib.h>

#include "base/digest.h"

void
digest_begin(struct digest *digest, enum digest_kind kind)
{
	digest->kind = kind;
	if (kind == DIGEST_MD5)
		md5_init(&digest->state.md5);
	else
		sha256_init(&digest->state.sha256);
}

void
digest_add(struct digest *digest, const void *data, size_t len)
{
	if (digest->kind == DIGEST_MD5)
		md5_update(&digest->state.md5, len, data);
	else
		sha256_update(&digest->state.sha256, len, data);
}

void
digest_finish(struct digest *digest, uint8_t *sum)
{
	if (digest->kind == DIGEST_MD5)
		md5_digest(&digest->state.md5, MD5_SIZE, sum);
	else
		sha256_digest(&digest->state.sha256, SHA256_SIZE, sum);
}

static void
digest_whole(enum digest_kind kind, const void *data, size_t len, uint8_t *sum)
{
	struct digest digest;

	digest_begin(&digest, kind);
	digest_add(&digest, data, len);
	digest_finish(&digest, sum);
}

void
digest_sha256(const void *data, size_t len, uint8_t sum[SHA256_SIZE])
{
	digest_whole(DIGEST_SHA256, data, len, sum);
}

void
digest_md5(const void *data, size_t len, uint8_t sum[MD5_SIZE])
{
	digest_whole(DIGEST_MD5, data, len, sum);
}

uint32_t
digest_crc32(uint32_t crc, const void *data, size_t len)
{
	return (uint32_t)crc32_z(crc, data, len);
}

void
digest_hex(const uint8_t *sum, size_t len, char *hex)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < len; i++) {
		hex[2 * i] = digits[sum[i] >> 4];
		hex[2 * i + 1] = digits[sum[i] & 15];
	}
	hex[2 * len] = '\0';
}
