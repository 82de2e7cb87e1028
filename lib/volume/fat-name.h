/* fat-name.h - names of files: UTF-8, UTF-16, and 8.3
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_VOLUME_FAT_NAME_H
#define BALIMG_VOLUME_FAT_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define FAT_NAME_MAX  255		     /* UTF-16 units */
#define FAT_UTF8_SIZE (3 * FAT_NAME_MAX + 1) /* bytes, with the NUL */
#define FAT_SHORT     11		     /* bytes of an 8.3 name */

struct fat_name {
	uint16_t units[FAT_NAME_MAX];
	size_t len; /* units */
};

/* ---- fat-unicode.c ---- */

/* Decode @len bytes of UTF-8; false if they are not that, or too many. */
bool fat_name_parse(const char *text, size_t len, struct fat_name *name);

/* Encode into @text (FAT_UTF8_SIZE bytes).  What a name must not hold (half
 * of a surrogate pair, '/', a control character) becomes U+FFFD. */
void fat_name_print(const struct fat_name *name, char *text);

/* Are they one name for a file system that ignores case? */
bool fat_name_equal(const struct fat_name *a, const struct fat_name *b);

/* The character of byte @byte in code page 437. */
uint16_t fat_from_oem(uint8_t byte);

/* ---- fat-name.c ---- */

/* May a file be created with this name?  BALIMG_E_INVALID says why not. */
int fat_name_check(const char *text, size_t len, struct fat_name *name,
		   struct balimg_error *err) MUST_USE;

/* The 8.3 name of a directory slot as it is shown, with its case bits. */
void fat_short_print(const uint8_t *slot, struct fat_name *name);

/* The volume label in a slot or boot sector, as UTF-8 without the trailing
 * blanks; @text holds at least 3 * FAT_SHORT + 1 bytes. */
void fat_label_print(const uint8_t *label, char *text);

/* The sum that ties long-name slots to their 8.3 slot. */
uint8_t fat_short_sum(const uint8_t *short_name);

/* Does @name fit into an 8.3 name but for the case, which has bits for it if
 * it is the same all over the base or extension? */
bool fat_short_fits(const struct fat_name *name, uint8_t *short_name,
		    uint8_t *case_bits);

/* What @name becomes in 8.3 before a number is put to it; false if
 * characters were lost, so that a number is needed. */
bool fat_short_basis(const struct fat_name *name, uint8_t *short_name);

/* Put "~@number" into @short_name. */
void fat_short_number(uint8_t *short_name, const uint8_t *basis,
		      unsigned number);

/* The number, if @short_name is @basis with one; else 0. */
unsigned fat_short_get_number(const uint8_t *short_name, const uint8_t *basis);

#endif /* BALIMG_VOLUME_FAT_NAME_H */
