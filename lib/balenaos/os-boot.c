/* os-boot.c - which partition is the boot partition
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * It says so itself: by GPT name or label, else by /device-type.json, else by
 * its flag file.  Numbers differ between boards, and so does who bears the
 * type of an EFI system partition: a Jetson has an empty one, named "esp".
 */
#include <config.h>

#include <string.h>

#include "balenaos/os-private.h"

/* Does partition @at hold a file called @path?  What cannot be opened or
 * read does not count here; opening it in earnest will say why. */
static bool
holds_file(struct os *os, size_t at, const char *path)
{
	struct volume *vol = os_volume(os, at, NULL);
	bool exists;

	return vol && volume_exists(vol, path, &exists, NULL) == 0 && exists;
}

static bool
is_encrypted(const struct os_partition *part)
{
	return !strcmp(part->identity.type, "crypto_LUKS");
}

/* Of two partitions named boot, the better one: an encrypted one, since what
 * is left in the clear beside it only starts the kernel; then the one with
 * device-type.json. */
static void
choose_better(struct os *os, size_t other)
{
	bool now, then;

	then = is_encrypted(&os->partitions[os->boot]);
	now = is_encrypted(&os->partitions[other]);
	if (then == now) {
		then = holds_file(os, os->boot, "/device-type.json");
		now = holds_file(os, other, "/device-type.json");
	}
	if (then == now) {
		os->rival = other;
		return;
	}
	if (now) {
		os->boot = other;
		os->rival = OS_NOWHERE;
	}
}

static void
consider(struct os *os, size_t at)
{
	if (os->boot == OS_NOWHERE)
		os->boot = at;
	else
		choose_better(os, at);
}

static void
choose_by_name(struct os *os)
{
	size_t i;

	for (i = 0; i < os->count; i++)
		if (os->partitions[i].role == OS_ROLE_BOOT)
			consider(os, i);
}

/* Only FAT: that is what every unencrypted boot partition is. */
static void
choose_by_file(struct os *os, const char *path)
{
	size_t i;

	for (i = 0; os->rival == OS_NOWHERE && i < os->count; i++) {
		if (strcmp(os->partitions[i].identity.type, "vfat") != 0 ||
		    !holds_file(os, i, path))
			continue;
		if (os->boot == OS_NOWHERE)
			os->boot = i;
		else
			os->rival = i;
	}
}

void
os_choose_boot(struct os *os)
{
	static const char *const marks[] = {
		"/device-type.json", OS_FLAG_IMAGE,	OS_FLAG_FLASHER,
		OS_FLAG_OLD_IMAGE,   OS_FLAG_OLD_FLASHER,
	};
	size_t i;

	choose_by_name(os);
	for (i = 0; os->boot == OS_NOWHERE &&
		    i < sizeof(marks) / sizeof(marks[0]); i++)
		choose_by_file(os, marks[i]);

	for (i = 0; i < os->count; i++)
		if (os->partitions[i].role == OS_ROLE_BOOT && i != os->boot &&
		    i != os->rival)
			os->partitions[i].role = OS_ROLE_NONE;
	if (os->boot != OS_NOWHERE)
		os->partitions[os->boot].role = OS_ROLE_BOOT;
}

struct volume *
os_boot(struct os *os, size_t *at, struct balimg_error *err)
{
	if (os->boot == OS_NOWHERE) {
		error_set(err, BALIMG_E_NOT_FOUND,
			  "no boot partition: this is no balenaOS image");
		return NULL;
	}
	if (os->rival != OS_NOWHERE) {
		error_set(err, BALIMG_E_INVALID,
			  "partitions %u and %u could both be the boot "
			  "partition",
			  os->partitions[os->boot].partition->number,
			  os->partitions[os->rival].partition->number);
		return NULL;
	}
	if (at)
		*at = os->boot;
	return os_volume(os, os->boot, err);
}

struct volume *
os_config_volume(struct os *os, size_t *at, struct balimg_error *err)
{
	size_t i;

	/* Up to 1.11 resin-conf was FAT and held config.json; from 1.12 on
	 * it is ext4 and holds something else. */
	for (i = 0; i < os->count; i++) {
		if (os->partitions[i].role != OS_ROLE_CONF ||
		    strcmp(os->partitions[i].identity.type, "vfat") != 0)
			continue;
		if (at)
			*at = i;
		return os_volume(os, i, err);
	}
	return os_boot(os, at, err);
}
