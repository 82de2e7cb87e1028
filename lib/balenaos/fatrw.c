/* fatrw.c - leftovers of the device's own atomic writes
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "balenaos/fatrw.h"
#include "base/digest.h"
#include "base/ending.h"

#define SUM_SUFFIX   ".md5sum"
#define TEMP_SUFFIX  ".tmp"
#define HEX_LEN	     (2 * MD5_SIZE)
#define SETTLE_LIMIT (64u << 20) /* bytes: kernels are written so, too */

/* The md5 in a leftover's @name: 32 hex digits between a dot and its last
 * extension; NULL if there is none. */
static const char *
find_md5(const char *name)
{
	const char *end = strrchr(name, '.');
	const char *at;

	if (!end || end - name < HEX_LEN + 1)
		return NULL;
	at = end - HEX_LEN;
	if (at[-1] != '.' || strspn(at, "0123456789abcdef") != HEX_LEN)
		return NULL;
	return at;
}

/* Is @name a leftover of @file; of any file if that is NULL?  Those with the
 * sum in their name are what the device looks for; the .tmp beside one is a
 * copy that was under way. */
static bool
is_leftover(const char *name, const char *file)
{
	size_t len = file ? strlen(file) : 1;

	if (name[0] != '.' || strlen(name) < len + 2 || !find_md5(name))
		return false;
	if (file &&
	    (strncmp(name + 1, file, len) != 0 || name[1 + len] != '.' ||
	     find_md5(name) - (name + 1 + len) < 2))
		return false;
	return ends_in(name, SUM_SUFFIX) || ends_in(name, TEMP_SUFFIX);
}

/* Split @path: *@folder is to be freed, *@file points into @path. */
static int
split_path(const char *path, char **folder, const char **file,
	   struct balimg_error *err)
{
	const char *slash = strrchr(path, '/');

	*file = slash + 1;
	*folder = slash == path ? strdup("/") :
				  strndup(path, (size_t)(slash - path));
	return *folder ? 0 : error_nomem(err);
}

/* The path of @name in @folder, to be freed. */
static char *
join_path(const char *folder, const char *name, struct balimg_error *err)
{
	size_t size = strlen(folder) + strlen(name) + 2;
	char *path = malloc(size);

	if (!path) {
		error_nomem(err);
		return NULL;
	}
	snprintf(path, size, "%s%s%s", folder, folder[1] ? "/" : "", name);
	return path;
}

static int
compare_name(const void *left, const void *right)
{
	const struct volume_entry *a = left, *b = right;

	return strcmp(a->name, b->name);
}

/* ---- reading ---------------------------------------------------------- */

/* Read leftover @name; *@data is NULL if it is not what its name says, or
 * cannot be read at all, as when power failed while it was written. */
static int
read_if_valid(struct volume *vol, const char *folder, const char *name,
	      size_t limit, char **data, size_t *len, struct balimg_error *err)
{
	AUTO_FREE char *path = join_path(folder, name, err);
	AUTO_FREE char *content = NULL;
	struct balimg_error why = { 0 };
	uint8_t sum[MD5_SIZE];
	char hex[HEX_LEN + 1];

	*data = NULL;
	if (!path)
		return -1;
	if (volume_read_file(vol, path, limit, &content, len, &why) < 0)
		return error_is_finding(&why) ? 0 : error_pass(err, &why);
	digest_md5(content, *len, sum);
	digest_hex(sum, sizeof(sum), hex);
	if (!strncmp(hex, find_md5(name), HEX_LEN))
		*data = STEAL(content);
	return 0;
}

/* The content of the leftover that would replace @file; *@data is NULL if
 * there is none.  Sorts @listing. */
static int
read_leftover(struct volume *vol, const char *folder, const char *file,
	      struct volume_listing *listing, size_t limit, const char **name,
	      char **data, size_t *len, struct balimg_error *err)
{
	size_t i;

	*data = NULL;
	if (listing->count)
		qsort(listing->entries, listing->count,
		      sizeof(*listing->entries), compare_name);
	for (i = 0; i < listing->count && !*data; i++) {
		*name = listing->entries[i].name;
		if (listing->entries[i].directory ||
		    !is_leftover(*name, file) || !ends_in(*name, SUM_SUFFIX))
			continue;
		if (read_if_valid(vol, folder, *name, limit, data, len, err) <
		    0)
			return -1;
	}
	return 0;
}

int
fatrw_read(struct volume *vol, const char *path, size_t limit,
	   const char *where, struct plan *plan, char **data, size_t *len,
	   struct balimg_error *err)
{
	AUTO_LISTING struct volume_listing listing = { 0 };
	AUTO_FREE char *folder = NULL;
	const char *file, *name;

	if (split_path(path, &folder, &file, err) < 0 ||
	    volume_list(vol, folder, &listing, err) < 0 ||
	    read_leftover(vol, folder, file, &listing, limit, &name, data, len,
			  err) < 0)
		return -1;
	if (!*data)
		return volume_read_file(vol, path, limit, data, len, err);
	plan_note(plan, PLAN_WARNING, where,
		  "read from %s: the device had not finished writing it",
		  name);
	return 0;
}

/* ---- cleaning --------------------------------------------------------- */

static int
remove_leftover(struct volume *vol, const char *folder,
		const struct volume_entry *entry, const char *where,
		struct plan *plan, struct balimg_error *err)
{
	AUTO_FREE char *path = join_path(folder, entry->name, err);
	AUTO_FREE char *change = NULL;
	char before[64];

	if (!path)
		return -1;
	if (volume_remove(vol, path, VOLUME_WIPE_OLD, err) < 0)
		return error_wrap(err, "%s", path);
	if (asprintf(&change, "%s: %s", where, entry->name) < 0) {
		change = NULL;
		return error_nomem(err);
	}
	snprintf(before, sizeof(before),
		 "leftover of an unfinished write (%" PRIu64 " bytes)",
		 entry->size);
	plan_change(plan, change, before, NULL, false);
	return 0;
}

int
fatrw_clean(struct volume *vol, const char *path, const char *where,
	    struct plan *plan, struct balimg_error *err)
{
	AUTO_LISTING struct volume_listing listing = { 0 };
	AUTO_FREE char *folder = NULL;
	const char *file;
	size_t i;

	if (split_path(path, &folder, &file, err) < 0 ||
	    volume_list(vol, folder, &listing, err) < 0)
		return -1;
	for (i = 0; i < listing.count; i++) {
		if (listing.entries[i].directory ||
		    !is_leftover(listing.entries[i].name, file))
			continue;
		if (remove_leftover(vol, folder, &listing.entries[i], where,
				    plan, err) < 0)
			return -1;
	}
	return 0;
}

int
fatrw_count(struct volume *vol, const char *folder, size_t *count,
	    struct balimg_error *err)
{
	AUTO_LISTING struct volume_listing listing = { 0 };
	size_t i;

	*count = 0;
	if (volume_list(vol, folder, &listing, err) < 0)
		return -1;
	for (i = 0; i < listing.count; i++)
		if (!listing.entries[i].directory &&
		    is_leftover(listing.entries[i].name, NULL))
			++*count;
	return 0;
}

/* ---- settling --------------------------------------------------------- */

/* The name of the file that leftover @name was to replace, to be freed: what
 * stands before the random part, which has no dot. */
static char *
file_of_leftover(const char *name, struct balimg_error *err)
{
	const char *end = find_md5(name) - 1;
	char *file;

	while (end > name + 1 && end[-1] != '.')
		end--;
	file = strndup(name + 1,
		       end > name + 1 ? (size_t)(end - name) - 2 : 0);
	if (!file)
		error_nomem(err);
	return file;
}

/* Bring in the leftover that the device would take, if any. */
static int
restore(struct volume *vol, const char *folder, const char *file,
	const char *where, struct plan *plan, struct balimg_error *err)
{
	AUTO_LISTING struct volume_listing listing = { 0 };
	AUTO_FREE char *path = join_path(folder, file, err);
	AUTO_FREE char *data = NULL;
	AUTO_FREE char *change = NULL;
	const char *name;
	bool exists;
	size_t len;

	if (!path || volume_list(vol, folder, &listing, err) < 0 ||
	    read_leftover(vol, folder, file, &listing, SETTLE_LIMIT, &name,
			  &data, &len, err) < 0 ||
	    volume_exists(vol, path, &exists, err) < 0)
		return -1;
	/* A file that is not there was hardly meant, whatever the name says.
	 */
	if (data && exists) {
		if (volume_write_file(vol, path, data, len, VOLUME_WIPE_OLD,
				      err) < 0)
			return error_wrap(err, "%s", path);
		if (asprintf(&change, "%s: %s", where, file) < 0) {
			change = NULL;
			return error_nomem(err);
		}
		plan_change(plan, change, "as before the unfinished write",
			    "as the device was writing it", false);
	}
	return fatrw_clean(vol, path, where, plan, err);
}

int
fatrw_settle(struct volume *vol, const char *folder, const char *where,
	     struct plan *plan, struct balimg_error *err)
{
	AUTO_LISTING struct volume_listing listing = { 0 };
	size_t i;

	if (volume_list(vol, folder, &listing, err) < 0)
		return -1;
	for (i = 0; i < listing.count; i++) {
		const char *name = listing.entries[i].name;
		AUTO_FREE char *file = NULL;

		if (listing.entries[i].directory || !is_leftover(name, NULL))
			continue;
		file = file_of_leftover(name, err);
		if (!file || (*file && restore(vol, folder, file, where, plan,
					       err) < 0))
			return -1;
	}
	return 0;
}
