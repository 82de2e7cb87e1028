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
#include "balenaos/places.h"

/* *@holds: is there a file @path in partition @at?  What is damaged or of no
 * kind that we open does not hold it; opening it in earnest will say why. */
static int
holds_file(struct os *os, size_t at, const char *path, bool *holds,
	   struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	struct volume *vol = os_own_volume(os, at, &why);

	*holds = false;
	if (vol && volume_exists(vol, path, holds, &why) == 0)
		return 0;
	*holds = false;
	return error_is_finding(&why) ? 0 : error_pass(err, &why);
}

static bool
is_encrypted(const struct os_partition *part)
{
	return !strcmp(part->identity.type, "crypto_LUKS");
}

/* Of two partitions named boot, the better one: an encrypted one, since what
 * is left in the clear beside it only starts the kernel; then the one with
 * device-type.json. */
static int
choose_better(struct os *os, size_t other, struct balimg_error *err)
{
	bool now, then;

	then = is_encrypted(&os->partitions[os->boot]);
	now = is_encrypted(&os->partitions[other]);
	if (then == now &&
	    (holds_file(os, os->boot, PLACE_DEVICE_TYPE, &then, err) < 0 ||
	     holds_file(os, other, PLACE_DEVICE_TYPE, &now, err) < 0))
		return -1;
	if (then == now) {
		os->rival = other;
	} else if (now) {
		os->boot = other;
		os->rival = OS_NOWHERE;
	}
	return 0;
}

static int
choose_by_name(struct os *os, struct balimg_error *err)
{
	size_t i;

	for (i = 0; i < os->count; i++) {
		if (os->partitions[i].role != OS_ROLE_BOOT)
			continue;
		if (os->boot == OS_NOWHERE)
			os->boot = i;
		else if (choose_better(os, i, err) < 0)
			return -1;
	}
	return 0;
}

/* Only FAT: that is what every unencrypted boot partition is. */
static int
choose_by_file(struct os *os, const char *path, struct balimg_error *err)
{
	bool holds;
	size_t i;

	for (i = 0; i < os->count; i++) {
		if (strcmp(os->partitions[i].identity.type, "vfat") != 0)
			continue;
		if (holds_file(os, i, path, &holds, err) < 0)
			return -1;
		if (!holds)
			continue;
		if (os->boot == OS_NOWHERE)
			os->boot = i;
		else
			os->rival = i;
	}
	return 0;
}

int
os_choose_boot(struct os *os, struct balimg_error *err)
{
	static const char *const marks[] = {
		PLACE_DEVICE_TYPE, OS_FLAG_IMAGE,	OS_FLAG_FLASHER,
		OS_FLAG_OLD_IMAGE, OS_FLAG_OLD_FLASHER,
	};
	size_t i;

	if (choose_by_name(os, err) < 0)
		return -1;
	for (i = 0;
	     os->boot == OS_NOWHERE && i < sizeof(marks) / sizeof(marks[0]);
	     i++)
		if (choose_by_file(os, marks[i], err) < 0)
			return -1;

	for (i = 0; i < os->count; i++)
		if (os->partitions[i].role == OS_ROLE_BOOT && i != os->boot &&
		    i != os->rival)
			os->partitions[i].role = OS_ROLE_NONE;
	if (os->boot != OS_NOWHERE)
		os->partitions[os->boot].role = OS_ROLE_BOOT;
	return 0;
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
	struct volume *boot = NULL;
	bool exists = false;
	size_t i;

	/* Up to 1.11 resin-conf was FAT and held config.json; from 1.12 on
	 * it is ext4 and holds something else.  The updaters bring the file to
	 * the boot partition, and then leave the old one alone. */
	for (i = 0; i < os->count; i++) {
		if (os->partitions[i].role != OS_ROLE_CONF ||
		    strcmp(os->partitions[i].identity.type, "vfat") != 0)
			continue;
		boot = os_boot(os, NULL, err);
		if (!boot ||
		    volume_exists(boot, PLACE_CONFIG, &exists, err) < 0)
			return NULL;
		if (exists)
			break;
		if (at)
			*at = i;
		return os_volume(os, i, err);
	}
	return os_boot(os, at, err);
}
