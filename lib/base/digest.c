/* digest.c - checksums, by libcrypto and zlib
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <zlib.h>

#include "base/digest.h"

struct digest {
	EVP_MD_CTX *context;
};

static struct digest *
digest_new(const EVP_MD *kind, struct balimg_error *err)
{
	AUTO_DIGEST struct digest *digest = calloc(1, sizeof(*digest));

	if (digest)
		digest->context = EVP_MD_CTX_new();
	if (!digest || !digest->context) {
		error_nomem(err);
		return NULL;
	}
	ERR_clear_error();
	if (!EVP_DigestInit_ex(digest->context, kind, NULL)) {
		/* MD5, where only what FIPS approves is allowed. */
		if (ERR_GET_REASON(ERR_peek_error()) == ERR_R_UNSUPPORTED)
			error_set(err, BALIMG_E_UNSUPPORTED,
				  "libcrypto has no %s here",
				  EVP_MD_get0_name(kind));
		else
			error_nomem(err);
		return NULL;
	}
	return STEAL(digest);
}

struct digest *
digest_new_sha256(struct balimg_error *err)
{
	return digest_new(EVP_sha256(), err);
}

struct digest *
digest_new_md5(struct balimg_error *err)
{
	return digest_new(EVP_md5(), err);
}

void
digest_free(struct digest *digest)
{
	if (!digest)
		return;
	EVP_MD_CTX_free(digest->context);
	free(digest);
}

int
digest_add(struct digest *digest, const void *data, size_t len,
	   struct balimg_error *err)
{
	if (!EVP_DigestUpdate(digest->context, data, len))
		return error_nomem(err);
	return 0;
}

int
digest_finish(struct digest *digest, uint8_t *sum, struct balimg_error *err)
{
	if (!EVP_DigestFinal_ex(digest->context, sum, NULL))
		return error_nomem(err);
	return 0;
}

static int
digest_whole(struct digest *digest, const void *data, size_t len, uint8_t *sum,
	     struct balimg_error *err)
{
	if (!digest || digest_add(digest, data, len, err) < 0)
		return -1;
	return digest_finish(digest, sum, err);
}

int
digest_sha256(const void *data, size_t len, uint8_t sum[SHA256_SIZE],
	      struct balimg_error *err)
{
	AUTO_DIGEST struct digest *digest = digest_new_sha256(err);

	return digest_whole(digest, data, len, sum, err);
}

int
digest_md5(const void *data, size_t len, uint8_t sum[MD5_SIZE],
	   struct balimg_error *err)
{
	AUTO_DIGEST struct digest *digest = digest_new_md5(err);

	return digest_whole(digest, data, len, sum, err);
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
