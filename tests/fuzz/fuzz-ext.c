/* fuzz-ext.c - any bytes as an ext2, ext3 or ext4 volume
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The volume is listed, read, checked and edited, in an overlay, which must
 * stay empty until the flush.  An input is either an image as it is, or a
 * row of records: the number of a KiB, two bytes, and what it holds, so that
 * a small input makes a volume with more in it than zeroes.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "fuzz.h"
#include "padded.h"
#include "source/overlay.h"
#include "volume/volume.h"

#define IMAGE_SIZE   (512u * 1024)
#define RECORD	     1026u /* bytes: where, and a KiB */
#define MAGIC	     1080  /* offset in an image */
#define NAMES_MAX    100   /* looked at in all */
#define DEPTH_MAX    4
#define CONTENT_SIZE 30000

static unsigned names;
static char last_file[4096]; /* paths that were seen */
static char last_folder[4096];

static void
read_some(struct volume *vol, const char *path)
{
	AUTO_SOURCE struct source *file = volume_open_file(vol, path, NULL);
	struct extent extent;
	char data[8192];
	uint64_t size;

	if (!file)
		return;
	size = source_size(file);
	if (!size)
		return;
	(void)!source_read(file, 0, data,
			   size < sizeof(data) ? (size_t)size : sizeof(data),
			   NULL);
	(void)!source_read(file, size - 1, data, 1, NULL);
	(void)!source_extents(file, size / 2, &extent, NULL);
}

static void
list_all(struct volume *vol, const char *path, unsigned depth)
{
	AUTO_LISTING struct volume_listing listing = { 0 };
	AUTO_XATTRS struct volume_xattrs xattrs = { 0 };
	const struct volume_entry *entry;
	char below[4096];
	size_t i;

	(void)!volume_list_xattrs(vol, path, &xattrs, NULL);
	if (volume_list(vol, path, &listing, NULL) < 0)
		return;
	for (i = 0; i < listing.count && names < NAMES_MAX; i++, names++) {
		entry = &listing.entries[i];
		if (!*entry->name || strchr(entry->name, '/') ||
		    !strcmp(entry->name, ".") || !strcmp(entry->name, ".."))
			abort();
		snprintf(below, sizeof(below), "%s/%s", path[1] ? path : "",
			 entry->name);
		if (entry->directory) {
			memcpy(last_folder, below, sizeof(below));
			if (depth < DEPTH_MAX)
				list_all(vol, below, depth + 1);
			continue;
		}
		if (!entry->special)
			memcpy(last_file, below, sizeof(below));
		read_some(vol, below);
	}
}

static void
patch(struct volume *vol, const char *path, const char *content)
{
	AUTO_SOURCE struct source *file = volume_open_file(vol, path, NULL);
	uint64_t size;

	if (!file)
		return;
	size = source_size(file);
	if (size > 3)
		(void)!source_write(file, size / 2, content,
				    size < 4000 ? (size_t)size / 2 : 2000,
				    NULL);
	if (size)
		(void)!source_zero(file, size / 3, size / 3, NULL);
}

/* Errors are fine here. */
static void
edit(struct volume *vol, const char *content)
{
	char path[8192];

	if (*last_file) {
		patch(vol, last_file, content);
		(void)!volume_write_file(vol, last_file, content, 7000,
					 VOLUME_WIPE_OLD, NULL);
	}
	snprintf(path, sizeof(path), "%s/a new file", last_folder);
	(void)!volume_write_file(vol, path, content, CONTENT_SIZE, 0, NULL);
	if (volume_mkdir(vol, "/new", NULL) == 0)
		(void)!volume_write_file(vol, "/new/x", content, 1, 0, NULL);
	if (*last_file)
		(void)!volume_remove(vol, last_file, VOLUME_WIPE_OLD, NULL);
	if (*last_folder)
		(void)!volume_remove(vol, last_folder, 0, NULL);
	(void)!volume_remove(vol, "/new/x", 0, NULL);
	(void)!volume_remove(vol, "/new", 0, NULL);
}

static void
check(struct volume *vol)
{
	AUTO_FAULTS struct volume_faults faults = { 0 };

	(void)!volume_check(vol, &faults, NULL);
}

static void
try_image(const uint8_t *image, size_t size)
{
	AUTO_SOURCE struct source *overlay = NULL;
	AUTO_VOLUME struct volume *vol = NULL;
	char content[CONTENT_SIZE];
	struct padded padded;

	padded_open(&padded, image, size, size);
	overlay = overlay_open(&padded.source, NULL);
	if (!overlay)
		abort();
	vol = volume_open(overlay, NULL);
	if (!vol || strcmp(volume_type(vol), "ext2/3/4") != 0)
		return;
	names = 0;
	*last_file = '\0';
	*last_folder = '\0';
	list_all(vol, "/", 0);
	check(vol);
	memset(content, 'c', sizeof(content));
	memset(content + 5000, 0, 9000);
	edit(vol, content);
	if (!overlay_is_empty(overlay))
		abort();
	(void)!volume_flush(vol, NULL);
	names = 0;
	list_all(vol, "/", 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t image[IMAGE_SIZE];
	size_t at;

	if (size > MAGIC + 2 && le16_get(data + MAGIC) == 0xef53) {
		try_image(data, size);
		return 0;
	}
	memset(image, 0, sizeof(image));
	for (; size > 2; size -= at, data += at) {
		at = size < RECORD ? size : RECORD;
		memcpy(image + le16_get(data) % (IMAGE_SIZE / 1024) * 1024,
		       data + 2, at - 2);
	}
	try_image(image, sizeof(image));
	return 0;
}
