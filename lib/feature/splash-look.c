/* splash-look.c - which splash an image has, and what it looks like
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "balenaos/places.h"
#include "base/digest.h"
#include "document/png.h"
#include "feature/splash-private.h"
#include "feature/splash-stock.h"
#include "feature/splash.h"

int
splash_within(struct os *os, const struct splash *splash, int ret,
	      struct balimg_error *err)
{
	if (ret < 0)
		error_wrap(err, "%s", os_partition_title(os, splash->at));
	return ret;
}

int
splash_find(struct os *os, struct splash *splash, struct balimg_error *err)
{
	const struct release *release;

	splash->boot = os_boot(os, &splash->at, err);
	if (!splash->boot || os_release(os, &release, err) < 0)
		return -1;
	return place_splash(splash->boot, release, &splash->path, err);
}

int
splash_read(struct volume *vol, const char *path, char **data, size_t *len,
	    struct balimg_error *err)
{
	*data = NULL;
	*len = 0;
	if (volume_read_file(vol, path, SPLASH_LIMIT, data, len, err) < 0) {
		if (!error_is(err, BALIMG_E_NOT_FOUND))
			return -1;
		error_clear(err);
	}
	return 0;
}

/* The logo is not there; a logo that this OS does not show may be. */
static int
say_missing(const struct splash *splash, struct balimg_error *err)
{
	const char *other = !strcmp(splash->path, PLACE_SPLASH_NEW) ?
				    PLACE_SPLASH_OLD :
				    PLACE_SPLASH_NEW;
	bool exists;

	if (volume_exists(splash->boot, other, &exists, err) < 0)
		return -1;
	error_set(err, BALIMG_E_NOT_FOUND, "there is no logo, %s",
		  splash->path);
	if (exists)
		error_hint(err, "%s is there, but this OS does not show it",
			   other);
	return -1;
}

static int
read_logo(const struct splash *splash, char **data, size_t *len,
	  struct balimg_error *err)
{
	if (splash_read(splash->boot, splash->path, data, len, err) < 0)
		return -1;
	return *data ? 0 : say_missing(splash, err);
}

int
splash_get(struct os *os, char **data, size_t *len, struct balimg_error *err)
{
	struct splash splash;

	if (splash_find(os, &splash, err) < 0)
		return -1;
	return splash_within(os, &splash, read_logo(&splash, data, len, err),
			     err);
}

int
splash_pixels(struct os *os, uint8_t **pixels, uint32_t *width,
	      uint32_t *height, struct balimg_error *err)
{
	AUTO_FREE char *data = NULL;
	struct png_info info;
	struct splash splash;
	size_t len;

	if (splash_find(os, &splash, err) < 0 ||
	    splash_get(os, &data, &len, err) < 0)
		return -1;
	*pixels = png_decode(data, len, &info, err);
	if (!*pixels) {
		error_wrap(err, "%s", splash.path);
		return splash_within(os, &splash, -1, err);
	}
	*width = info.width;
	*height = info.height;
	return 0;
}

json_t *
splash_status(struct os *os, unsigned flags, struct balimg_error *err)
{
	AUTO_FREE char *data = NULL;
	struct balimg_error unseen = { 0 };
	struct png_info info;
	struct splash splash;
	uint8_t sum[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];
	json_t *status;
	bool stock, valid;
	size_t len;

	(void)flags;
	if (splash_find(os, &splash, err) < 0 ||
	    splash_get(os, &data, &len, err) < 0 ||
	    splash_is_stock(splash.boot, splash.path, data, len, &stock, err) <
		    0)
		return NULL;
	digest_sha256(data, len, sum);
	digest_hex(sum, SHA256_SIZE, hex);
	valid = png_check(data, len, &info, &unseen) == 0;

	status = json_pack(
		"{s:s, s:o, s:o, s:I, s:b, s:s}", "path", splash.path, "width",
		valid ? json_integer(info.width) : json_null(), "height",
		valid ? json_integer(info.height) : json_null(), "size",
		(json_int_t)len, "stock", stock, "sha256", hex);
	if (!status)
		error_nomem(err);
	return status;
}
