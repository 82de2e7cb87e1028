/* volume-lists.c - listings and faults grow, and are released
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "volume/volume-ops.h"

int
volume_entry_name(struct volume_entry *entry, const char *path,
		  struct balimg_error *err)
{
	const char *name = strrchr(path, '/') + 1;

	free(entry->name);
	entry->name = strdup(*name ? name : "/");
	if (entry->name)
		return 0;
	volume_entry_clear(entry);
	return error_nomem(err);
}

/* Room for one more of @size bytes behind @count; NULL if memory ran out.
 * The list doubles whenever its count is a power of two. */
static void *
make_room(void *list, size_t count, size_t size)
{
	if (count & (count - 1))
		return list;
	return realloc(list, (count ? 2 * count : 1) * size);
}

int
volume_listing_add(struct volume_listing *listing, char *name,
		   const struct volume_entry *entry, struct balimg_error *err)
{
	struct volume_entry *entries;

	entries = make_room(listing->entries, listing->count,
			    sizeof(*entries));
	if (!entries) {
		free(name);
		free(entry->target);
		return error_nomem(err);
	}
	listing->entries = entries;
	entries[listing->count] = *entry;
	entries[listing->count++].name = name;
	return 0;
}

void
volume_listing_clear(struct volume_listing *listing)
{
	size_t i;

	for (i = 0; i < listing->count; i++)
		volume_entry_clear(&listing->entries[i]);
	free(listing->entries);
	*listing = (struct volume_listing){ 0 };
}

int
volume_xattrs_add(struct volume_xattrs *xattrs, const char *name,
		  const void *value, size_t len, struct balimg_error *err)
{
	struct volume_xattr made = { strdup(name), malloc(len + 1), len };
	struct volume_xattr *list;

	list = make_room(xattrs->xattrs, xattrs->count, sizeof(*list));
	if (list)
		xattrs->xattrs = list;
	if (!list || !made.name || !made.value) {
		free(made.name);
		free(made.value);
		return error_nomem(err);
	}
	if (len)
		memcpy(made.value, value, len);
	list[xattrs->count++] = made;
	return 0;
}

void
volume_xattrs_clear(struct volume_xattrs *xattrs)
{
	size_t i;

	for (i = 0; i < xattrs->count; i++) {
		free(xattrs->xattrs[i].name);
		free(xattrs->xattrs[i].value);
	}
	free(xattrs->xattrs);
	*xattrs = (struct volume_xattrs){ 0 };
}

int
volume_faults_add(struct volume_faults *faults, bool repairable, bool harmless,
		  struct balimg_error *err, const char *fmt, ...)
{
	struct volume_fault *list;
	char text[1024];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	list = make_room(faults->faults, faults->count, sizeof(*list));
	if (list)
		faults->faults = list;
	if (!list || len < 0)
		return error_nomem(err);
	list[faults->count] = (struct volume_fault){
		.text = strdup(text),
		.repairable = repairable,
		.harmless = harmless,
	};
	if (!list[faults->count].text)
		return error_nomem(err);
	faults->count++;
	return 0;
}

void
volume_faults_clear(struct volume_faults *faults)
{
	size_t i;

	for (i = 0; i < faults->count; i++)
		free(faults->faults[i].text);
	free(faults->faults);
	*faults = (struct volume_faults){ 0 };
}
