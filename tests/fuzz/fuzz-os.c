/* fuzz-os.c - any bytes as an image that is asked what OS it holds
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Table, file systems, folders and the small files that tell version and
 * device type, all from one input.
 */
#include <config.h>

#include <stdlib.h>

#include "balenaos/fatrw.h"
#include "balenaos/os.h"
#include "balenaos/places.h"
#include "fuzz.h"
#include "padded.h"

#define IMAGE_SIZE (16u * 1024 * 1024)

/* A call that failed must have said why. */
static void
check(int result, struct balimg_error *err)
{
	if (result < 0 && !err->code)
		abort();
	error_clear(err);
}

static void
read_boot(struct os *os, struct volume *boot)
{
	struct balimg_error err = { 0 };
	const struct release *release;
	AUTO_PLAN struct plan *plan = plan_new(&err);
	AUTO_FREE char *config = NULL;
	const char *path;
	size_t count, len;
	int result;

	check(fatrw_count(boot, "/", &count, &err), &err);
	check(fatrw_read(boot, PLACE_CONFIG, 65536, "config", plan, &config,
			 &len, &err),
	      &err);
	result = os_release(os, &release, &err);
	check(result, &err);
	if (result == 0)
		check(place_splash(boot, release, &path, &err), &err);
}

static void
ask_facts(struct os *os)
{
	struct balimg_error err = { 0 };
	enum os_variant variant;
	const char *slug;
	bool flasher;
	size_t at;

	check(os_variant(os, &variant, &err), &err);
	check(os_device_type(os, &slug, &err), &err);
	check(os_is_flasher(os, &flasher, &err), &err);
	check(os_find_partition(os, "boot", &at, &err), &err);
	check(os_find_partition(os, "resin-rootA", &at, &err), &err);
	check(os_config_volume(os, &at, &err) ? 0 : -1, &err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct balimg_error err = { 0 };
	AUTO_OS struct os *os = NULL;
	struct padded image;
	struct volume *boot;
	size_t at;

	if (size > IMAGE_SIZE)
		return 0;
	padded_open(&image, data, size, IMAGE_SIZE);
	os = os_open(&image.source, &err);
	check(os ? 0 : -1, &err);
	if (!os)
		return 0;
	boot = os_boot(os, &at, &err);
	check(boot ? 0 : -1, &err);
	ask_facts(os);
	if (boot)
		read_boot(os, boot);
	return 0;
}
