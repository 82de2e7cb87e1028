/* tree-write.h - a tree, written as a tar file
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Members are "./NAME", with owners, modes, times of whole seconds, links,
 * device numbers and extended attributes.  Names are bytes, written as they
 * are, whatever the locale; so the caller is in that of
 * archive_enter_locale().  The same entries make the same bytes.
 */
#ifndef BALIMG_BUNDLE_TREE_WRITE_H
#define BALIMG_BUNDLE_TREE_WRITE_H

#include <archive.h>

#include "base/gzip.h"
#include "bundle/archive.h"
#include "bundle/tree.h"

/* All zero to begin with. */
struct tree_writer {
	struct tree_visitor visitor;	 /* first: writes what it meets */
	struct archive *archive;	 /* owned */
	const struct progress *progress; /* lent */
	struct archive_sum sum;		 /* of what was written */
	struct gzip *gzip;		 /* between the archive and ->sink */
	struct sink *sink;		 /* lent; NULL: all is dropped */
	struct balimg_error why;	 /* of the sink's failure */
	char *piece;
};

/* Begin to write to @sink, lent.  @compress is "", "gz" (by @threads, see
 * gzip.h), "bz2", "xz" or "zst"; @progress may be NULL. */
int tree_writer_open(struct tree_writer *writer, struct sink *sink,
		     const char *compress, unsigned threads,
		     const struct progress *progress, struct balimg_error *err)
	MUST_USE;

/* Have @archive, which is being opened, compress by "bz2", "xz" or "zst";
 * libarchive's result. */
int tree_writer_add_filter(struct archive *archive, const char *compress)
	MUST_USE;

/* Write the end. */
int tree_writer_finish(struct tree_writer *writer, struct balimg_error *err)
	MUST_USE;

void tree_writer_clear(struct tree_writer *writer);
#define AUTO_TREE_WRITER __attribute__((cleanup(tree_writer_clear)))

#endif /* BALIMG_BUNDLE_TREE_WRITE_H */
