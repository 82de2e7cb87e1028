/* print-os.c - show what we find in an image, for other eyes
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * usage: print-os IMAGE [NAME...]
 *
 * One line for each partition: number, role or -, type or -, label or -,
 * UUID or -.  Then "boot:", "config:", "release:", "variant:",
 * "device-type:", "flasher:", "splash:", each with what was found or why
 * not, and "NAME: number" for each NAME.  Last, how many bytes were read to
 * open the image, and in all.
 */
#include <config.h>

#include <inttypes.h>

#include "balenaos/os.h"
#include "balenaos/places.h"
#include "counting-source.h"
#include "unit.h"

static const char *
or_dash(const char *text)
{
	return text && *text ? text : "-";
}

static unsigned
number_of(const struct os *os, size_t at)
{
	const struct os_partition *part = os_get_partition(os, at);

	return part->partition ? part->partition->number : 0;
}

static void
print_partitions(const struct os *os)
{
	const struct os_partition *part;
	size_t i;

	for (i = 0; i < os_partition_count(os); i++) {
		part = os_get_partition(os, i);
		printf("%u %s %s %s %s\n", number_of(os, i),
		       or_dash(os_role_name(part->role)),
		       or_dash(part->identity.type),
		       or_dash(part->identity.label),
		       or_dash(part->identity.uuid));
	}
}

static void
print_error(const char *what, struct balimg_error *err)
{
	printf("%s: %s: %s%s%s%s%s\n", what, balimg_code_name(err->code),
	       err->where, *err->where ? ": " : "", err->message,
	       *err->hint ? "; " : "", err->hint);
	error_clear(err);
}

static void
print_volume(const char *what, const struct os *os, struct volume *vol,
	     size_t at, struct balimg_error *err)
{
	if (vol)
		printf("%s: %u %s\n", what, number_of(os, at),
		       os_partition_title(os, at));
	else
		print_error(what, err);
}

static void
print_facts(struct os *os)
{
	static const char *const variants[] = {
		[OS_VARIANT_NONE] = "none",
		[OS_VARIANT_DEVELOPMENT] = "dev",
		[OS_VARIANT_PRODUCTION] = "prod",
		[OS_VARIANT_UNKNOWN] = "unknown",
	};
	struct balimg_error err = { 0 };
	const struct release *release;
	enum os_variant variant;
	const char *slug;
	bool flasher;

	if (os_release(os, &release, &err) < 0)
		print_error("release", &err);
	else
		printf("release: %s\n", or_dash(release->text));
	if (os_variant(os, &variant, &err) < 0)
		print_error("variant", &err);
	else
		printf("variant: %s\n", variants[variant]);
	if (os_device_type(os, &slug, &err) < 0)
		print_error("device-type", &err);
	else
		printf("device-type: %s\n", or_dash(slug));
	if (os_is_flasher(os, &flasher, &err) < 0)
		print_error("flasher", &err);
	else
		printf("flasher: %s\n", flasher ? "yes" : "no");
}

static void
print_splash(struct os *os, struct volume *boot)
{
	struct balimg_error err = { 0 };
	const struct release *release;
	const char *path;

	if (os_release(os, &release, &err) < 0 ||
	    place_splash(boot, release, &path, &err) < 0)
		print_error("splash", &err);
	else
		printf("splash: %s\n", path);
}

static void
print_named(const struct os *os, const char *name)
{
	struct balimg_error err = { 0 };
	size_t at;

	if (os_find_partition(os, name, &at, &err) < 0)
		print_error(name, &err);
	else
		printf("%s: %u\n", name, number_of(os, at));
}

int
main(int argc, char **argv)
{
	AUTO_OS struct os *os = NULL;
	struct balimg_error err = { 0 };
	struct counting_source image;
	struct volume *boot, *config;
	uint64_t opened;
	size_t at = 0;
	int i;

	if (argc < 2 || counting_open(&image, argv[1]) < 0)
		FAIL("usage: print-os IMAGE [NAME...]");
	os = os_open(&image.source, &err);
	if (!os) {
		print_error("open", &err);
		return 1;
	}
	opened = image.bytes;
	print_partitions(os);
	boot = os_boot(os, &at, &err);
	print_volume("boot", os, boot, at, &err);
	config = os_config_volume(os, &at, &err);
	print_volume("config", os, config, at, &err);
	print_facts(os);
	if (boot)
		print_splash(os, boot);
	for (i = 2; i < argc; i++)
		print_named(os, argv[i]);
	printf("opened: %" PRIu64 "\nread: %" PRIu64 "\n", opened,
	       image.bytes);
	return 0;
}
