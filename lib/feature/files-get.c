/* files-get.c - any file in any volume of the image, read
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/progress.h"
#include "base/utf8.h"
#include "feature/files.h"

#define PIECE (256u << 10) /* bytes copied at a time */

struct volume *
files_find_volume(struct os *os, const char *part, const char *path,
		  struct os_spot *spot, struct balimg_error *err)
{
	if (os_find_file(os, part, path, spot, err) < 0)
		return NULL;
	return os_spot_volume(spot, err);
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

/* A name that is not UTF-8 has marks in its place: JSON knows no other. */
static json_t *
describe_name(const char *name)
{
	AUTO_FREE char *plain = NULL;
	char *at;

	if (utf8_is_valid(name, strlen(name)))
		return json_string(name);
	plain = strdup(name);
	for (at = plain; at && *at; at++) {
		if (*at & 0x80)
			*at = '?';
	}
	return plain ? json_string(plain) : NULL;
}

/* What only file systems with owners tell. */
static int
add_owner(json_t *object, const struct volume_entry *entry)
{
	char mode[8];

	snprintf(mode, sizeof(mode), "%04o", entry->mode);
	if (json_object_set_new(object, "mode", json_string(mode)) < 0 ||
	    json_object_set_new(object, "uid", json_integer(entry->uid)) < 0 ||
	    json_object_set_new(object, "gid", json_integer(entry->gid)) < 0)
		return -1;
	return entry->target ?
		       json_object_set_new(object, "target",
					   describe_name(entry->target)) :
		       0;
}

static json_t *
describe_entry(const struct volume_entry *entry)
{
	json_auto_t *object = NULL;
	const char *type = entry->special ? entry->special : "file";

	if (entry->directory)
		type = "directory";
	object = json_pack("{s:o, s:s, s:I, s:o}", "name",
			   describe_name(entry->name), "type", type, "size",
			   (json_int_t)entry->size, "time",
			   describe_time(entry->modified));
	if (!object || (entry->owned && add_owner(object, entry) < 0))
		return NULL;
	return STEAL(object);
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

/* What @path leads to, or the link that leads nowhere. */
static int
look_at(struct volume *vol, const char *path, struct volume_entry *entry,
	struct balimg_error *err)
{
	struct balimg_error why = { 0 };

	if (volume_stat(vol, path, entry, &why) == 0)
		return 0;
	if (!error_is(&why, BALIMG_E_NOT_FOUND) ||
	    volume_stat_link(vol, path, entry, NULL) < 0)
		return error_pass(err, &why);
	return 0;
}

json_t *
files_list(struct os *os, const char *part, const char *path,
	   struct balimg_error *err)
{
	struct volume_entry entry = { 0 };
	struct volume *vol;
	struct os_spot spot;
	json_t *list;

	vol = files_find_volume(os, part, path, &spot, err);
	if (!vol)
		return NULL;
	if (look_at(vol, spot.path, &entry, err) < 0) {
		list = NULL;
	} else {
		list = entry.directory ? list_directory(vol, spot.path, err) :
					 describe_entries(&entry, 1, err);
		volume_entry_clear(&entry);
	}
	if (!list)
		error_wrap(err, "%s", os_partition_title(spot.os, spot.at));
	return list;
}

/* ---- content ------------------------------------------------------- */

static int
copy_to_fd(struct source *content, int fd, const struct progress *progress,
	   struct balimg_error *err)
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
		if (progress_report(progress, "copying", at, size, err) < 0 ||
		    source_read(content, at, piece, len, err) < 0)
			return -1;
		if (io_write(fd, piece, len, err) < 0)
			return error_wrap(err, "the output");
	}
	return 0;
}

static struct source *
open_content(struct volume *vol, const char *path, struct balimg_error *err)
{
	struct volume_entry entry = { 0 };
	bool directory;

	if (volume_stat(vol, path, &entry, err) < 0)
		return NULL;
	directory = entry.directory;
	volume_entry_clear(&entry);
	if (!directory)
		return volume_open_file(vol, path, err);
	error_set(err, BALIMG_E_INVALID, "is a directory");
	error_hint(err, "`balimg ls` lists it, `balimg tar` copies it");
	error_wrap(err, "%s", path);
	return NULL;
}

int
files_get(struct os *os, const char *part, const char *path, int fd,
	  const struct progress *progress, struct balimg_error *err)
{
	AUTO_SOURCE struct source *content = NULL;
	struct volume *vol;
	struct os_spot spot;

	vol = files_find_volume(os, part, path, &spot, err);
	if (!vol)
		return -1;
	content = open_content(vol, spot.path, err);
	if (!content || copy_to_fd(content, fd, progress, err) < 0)
		return error_wrap(err, "%s",
				  os_partition_title(spot.os, spot.at));
	return 0;
}
