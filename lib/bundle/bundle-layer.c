/* bundle-layer.c - a tar file within a bundle's tar file
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * It is read to its end for its sums, and its entries are noted as they come
 * by: what version of the OS it holds, for which device type.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "bundle/bundle-private.h"
#include "bundle/name-set.h"
#include "bundle/nested.h"

#define SMALL	   65536u /* bytes: os-release has less than one thousand */
#define HOOKS	   "etc/hostapp-update-hooks.d/"
#define BOOT_FILES "resin-boot/"

/* ---- entries of a tree --------------------------------------------- */

static int
note_hook(struct bundle_tree *tree, const char *path, struct balimg_error *err)
{
	json_t *name = json_string(path + strlen(HOOKS));

	if (!tree->hooks)
		tree->hooks = json_array();
	if (!name)
		return 0;
	return json_array_append_new(tree->hooks, name) < 0 ?
		       error_nomem(err) :
		       0;
}

/* What it takes in a file system: a directory one block. */
static int
note_size(struct bundle_tree *tree, struct archive_entry *entry,
	  const char *path, struct balimg_error *err)
{
	bool directory = archive_entry_filetype(entry) == AE_IFDIR;
	uint64_t size = 0;
	uint64_t blocks;

	if (!directory && !archive_entry_hardlink(entry) &&
	    archive_entry_filetype(entry) == AE_IFREG)
		size = (uint64_t)archive_entry_size(entry);
	blocks = size / BUNDLE_BLOCK + (size % BUNDLE_BLOCK != 0) + directory;
	tree->blocks += blocks;
	if (!strncmp(path, "boot/", 5))
		tree->boot_blocks += blocks;
	if (directory || strncmp(path, BOOT_FILES, strlen(BOOT_FILES)) != 0)
		return 0;
	if (!tree->boot_files)
		tree->boot_files = json_object();
	if (json_object_size(tree->boot_files) == BUNDLE_BOOT_FILES)
		return error_set(err, BALIMG_E_INVALID,
				 "has more than %u boot files",
				 BUNDLE_BOOT_FILES);
	/* A name that is no text is none that FAT has. */
	if (json_object_set_new(tree->boot_files, path + strlen(BOOT_FILES),
				json_integer((json_int_t)size)) < 0 &&
	    utf8_is_valid(path, strlen(path)))
		return error_nomem(err);
	return 0;
}

int
bundle_tree_note(struct bundle_tree *tree, struct archive_entry *entry,
		 const char *path, char ***keep, struct balimg_error *err)
{
	bool plain = archive_entry_filetype(entry) == AE_IFREG &&
		     !archive_entry_hardlink(entry);

	*keep = NULL;
	tree->files++;
	if (note_size(tree, entry, path, err) < 0)
		return -1;
	if (!plain)
		return 0;
	tree->bytes += (uint64_t)archive_entry_size(entry);
	if (!strcmp(path, "etc/os-release") && !tree->os_release)
		*keep = &tree->os_release;
	if (!strcmp(path, "resin-boot/device-type.json") &&
	    !tree->device_type_json)
		*keep = &tree->device_type_json;
	if (!strcmp(path, "delta") && tree->files == 1)
		tree->delta = true;
	if (!strncmp(path, HOOKS, strlen(HOOKS)))
		return note_hook(tree, path, err);
	return 0;
}

/* ---- the entries ---------------------------------------------------- */

static int
keep_text(struct archive *entries, char **text, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer kept = BUFFER_INIT;
	char piece[4096];
	la_ssize_t got;

	while ((got = archive_read_data(entries, piece, sizeof(piece))) > 0 &&
	       kept.len < SMALL)
		buffer_add(&kept, piece, (size_t)got);
	*text = buffer_take(&kept, NULL, err);
	return *text ? 0 : -1;
}

static int
note_path(struct bundle_member *member, const char *path,
	  struct name_set *paths, struct balimg_error *err)
{
	bool known;

	if (name_set_add(paths, path, strlen(path), &known, err) < 0)
		return -1;
	if (!known || member->twice)
		return 0;
	member->twice = strdup(path);
	return member->twice ? 0 : error_nomem(err);
}

static int
note_entry(struct bundle_member *member, struct archive *entries,
	   struct archive_entry *entry, struct name_set *paths,
	   struct balimg_error *err)
{
	AUTO_FREE char *path = bundle_path(archive_entry_pathname(entry), err);
	char **keep;

	if (!path || note_path(member, path, paths, err) < 0 ||
	    bundle_tree_note(&member->tree, entry, path, &keep, err) < 0)
		return -1;
	return keep ? keep_text(entries, keep, err) : 0;
}

static void
note_fault(struct bundle_member *member, struct archive *archive)
{
	const char *why = archive_error_string(archive);

	snprintf(member->fault, sizeof(member->fault), "%s",
		 why ? why : "no reason given");
}

/* Walk the entries; what is no tar file is no layer, but an empty one is. */
static int
walk(struct bundle_member *member, struct archive *entries,
     struct balimg_error *err)
{
	AUTO_NAME_SET struct name_set paths = { 0 };
	struct archive_entry *entry;
	int rc;

	while ((rc = archive_read_next_header(entries, &entry)) >=
	       ARCHIVE_WARN) {
		member->layer = true;
		if (rc == ARCHIVE_EOF)
			return 0;
		if (member->tree.files == TREE_ENTRIES)
			return error_set(err, BALIMG_E_INVALID,
					 "more than %u files", TREE_ENTRIES);
		if (note_entry(member, entries, entry, &paths, err) < 0)
			return -1;
	}
	note_fault(member, entries);
	return 0;
}

int
bundle_read_layer(struct bundle *bundle, struct bundle_member *member,
		  struct archive *from, struct balimg_error *err)
{
	AUTO_NESTED struct nested nested = {
		.sums = true,
		.text_room = bundle->kept <= BUNDLE_KEPT ? BUNDLE_TEXT : 0,
		.progress = bundle->progress,
		.done = &bundle->done,
	};
	struct archive *fault;

	if (nested_open(&nested, from, &fault, err) < 0)
		return -1;
	if (fault)
		note_fault(member, fault);
	else if (walk(member, nested.entries, err) < 0)
		return -1;
	if (nested_finish(&nested, member->sha256, member->diff_id) < 0)
		return -1;
	member->size = nested.stored;
	memcpy(member->compression, nested.compression,
	       sizeof(member->compression));
	if (member->layer || !nested.text.len)
		return 0;
	bundle->kept += nested.text.len;
	member->text = buffer_take(&nested.text, &member->text_len, err);
	return member->text ? 0 : -1;
}
