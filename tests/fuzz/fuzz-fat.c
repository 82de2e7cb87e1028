/* fuzz-fat.c - any bytes as the beginning of a FAT volume
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The volume is listed, read, checked, edited and mended, in an overlay.  A
 * sound volume must stay sound, an edit must be there afterwards, and after a
 * repair nothing may be left that could be repaired.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "padded.h"
#include "source/overlay.h"
#include "volume/volume.h"

#define IMAGE_SIZE   (4u * 1024 * 1024)
#define NAMES_MAX    200 /* looked at in all */
#define DEPTH_MAX    6
#define CONTENT_SIZE 3000
#define NEW_FILE     "/A new file.text"

static unsigned names;
static char last_file[4096]; /* a path that was seen */

static void
read_some(struct volume *vol, const char *path)
{
	AUTO_SOURCE struct source *file = volume_open_file(vol, path, NULL);
	char data[4096];
	uint64_t size;

	if (!file)
		return;
	size = source_size(file);
	if (source_read(file, 0, data, size < 4096 ? (size_t)size : 4096,
			NULL) < 0)
		abort();
	if (size && source_read(file, size - 1, data, 1, NULL) < 0)
		abort();
}

static void
list_all(struct volume *vol, const char *path, unsigned depth)
{
	AUTO_LISTING struct volume_listing listing = { 0 };
	const struct volume_entry *entry;
	char below[4096];
	size_t i;

	if (volume_list(vol, path, &listing, NULL) < 0)
		return;
	for (i = 0; i < listing.count && names < NAMES_MAX; i++, names++) {
		entry = &listing.entries[i];
		if (!*entry->name || strchr(entry->name, '/') ||
		    !strcmp(entry->name, ".") || !strcmp(entry->name, ".."))
			abort();
		snprintf(below, sizeof(below), "%s/%s", path[1] ? path : "",
			 entry->name);
		snprintf(last_file, sizeof(last_file), "%s", below);
		if (!entry->directory)
			read_some(vol, below);
		else if (depth < DEPTH_MAX)
			list_all(vol, below, depth + 1);
	}
}

/* How many faults there are, and how many of them could be mended; -1 if the
 * check could not be made. */
static int
count_faults(struct volume *vol, int *repairable)
{
	AUTO_FAULTS struct volume_faults faults = { 0 };
	int count = 0;
	size_t i;

	*repairable = 0;
	if (volume_check(vol, &faults, NULL) < 0)
		return -1;
	for (i = 0; i < faults.count; i++) {
		if (faults.faults[i].harmless)
			continue;
		count++;
		*repairable += faults.faults[i].repairable;
	}
	return count;
}

/* Errors are fine here, and whatever was staged must be whole. */
static void
edit(struct volume *vol, const char *content)
{
	(void)!volume_write_file(vol, NEW_FILE, content, CONTENT_SIZE,
				 VOLUME_WIPE_OLD, NULL);
	if (volume_mkdir(vol, "/new", NULL) == 0)
		(void)!volume_write_file(vol, "/new/x", content, 1, 0, NULL);
	if (*last_file) {
		(void)!volume_write_file(vol, last_file, content, 700, 0,
					 NULL);
		(void)!volume_remove(vol, last_file, VOLUME_WIPE_OLD, NULL);
	}
	if (volume_flush(vol, NULL) < 0)
		abort();
}

static void
check_content(struct source *overlay, const char *content)
{
	AUTO_VOLUME struct volume *vol = volume_open(overlay, NULL);
	AUTO_FREE char *data = NULL;
	size_t len;

	if (!vol)
		abort();
	/* Not if there was no room, or it was last_file. */
	if (volume_read_file(vol, NEW_FILE, CONTENT_SIZE, &data, &len, NULL) ==
		    0 &&
	    len == CONTENT_SIZE && memcmp(data, content, len) != 0)
		abort();
}

static void
mend(struct source *overlay)
{
	AUTO_VOLUME struct volume *vol = volume_open(overlay, NULL);
	int repairable;

	if (!vol || volume_repair(vol, NULL) < 0)
		return;
	if (volume_flush(vol, NULL) < 0)
		abort();
	if (count_faults(vol, &repairable) >= 0 && repairable)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_SOURCE struct source *overlay = NULL;
	AUTO_VOLUME struct volume *vol = NULL;
	char content[CONTENT_SIZE];
	struct padded padded;
	int before, repairable;

	padded_open(&padded, data, size,
		    size < IMAGE_SIZE ? IMAGE_SIZE : size);
	overlay = overlay_open(&padded.source, NULL);
	if (!overlay)
		abort();
	vol = volume_open(overlay, NULL);
	if (!vol)
		return 0;
	names = 0;
	*last_file = '\0';
	list_all(vol, "/", 0);
	before = count_faults(vol, &repairable);
	memset(content, 'c', sizeof(content));
	edit(vol, content);
	if (before == 0) {
		if (count_faults(vol, &repairable) != 0)
			abort();
		check_content(overlay, content);
	}
	mend(overlay);
	return 0;
}
