/* fat-check-names.c - look through the names of a directory for faults
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "volume/fat-check.h"

#define BASE_LEN 8

/* Is there something other than blanks behind a blank? */
static bool
has_gap(const uint8_t *part, size_t len)
{
	size_t i = 0;

	while (i < len && part[i] != ' ')
		i++;
	while (i < len && part[i] == ' ')
		i++;
	return i < len;
}

/* A volume of OS/2 keeps its extended attributes in files of these names. */
static bool
is_of_os2(const uint8_t *slot)
{
	return !memcmp(slot, "EA DATA  SF", FAT_SHORT) ||
	       !memcmp(slot, "WP ROOT  SF", FAT_SHORT);
}

static bool
is_bad_name(const uint8_t *slot)
{
	size_t i;

	if (is_of_os2(slot))
		return false;
	for (i = 0; i < FAT_SHORT; i++) {
		if (slot[i] < ' ' && !(i == 0 && slot[i] == 0x05))
			return true;
		if (slot[i] == 0x7f || strchr("*?<>|:/\\\"", slot[i]))
			return true;
	}
	return slot[0] == ' ' || has_gap(slot, BASE_LEN) ||
	       has_gap(slot + BASE_LEN, FAT_SHORT - BASE_LEN);
}

static int
compare_names(const void *a, const void *b)
{
	return memcmp(a, b, FAT_SHORT);
}

/* How many names of the sorted @count at @names come again. */
static size_t
count_twins(const uint8_t *names, size_t count)
{
	size_t i, twins = 0;

	for (i = 1; i < count; i++)
		twins += !memcmp(names + (i - 1) * FAT_SHORT,
				 names + i * FAT_SHORT, FAT_SHORT);
	return twins;
}

int
fat_check_names(struct fat_checker *ck, struct fat_dir *dir, const char *path,
		struct balimg_error *err)
{
	AUTO_FREE uint8_t *names = NULL;
	struct fat_scan scan = { 0 };
	size_t bad = 0;
	size_t count = 0;
	size_t twins;
	int rc;

	if (fat_dir_load(ck->vol, dir, SIZE_MAX, err) < 0)
		return -1;
	names = malloc(dir->count * FAT_SHORT + 1);
	if (!names)
		return error_nomem(err);
	while ((rc = fat_scan_next(ck->vol, dir, &scan, err)) > 0) {
		if (fat_slot_is_label(scan.raw))
			continue;
		memcpy(names + count++ * FAT_SHORT, scan.raw, FAT_SHORT);
		/* "." and ".." have their place before all others. */
		bad += fat_slot_is_dot(scan.raw) ?
			       scan.slot > 1 ||
				       dir->first ==
					       fat_root_cluster(ck->vol) :
			       is_bad_name(scan.raw);
	}
	if (rc < 0)
		return -1;
	if (count)
		qsort(names, count, FAT_SHORT, compare_names);
	twins = count_twins(names, count);
	if (bad && fat_checker_say(ck, false, false, err,
				   "%s: %zu name%s that FAT does not allow",
				   path, bad, bad == 1 ? "" : "s") < 0)
		return -1;
	if (!twins)
		return 0;
	return fat_checker_say(ck, false, false, err, "%s: %zu name%s twice",
			       path, twins,
			       twins == 1 ? " stands" : "s stand");
}
