/* build-quirks.c - what lies over a new root at last
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Files that a container engine would put others in place of, when the root
 * file system goes through one on its way to the device.  Up to 1.30 the
 * build copied them when it made the bundle, from 2.0 on they are in the root
 * itself: see host-update-resin.bbclass and image-resin.bbclass in
 * meta-balena.
 */
#include <config.h>

#include <string.h>

#include "bundle/build-private.h"

#define LIMIT 65536u /* bytes of such a file */

/* As the build's QUIRK_FILES. */
static const char *
name_of(const struct build_quirks *quirks, size_t at)
{
	static const char *const first[] = { "etc/hostname", "etc/hosts",
					     "etc/resolv.conf" };
	static const char *const later[] = { "etc/hosts", "etc/mtab",
					     "etc/resolv.conf" };

	return quirks->first ? first[at] : later[at];
}

struct buffer *
build_quirks_note(struct build_quirks *quirks, const struct tree_entry *entry)
{
	struct build_quirk *quirk;
	size_t i;

	for (i = 0; i < BUILD_QUIRKS; i++) {
		quirk = &quirks->quirks[i];
		if (strcmp(entry->path, name_of(quirks, i)) != 0 ||
		    entry->size > LIMIT || quirk->met)
			continue;
		quirk->type = entry->type;
		quirk->mode = entry->mode;
		quirk->mtime = entry->mtime;
		quirk->met = entry->type == TREE_FILE ||
			     entry->type == TREE_SYMLINK;
		if (entry->type == TREE_SYMLINK && entry->target)
			buffer_puts(&quirk->text, entry->target);
		return &quirk->text;
	}
	return NULL;
}

static int
put_quirk(const struct build_quirk *quirk, const char *name,
	  struct tree_visitor *visitor, struct balimg_error *err)
{
	const char *text = quirk->text.data ? quirk->text.data : "";
	AUTO_BUFFER struct buffer path = BUFFER_INIT;
	AUTO_SOURCE struct source *source = NULL;
	struct build_content content;
	struct tree_entry entry = {
		.type = quirk->type,
		.mode = quirk->mode,
		.mtime = quirk->mtime,
	};

	buffer_printf(&path, "quirks/%s", name);
	if (path.failed || quirk->text.failed)
		return error_nomem(err);
	entry.path = path.data;
	if (quirk->type == TREE_SYMLINK) {
		entry.target = text;
		return visitor->visit(visitor, &entry, NULL, err);
	}
	source = source_memory_open(text, quirk->text.len, err);
	if (!source)
		return -1;
	content = build_content_of(source);
	entry.size = quirk->text.len;
	return visitor->visit(visitor, &entry, &content.head, err);
}

int
build_quirks_put(struct build_quirks *quirks, struct tree_visitor *visitor,
		 struct balimg_error *err)
{
	size_t i;

	if (build_put_directory(visitor, "quirks", err) < 0 ||
	    build_put_directory(visitor, "quirks/etc", err) < 0)
		return -1;
	for (i = 0; i < BUILD_QUIRKS; i++)
		if (quirks->quirks[i].met &&
		    put_quirk(&quirks->quirks[i], name_of(quirks, i), visitor,
			      err) < 0)
			return -1;
	return 0;
}

void
build_quirks_clear(struct build_quirks *quirks)
{
	size_t i;

	for (i = 0; i < BUILD_QUIRKS; i++)
		buffer_free(&quirks->quirks[i].text);
}
