/* tree-tar.h - the entries of a tar file, as libarchive reads it
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BUNDLE_TREE_TAR_H
#define BALIMG_BUNDLE_TREE_TAR_H

#include <archive.h>

#include "bundle/tree.h"

#define TREE_PATH 4096u /* bytes of a path or target, with its NUL */

/* Let @visitor meet the entries of @archive, which stands before the first;
 * @what is its name for errors.  BALIMG_E_INVALID for what no file system
 * holds, and beyond TREE_ENTRIES entries or ARCHIVE_LIMIT bytes. */
int tree_walk_archive(struct archive *archive, const char *what,
		      struct tree_visitor *visitor, struct balimg_error *err)
	MUST_USE;

#endif /* BALIMG_BUNDLE_TREE_TAR_H */
