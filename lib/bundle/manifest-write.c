/* manifest-write.c - what a folder of the host cannot hold, as text
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <inttypes.h>
#include <string.h>

#include "base/base64.h"
#include "bundle/manifest.h"

#define ROOM (256u << 10) /* bytes written at a time */

void
manifest_begin(struct manifest_writer *writer, struct sink *sink)
{
	*writer = (struct manifest_writer){ .sink = sink };
	buffer_puts(&writer->lines, "#mtree\n");
}

static void
put_escaped(struct buffer *to, const char *text)
{
	for (; *text; text++) {
		if (*text > ' ' && *text <= '~' && !strchr("#\\*?[", *text))
			buffer_add(to, text, 1);
		else
			buffer_printf(to, "\\%03o", (unsigned char)*text);
	}
}

static void
put_xattrs(struct buffer *to, const struct volume_xattrs *xattrs,
	   struct balimg_error *err)
{
	const struct volume_xattr *xattr;
	size_t i;

	for (i = 0; xattrs && i < xattrs->count; i++) {
		AUTO_FREE char *text = NULL;

		xattr = &xattrs->xattrs[i];
		text = malloc(BASE64_ENCODED_SIZE(xattr->len));
		if (!text) {
			error_nomem(err);
			to->failed = true;
			return;
		}
		base64_encode(xattr->value, xattr->len, text);
		buffer_puts(to, "#xattr ");
		put_escaped(to, xattr->name);
		buffer_printf(to, "=%s\n", text);
	}
}

static int
flush_lines(struct manifest_writer *writer, struct balimg_error *err)
{
	if (writer->lines.failed)
		return error_nomem(err);
	if (sink_write(writer->sink, writer->lines.data, writer->lines.len,
		       err) < 0)
		return -1;
	buffer_free(&writer->lines);
	return 0;
}

int
manifest_add(struct manifest_writer *writer, const struct tree_entry *entry,
	     struct balimg_error *err)
{
	static const char *const types[] = {
		[TREE_FILE] = "file",	 [TREE_DIRECTORY] = "dir",
		[TREE_SYMLINK] = "link", [TREE_HARDLINK] = "file",
		[TREE_CHAR] = "char",	 [TREE_BLOCK] = "block",
		[TREE_FIFO] = "fifo",	 [TREE_SOCKET] = "socket",
	};
	struct buffer *to = &writer->lines;

	buffer_puts(to, *entry->path ? "./" : ".");
	put_escaped(to, entry->path);
	buffer_printf(to,
		      " type=%s mode=%04o uid=%" PRIu32 " gid=%" PRIu32
		      " time=%" PRId64 ".0",
		      types[entry->type], entry->mode, entry->uid, entry->gid,
		      entry->mtime);
	if (entry->type == TREE_SYMLINK) {
		buffer_puts(to, " link=");
		put_escaped(to, entry->target);
	}
	if (entry->type == TREE_CHAR || entry->type == TREE_BLOCK)
		buffer_printf(to, " device=linux,%" PRIu32 ",%" PRIu32,
			      entry->major, entry->minor);
	buffer_puts(to, "\n");
	if (entry->type == TREE_HARDLINK) {
		buffer_puts(to, "#link ./");
		put_escaped(to, entry->target);
		buffer_puts(to, "\n");
	}
	put_xattrs(to, entry->xattrs, err);
	return to->len < ROOM && !to->failed ? 0 : flush_lines(writer, err);
}

int
manifest_finish(struct manifest_writer *writer, struct balimg_error *err)
{
	return flush_lines(writer, err);
}

void
manifest_release(struct manifest_writer *writer)
{
	buffer_free(&writer->lines);
}

unsigned
manifest_host_mode(const struct tree_entry *entry)
{
	return (entry->mode & 0777) |
	       (entry->type == TREE_DIRECTORY ? 0700 : 0400);
}
