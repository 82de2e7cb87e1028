/* fuzz-png.c - any bytes as a picture
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Once as it is, once with the sums of its chunks made right, lest every
 * change end at the first of them.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/digest.h"
#include "document/png.h"
#include "fuzz.h"

#define SIGNATURE_SIZE 8
#define DRAWN_MAX      (512u * 512u) /* pixels */

static void
put_be32(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 24);
	at[1] = (uint8_t)(value >> 16);
	at[2] = (uint8_t)(value >> 8);
	at[3] = (uint8_t)value;
}

/* Make the sum of every whole chunk right. */
static void
mend_sums(uint8_t *data, size_t size)
{
	size_t at = SIGNATURE_SIZE;
	size_t len;

	while (at + 12 <= size) {
		len = be32_get(data + at);
		if (len > size - at - 12)
			return;
		put_be32(data + at + 8 + len,
			 digest_crc32(0, data + at + 4, 4 + len));
		at += 12 + len;
	}
}

static void
look_at(const uint8_t *data, size_t size)
{
	struct balimg_error err = { 0 };
	AUTO_FREE uint8_t *pixels = NULL;
	struct png_info info;

	if (png_check(data, size, &info, &err) < 0) {
		if (err.code != BALIMG_E_INVALID &&
		    err.code != BALIMG_E_REFUSED)
			abort();
		return;
	}
	if ((size_t)info.width * info.height > DRAWN_MAX)
		return;
	pixels = png_decode(data, size, NULL, &err);
	if (!pixels)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE uint8_t *mended = malloc(size + 1);

	look_at(data, size);
	if (!mended || size < SIGNATURE_SIZE)
		return 0;
	memcpy(mended, data, size);
	mend_sums(mended, size);
	look_at(mended, size);
	return 0;
}
