/* manifest.h - what a folder of the host cannot hold of a tree
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Owners, device nodes and most extended attributes take root's rights.  So
 * who unpacks without them gets a text beside the folder that says what they
 * are, and who packs the folder again reads them there.  It is mtree(5), as
 * bsdtar and mtree know it, with whole paths, so that they can read it, too:
 *
 *	#mtree
 *	./bin/su type=file mode=04755 uid=0 gid=0 time=1700000000.0
 *	#xattr security.capability=AQAAAgAgAAAAAAAAAAAAAAAAAAA=
 *	./dev/console type=char mode=0600 uid=0 gid=5 time=0.0 device=linux,5,1
 *
 * Blanks, '#', '\', '*', '?', '[' and bytes that are not ASCII are \ooo, in
 * octal.  mtree has no word for attributes: they follow their file in
 * comments, in base64.  So does, in "#link ./bin/su", whose other name a path
 * is: what the line of that says holds for it.  Types are file, dir, link
 * (with link=), char, block (with device=linux,MAJOR,MINOR), fifo and socket.
 * Of two lines for one path the later counts.
 */
#ifndef BALIMG_BUNDLE_MANIFEST_H
#define BALIMG_BUNDLE_MANIFEST_H

#include "base/buffer.h"
#include "base/sink.h"
#include "bundle/tree.h"

/* ---- writing ---- */

struct manifest_writer {
	struct sink *sink; /* lent */
	struct buffer lines;
};

/* Begin to write to @sink. */
void manifest_begin(struct manifest_writer *writer, struct sink *sink);

/* Add the line of @entry. */
int manifest_add(struct manifest_writer *writer,
		 const struct tree_entry *entry, struct balimg_error *err)
	MUST_USE;

/* Bring all lines to the sink. */
int manifest_finish(struct manifest_writer *writer, struct balimg_error *err)
	MUST_USE;

void manifest_release(struct manifest_writer *writer);

/* ---- reading ---- */

struct manifest_line {
	char *path; /* as that of a tree_entry */
	char *link; /* the path that this is another name of, or NULL */
	struct tree_entry entry; /* its type (never TREE_HARDLINK), mode, owner
				    and device */
	struct volume_xattrs xattrs;
	size_t number; /* in the file, from 1 */
};

struct manifest {
	struct manifest_line *lines; /* in the order of their paths */
	size_t count, room;
	const struct manifest_line **devices; /* those of devices, so too */
	size_t device_count;
};

/* Read all of @fd, from where it is.  Words that are not ours are passed over;
 * BALIMG_E_INVALID names the line that is none.  Release also after a
 * failure. */
int manifest_read(struct manifest *manifest, int fd, struct balimg_error *err)
	MUST_USE;
void manifest_clear(struct manifest *manifest);
#define AUTO_MANIFEST __attribute__((cleanup(manifest_clear)))

/* What is said of @path, or of the file that it is another name of; NULL if
 * that is nothing. */
const struct manifest_line *manifest_find(const struct manifest *manifest,
					  const char *path);

/* ---- both ---- */

/* The mode that the file of the host gets: the bits that are for its owner's
 * use only there would be dangerous, and what he may not read cannot be packed
 * again. */
unsigned manifest_host_mode(const struct tree_entry *entry);

#endif /* BALIMG_BUNDLE_MANIFEST_H */
