/* tree-met.h - the files that a walk has met
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * By device and inode: so that another name of a file is told from another
 * file, and a directory that is in itself is found out.
 */
#ifndef BALIMG_BUNDLE_TREE_MET_H
#define BALIMG_BUNDLE_TREE_MET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct tree_met_file {
	uint64_t device, inode;
	char *path; /* under which it was met; owned */
};

/* All zero to begin with. */
struct tree_met {
	struct tree_met_file *files; /* in the order of device and inode */
	size_t count;
	size_t room;
};

/* *@first: the path under which the file was met before, lent until it is
 * released; NULL if it was not, and then it has been met at @path. */
int tree_met_add(struct tree_met *met, uint64_t device, uint64_t inode,
		 const char *path, const char **first,
		 struct balimg_error *err) MUST_USE;

void tree_met_clear(struct tree_met *met);

#endif /* BALIMG_BUNDLE_TREE_MET_H */
