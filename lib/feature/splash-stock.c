/* splash-stock.c - is a logo the one that the OS came with?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "base/digest.h"
#include "feature/splash-stock.h"

#define FINGERPRINT_LIMIT (4u << 20) /* bytes */
#define HEX_SIZE	  (2 * MD5_SIZE)

/* MD5 of the logos that were ever shipped (meta-balena blobs): 1.0.4-2.2.x;
 * 1.30 and 2.3.0-2.23.x; 2.24.0 and later. */
static const char *const shipped[] = {
	"ef3d11d7752f50bc9bc03155c22fb0cd",
	"e322a35d70a9d6ed505be558f44328f4",
	"ab202c5c4d4613f4f6b092898005575e",
};

/* Since 2.72.0, 2.0.0, 1.0.4. */
static const char *const fingerprints[] = {
	"/balenaos.fingerprint",
	"/resinos.fingerprint",
	"/resin-boot.fingerprint",
};

/* Does the line "SUM  PATH" say @hex of @path?  Older releases wrote one
 * blank, or a slash before the path. */
static bool
line_says(const char *line, size_t len, const char *hex, const char *path)
{
	size_t path_len = strlen(path);

	if (len < HEX_SIZE || memcmp(line, hex, HEX_SIZE) != 0)
		return false;
	line += HEX_SIZE;
	len -= HEX_SIZE;
	while (len && (*line == ' ' || *line == '/')) {
		line++;
		len--;
	}
	return len == path_len && !memcmp(line, path, len);
}

static bool
text_says(const char *text, const char *hex, const char *path)
{
	const char *end;

	for (; *text; text = *end ? end + 1 : end) {
		end = text + strcspn(text, "\n");
		if (line_says(text, (size_t)(end - text), hex, path))
			return true;
	}
	return false;
}

/* Ask the first fingerprint file that there is. */
static int
is_listed(struct volume *boot, const char *path, const char *hex, bool *listed,
	  struct balimg_error *err)
{
	AUTO_FREE char *text = NULL;
	size_t len;
	size_t i;

	*listed = false;
	for (i = 0; i < sizeof(fingerprints) / sizeof(*fingerprints); i++) {
		if (volume_read_file(boot, fingerprints[i], FINGERPRINT_LIMIT,
				     &text, &len, err) == 0) {
			*listed = text_says(text, hex, path + 1);
			return 0;
		}
		if (!error_is(err, BALIMG_E_NOT_FOUND))
			return -1;
		error_clear(err);
	}
	return 0;
}

int
splash_is_stock(struct volume *boot, const char *path, const void *data,
		size_t len, bool *stock, struct balimg_error *err)
{
	char hex[HEX_SIZE + 1];
	uint8_t sum[MD5_SIZE];
	size_t i;

	digest_md5(data, len, sum);
	digest_hex(sum, MD5_SIZE, hex);
	for (i = 0; i < sizeof(shipped) / sizeof(*shipped); i++) {
		if (!strcmp(hex, shipped[i])) {
			*stock = true;
			return 0;
		}
	}
	return is_listed(boot, path, hex, stock, err);
}
