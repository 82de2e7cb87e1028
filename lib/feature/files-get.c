/* files-get.c - any file in any volume of the image, read
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "feature/files.h"

#define PIECE (256u << 10) /* bytes copied at a time */

static struct volume *
find_volume(struct os *os, const char *part, size_t *at,
	    struct balimg_error *err)
{
	if (os_find_partition(os, part, at, err) < 0)
		return NULL;
	return os_volume(os, *at, err);
}

/* ---- listing ------------------------------------------------------- */

/* ISO 8601 in UTC; null where there is no such time. */
static json_t *
describe_time(time_t when)
{
	char text[32];
	struct tm tm;

	if (!gmtime_r(&when, &tm) ||
	    !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		return json_null();
	return json_string(text);
}

static json_t *
describe_entry(const struct volume_entry *entry)
{
	return json_pack("{s:s, s:s, s:I, s:o}", "name", entry->name, "type",
			 entry->directory ? "directory" : "file", "size",
			 (json_int_t)entry->size, "time",
			 describe_time(entry->modified));
}

static int
by_name(const void *a, const void *b)
{
	const struct volume_entry *one = a;
	const struct volume_entry *other = b;

	return strcmp(one->name, other->name);
}

static json_t *
describe_entries(const struct volume_entry *entries, size_t count,
		 struct balimg_error *err)
{
	json_auto_t *list = json_array();
	size_t i;

	for (i = 0; i < count; i++) {
		if (json_array_append_new(list, describe_entry(&entries[i])) <
		    0)
			break;
	}
	if (!list || i < count) {
		error_nomem(err);
		return NULL;
	}
	return STEAL(list);
}

static json_t *
list_directory(struct volume *vol, const char *path, struct balimg_error *err)
{
	AUTO_LISTING struct volume_listing listing = { 0 };

	if (volume_list(vol, path, &listing, err) < 0)
		return NULL;
	if (listing.count)
		qsort(listing.entries, listing.count, sizeof(*listing.entries),
		      by_name);
	return describe_entries(listing.entries, listing.count, err);
}

json_t *
files_list(struct os *os, const char *part, const char *path,
	   struct balimg_error *err)
{
	struct volume_entry entry = { 0 };
	struct volume *vol;
	json_t *list;
	size_t at;

	vol = find_volume(os, part, &at, err);
	if (!vol)
		return NULL;
	if (volume_stat(vol, path, &entry, err) < 0) {
		list = NULL;
	} else {
		list = entry.directory ? list_directory(vol, path, err) :
					 describe_entries(&entry, 1, err);
		volume_entry_clear(&entry);
	}
	if (!list)
		error_wrap(err, "%s", os_partition_title(os, at));
	return list;
}

/* ---- content ------------------------------------------------------- */

static int
copy_to_fd(struct source *content, int fd, struct balimg_error *err)
{
	uint64_t size = source_size(content);
	AUTO_FREE char *piece = malloc(size < PIECE ? (size_t)size + 1 :
						      PIECE);
	uint64_t at;
	size_t len;

	if (!piece)
		return error_nomem(err);
	for (at = 0; at < size; at += len) {
		len = size - at < PIECE ? (size_t)(size - at) : PIECE;
		if (source_read(content, at, piece, len, err) < 0 ||
		    io_write(fd, piece, len, err) < 0)
			return -1;
	}
	return 0;
}

int
files_get(struct os *os, const char *part, const char *path, int fd,
	  struct balimg_error *err)
{
	AUTO_SOURCE struct source *content = NULL;
	struct volume *vol;
	size_t at;

	vol = find_volume(os, part, &at, err);
	if (!vol)
		return -1;
	content = volume_open_file(vol, path, err);
	if (!content || copy_to_fd(content, fd, err) < 0)
		return error_wrap(err, "%s", os_partition_title(os, at));
	return 0;
}
