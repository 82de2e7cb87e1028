/* boot-choice.h - which root the bootloader starts
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every kind of bootloader has a file of its own for that.  As the hooks of
 * meta-balena do (99-resin-uboot, 99-resin-grub, 99-balena-bootloader), the
 * number of the partition is written to resinOS_uEnv.txt (hexadecimal since
 * 2.30.0) or grubenv, the letter to bootenv; where the name of the root's
 * label is what is started by, that is replaced.  The updaters up to 2.4 do so
 * in cmdline.txt, grub.cfg and uEnv.txt.
 */
#ifndef BALIMG_BALENAOS_BOOT_CHOICE_H
#define BALIMG_BALENAOS_BOOT_CHOICE_H

#include "balenaos/os.h"

enum boot_manner {
	BOOT_LETTER, /* KEY=A */
	BOOT_NUMBER, /* KEY=2, decimal */
	BOOT_UBOOT,  /* the same, hexadecimal since 2.30.0 */
	BOOT_LABEL,  /* resin-rootA somewhere */
	BOOT_DEVICE, /* root=/dev/mmcblk0p2 */
};

struct boot_place {
	const char *path;
	const char *key;
	const char *hook; /* makes the file if there is none */
	enum boot_manner manner;
	bool upgrade;	   /* sets upgrade_available, too */
	bool only_upgrade; /* and counts only if that is there */
};

#define BOOT_PLACES 14
extern const struct boot_place boot_places[BOOT_PLACES];

/* The names of the two roots' labels: since 2.0, and in 1.x. */
extern const char *const boot_labels[2][2];

/* Where in @text the value of @key begins, and *@len; NULL if it is not
 * there. */
const char *boot_find_value(const char *text, const char *key, size_t *len);

/* The number at the end of the device's name that is the value of @key. */
const char *boot_find_device(const char *text, const char *key, size_t *len);

/* Which of the labels, boot_labels[*@pair][*@which], is in @text, not as part
 * of a longer word. */
const char *boot_find_label(const char *text, size_t *pair, unsigned *which,
			    size_t *len);

/* Does U-Boot of @release take numbers as hexadecimal? */
bool boot_is_hexadecimal(const struct release *release);

#define BOOT_NOWHERE SIZE_MAX

/* Indices of partitions, or BOOT_NOWHERE. */
struct boot_roots {
	size_t first, second;
	size_t started; /* the first, if no file says */
};

/* Find the roots of @os, and what its @boot volume (NULL: there is none), by
 * a bootloader of @release, starts. */
int boot_find_roots(const struct os *os, struct volume *boot,
		    const struct release *release, struct boot_roots *roots,
		    struct balimg_error *err) MUST_USE;

/* The root that @os starts, or BOOT_NOWHERE. */
int boot_find_started(struct os *os, size_t *at, struct balimg_error *err)
	MUST_USE;

#endif /* BALIMG_BALENAOS_BOOT_CHOICE_H */
