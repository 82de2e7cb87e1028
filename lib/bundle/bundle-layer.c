/* bundle-layer.c - a tar file within a bundle's tar file
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Three readers in a row: the bundle's gives the bytes that are stored, the
 * second undoes their compression, the third finds the entries.  On the way
 * the stored bytes and the plain ones are hashed: the latter's sum is the
 * layer's diff id.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "bundle/bundle-private.h"

#define SMALL 65536u /* bytes: os-release has less than one thousand */
#define HOOKS "etc/hostapp-update-hooks.d/"

struct layer {
	struct bundle *bundle;
	struct bundle_member *member;
	struct archive *stored; /* the bundle */
	struct archive *plain;	/* what undoes the compression */
	struct digest stored_sum, plain_sum;
	bool packed;		  /* else the two are the same */
	struct balimg_error *err; /* set if the call is to be given up */
	char stored_piece[BUNDLE_PIECE];
	char plain_piece[BUNDLE_PIECE];
	struct buffer text; /* of one that is JSON */
};

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

int
bundle_tree_note(struct bundle_tree *tree, struct archive_entry *entry,
		 const char *path, char ***keep, struct balimg_error *err)
{
	bool plain = archive_entry_filetype(entry) == AE_IFREG &&
		     !archive_entry_hardlink(entry);

	*keep = NULL;
	tree->files++;
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

/* ---- the readers --------------------------------------------------- */

static la_ssize_t
read_stored(struct archive *archive, void *data, const void **piece)
{
	struct layer *layer = data;
	la_ssize_t got = archive_read_data(layer->stored, layer->stored_piece,
					   BUNDLE_PIECE);

	(void)archive;
	*piece = layer->stored_piece;
	if (got <= 0)
		return got < 0 ? ARCHIVE_FATAL : 0;
	digest_add(&layer->stored_sum, layer->stored_piece, (size_t)got);
	layer->member->size += (uint64_t)got;
	layer->bundle->done += (uint64_t)got;
	if (progress_report(layer->bundle->progress, "reading",
			    layer->bundle->done, 0, layer->err) < 0)
		return ARCHIVE_FATAL;
	return got;
}

static la_ssize_t
read_plain(struct archive *archive, void *data, const void **piece)
{
	struct layer *layer = data;
	la_ssize_t got = archive_read_data(layer->plain, layer->plain_piece,
					   BUNDLE_PIECE);

	(void)archive;
	*piece = layer->plain_piece;
	if (got <= 0)
		return got < 0 ? ARCHIVE_FATAL : 0;
	if (layer->packed)
		digest_add(&layer->plain_sum, layer->plain_piece, (size_t)got);
	if (layer->text.len <= BUNDLE_TEXT &&
	    layer->bundle->kept <= BUNDLE_KEPT &&
	    (layer->text.len || layer->plain_piece[0] == '{'))
		buffer_add(&layer->text, layer->plain_piece, (size_t)got);
	return got;
}

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
note_entry(struct layer *layer, struct archive *entries,
	   struct archive_entry *entry, struct balimg_error *err)
{
	AUTO_FREE char *path = bundle_path(archive_entry_pathname(entry), err);
	char **keep;

	if (!path || bundle_tree_note(&layer->member->tree, entry, path, &keep,
				      err) < 0)
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
walk(struct layer *layer, struct archive *entries, struct balimg_error *err)
{
	struct bundle_member *member = layer->member;
	struct archive_entry *entry;
	int rc;

	while ((rc = archive_read_next_header(entries, &entry)) >=
	       ARCHIVE_WARN) {
		member->layer = true;
		if (rc == ARCHIVE_EOF)
			return 0;
		if (note_entry(layer, entries, entry, err) < 0)
			return -1;
	}
	note_fault(member, entries);
	return 0;
}

static int
read_entries(struct layer *layer, struct balimg_error *err)
{
	struct archive *entries = archive_read_new();
	int rc = 0;

	if (!entries)
		return error_nomem(err);
	archive_read_support_format_tar(entries);
	archive_read_support_format_empty(entries);
	if (archive_read_open(entries, layer, NULL, read_plain, NULL) <
	    ARCHIVE_WARN)
		note_fault(layer->member, entries);
	else
		rc = walk(layer, entries, err);
	archive_read_free(entries);
	return rc;
}

/* What no reader took: the sums are over all of it. */
static void
drain(struct layer *layer)
{
	const void *piece;

	while (read_plain(NULL, layer, &piece) > 0)
		continue;
	while (read_stored(NULL, layer, &piece) > 0)
		continue;
}

static int
undo_compression(struct layer *layer, struct balimg_error *err)
{
	struct bundle_member *member = layer->member;
	struct archive_entry *entry;
	int rc = 0;

	archive_read_support_filter_gzip(layer->plain);
	archive_read_support_filter_bzip2(layer->plain);
	archive_read_support_filter_xz(layer->plain);
	archive_read_support_filter_zstd(layer->plain);
	archive_read_support_format_raw(layer->plain);
	archive_read_support_format_empty(layer->plain);
	if (archive_read_open(layer->plain, layer, NULL, read_stored, NULL) <
		    ARCHIVE_WARN ||
	    archive_read_next_header(layer->plain, &entry) < ARCHIVE_WARN) {
		note_fault(member, layer->plain);
		return 0;
	}
	bundle_tell_compression(layer->plain, member->compression);
	layer->packed = strcmp(member->compression, "none") != 0;
	rc = read_entries(layer, err);
	drain(layer);
	digest_finish(&layer->stored_sum, member->sha256);
	if (layer->packed)
		digest_finish(&layer->plain_sum, member->diff_id);
	else
		memcpy(member->diff_id, member->sha256, SHA256_SIZE);
	if (rc < 0 || member->layer || !layer->text.len)
		return rc;
	layer->bundle->kept += layer->text.len;
	member->text = buffer_take(&layer->text, &member->text_len, err);
	return member->text ? 0 : -1;
}

int
bundle_read_layer(struct bundle *bundle, struct bundle_member *member,
		  struct archive *from, struct balimg_error *err)
{
	AUTO_FREE struct layer *layer = calloc(1, sizeof(*layer));
	int rc;

	if (!layer)
		return error_nomem(err);
	layer->bundle = bundle;
	layer->member = member;
	layer->stored = from;
	layer->err = err;
	layer->plain = archive_read_new();
	if (!layer->plain)
		return error_nomem(err);
	digest_begin(&layer->stored_sum, DIGEST_SHA256);
	digest_begin(&layer->plain_sum, DIGEST_SHA256);
	rc = undo_compression(layer, err);
	archive_read_free(layer->plain);
	buffer_free(&layer->text);
	return rc < 0 || (err && err->code) ? -1 : 0;
}
