/* describe.c - a file's content in a few words, for plans
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>

#include "base/digest.h"
#include "feature/describe.h"

#define PIECE 65536u /* bytes read at a time */

static void
put_description(uint64_t len, const uint8_t sum[SHA256_SIZE],
		char text[DESCRIPTION_SIZE])
{
	char hex[2 * SHA256_SIZE + 1];

	digest_hex(sum, SHA256_SIZE, hex);
	snprintf(text, DESCRIPTION_SIZE, "%llu bytes, sha256 %s",
		 (unsigned long long)len, hex);
}

void
describe_bytes(const void *data, size_t len, char text[DESCRIPTION_SIZE])
{
	uint8_t sum[SHA256_SIZE];

	digest_sha256(data, len, sum);
	put_description(len, sum, text);
}

int
describe_source(struct source *source, char text[DESCRIPTION_SIZE],
		struct balimg_error *err)
{
	AUTO_FREE char *piece = malloc(PIECE);
	uint64_t size = source_size(source);
	uint8_t sum[SHA256_SIZE];
	struct digest digest;
	uint64_t at;
	size_t len;

	if (!piece)
		return error_nomem(err);
	digest_begin(&digest, DIGEST_SHA256);
	for (at = 0; at < size; at += len) {
		len = size - at < PIECE ? (size_t)(size - at) : PIECE;
		if (source_read(source, at, piece, len, err) < 0)
			return -1;
		digest_add(&digest, piece, len);
	}
	digest_finish(&digest, sum);
	put_description(size, sum, text);
	return 0;
}
