/* boot-choice.c - which root the bootloader starts
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "balenaos/boot-choice.h"

#define TEXT_LIMIT (1u << 20) /* bytes */
#define ROOT_PART  "resin_root_part="
#define ROOT_DEV   "root=/dev/"

const struct boot_place boot_places[BOOT_PLACES] = {
	{ "/bootenv", ROOT_PART, "balena-bootloader", BOOT_LETTER, true,
	  false },
	{ "/EFI/BOOT/grubenv", ROOT_PART, NULL, BOOT_NUMBER, true, true },
	{ "/grub/grubenv", ROOT_PART, NULL, BOOT_NUMBER, true, true },
	{ "/grubenv", ROOT_PART, NULL, BOOT_NUMBER, true, true },
	{ "/resinOS_uEnv.txt", ROOT_PART, "uboot", BOOT_UBOOT, true, false },
	{ "/uEnv.txt", ROOT_PART, NULL, BOOT_NUMBER, false, false },
	{ "/uEnv.txt", "bootpart=1:", NULL, BOOT_NUMBER, false, false },
	{ "/EFI/BOOT/grub.cfg", NULL, NULL, BOOT_LABEL, false, false },
	{ "/grub/grub.cfg", NULL, NULL, BOOT_LABEL, false, false },
	{ "/extlinux/extlinux.conf", NULL, NULL, BOOT_LABEL, false, false },
	{ "/extlinux.conf", NULL, NULL, BOOT_LABEL, false, false },
	{ "/cmdline.txt", NULL, NULL, BOOT_LABEL, false, false },
	{ "/cmdline.txt", ROOT_DEV, NULL, BOOT_DEVICE, false, false },
	{ "/EFI/BOOT/grub.cfg", ROOT_DEV, NULL, BOOT_DEVICE, false, false },
};

const char *const boot_labels[2][2] = {
	{ "resin-rootA", "resin-rootB" },
	{ "resin-root", "resin-updt" },
};

/* ---- finding a word ------------------------------------------------ */

const char *
boot_find_value(const char *text, const char *key, size_t *len)
{
	const char *at = text;

	for (; (at = strstr(at, key)); at++) {
		if (at > text && !isspace((unsigned char)at[-1]))
			continue;
		at += strlen(key);
		*len = strcspn(at, " \t\r\n#");
		return at;
	}
	return NULL;
}

const char *
boot_find_device(const char *text, const char *key, size_t *len)
{
	const char *at = boot_find_value(text, key, len);
	size_t digits = 0;

	if (!at)
		return NULL;
	while (digits < *len && isdigit((unsigned char)at[*len - digits - 1]))
		digits++;
	at += *len - digits;
	*len = digits;
	return digits ? at : NULL;
}

const char *
boot_find_label(const char *text, size_t *pair, unsigned *which, size_t *len)
{
	const char *at;
	size_t i;
	unsigned j;

	for (i = 0; i < 2; i++)
		for (j = 0; j < 2; j++)
			for (at = text; (at = strstr(at, boot_labels[i][j]));
			     at++) {
				*len = strlen(boot_labels[i][j]);
				if (isalnum((unsigned char)at[*len]))
					continue;
				*pair = i;
				*which = j;
				return at;
			}
	return NULL;
}

bool
boot_is_hexadecimal(const struct release *release)
{
	return !release->parsed || release_at_least(release, "2.30.0");
}

/* ---- the roots ----------------------------------------------------- */

/* Up to 2.4 the second root of a fresh image is blank, and without a name if
 * the table has none: it lies behind the first, and is as large. */
static size_t
find_blank(const struct os *os, size_t first)
{
	const struct os_partition *root = os_get_partition(os, first);
	const struct os_partition *next;

	if (first + 1 >= os_partition_count(os))
		return BOOT_NOWHERE;
	next = os_get_partition(os, first + 1);
	return next->role == OS_ROLE_NONE && next->size == root->size ?
		       first + 1 :
		       BOOT_NOWHERE;
}

static void
find_pair(const struct os *os, struct boot_roots *roots)
{
	enum os_role role;
	size_t i;

	roots->first = roots->second = BOOT_NOWHERE;
	for (i = 0; i < os_partition_count(os); i++) {
		role = os_get_partition(os, i)->role;
		if (role == OS_ROLE_ROOT_A && roots->first == BOOT_NOWHERE)
			roots->first = i;
		if (role == OS_ROLE_ROOT_B && roots->second == BOOT_NOWHERE)
			roots->second = i;
	}
	if (roots->first != BOOT_NOWHERE && roots->second == BOOT_NOWHERE)
		roots->second = find_blank(os, roots->first);
	roots->started = roots->first;
}

/* ---- reading ------------------------------------------------------- */

static unsigned
number_of(const struct os *os, size_t at)
{
	return os_partition_number(os_get_partition(os, at));
}

/* The letter that @text says, or 0. */
static char
read_letter(const struct os *os, const struct boot_roots *roots, bool hex,
	    const struct boot_place *place, const char *text)
{
	const char *at;
	size_t len, pair;
	unsigned which;
	unsigned long number;

	if (place->only_upgrade && !strstr(text, "upgrade_available="))
		return 0;
	switch (place->manner) {
	case BOOT_LABEL:
		at = boot_find_label(text, &pair, &which, &len);
		return at ? (char)('A' + (char)which) : 0;
	case BOOT_LETTER:
		at = boot_find_value(text, place->key, &len);
		return at && (*at == 'A' || *at == 'B') ? *at : 0;
	case BOOT_DEVICE:
		at = boot_find_device(text, place->key, &len);
		break;
	default:
		at = boot_find_value(text, place->key, &len);
	}
	if (!at || !len)
		return 0;
	hex = hex && place->manner == BOOT_UBOOT;
	number = strtoul(at, NULL, hex ? 16 : 10);
	if (number == number_of(os, roots->first))
		return 'A';
	return number == number_of(os, roots->second) ? 'B' : 0;
}

int
boot_find_roots(const struct os *os, struct volume *boot,
		const struct release *release, struct boot_roots *roots,
		struct balimg_error *err)
{
	bool hex = boot_is_hexadecimal(release);
	const struct boot_place *place;
	char said = 0;

	find_pair(os, roots);
	if (!boot || roots->first == BOOT_NOWHERE ||
	    roots->second == BOOT_NOWHERE)
		return 0;
	for (place = boot_places; !said && place < boot_places + BOOT_PLACES;
	     place++) {
		AUTO_FREE char *text = NULL;
		size_t len;

		if (volume_read_optional(boot, place->path, TEXT_LIMIT, &text,
					 &len, err) < 0)
			return -1;
		if (text)
			said = read_letter(os, roots, hex, place, text);
	}
	if (said == 'B')
		roots->started = roots->second;
	return 0;
}

int
boot_find_started(struct os *os, size_t *at, struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	const struct release *release;
	struct boot_roots roots;
	struct volume *boot = os_boot(os, NULL, &why);

	if (!boot && !error_is(&why, BALIMG_E_NOT_FOUND))
		return error_pass(err, &why);
	if (os_release(os, &release, err) < 0 ||
	    boot_find_roots(os, boot, release, &roots, err) < 0)
		return -1;
	*at = roots.started;
	return 0;
}
