/* unpack.h - put a tree into a folder of the host
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whoever made the tree may mean ill.  Every directory on the way to a file is
 * opened from the one before by a name that is no link; what stands where
 * something is to go is removed, never written to or through; while it is
 * unpacked nobody else may enter.  So nothing outside the folder is reached.
 */
#ifndef BALIMG_BUNDLE_UNPACK_H
#define BALIMG_BUNDLE_UNPACK_H

#include "bundle/archive.h"
#include "bundle/manifest.h"
#include "bundle/name-set.h"
#include "bundle/tree.h"

#define UNPACK_DEPTH 200u /* directories in directories */

/* A directory whose mode and time are set when all is in it. */
struct unpack_folder {
	char *path;
	unsigned mode;
	int64_t mtime;
	bool timed;   /* else its time is left alone */
	size_t order; /* when it came */
};

struct unpack {
	struct tree_visitor visitor; /* first: unpacks what it meets */
	int root;		     /* the folder; lent */
	unsigned parts;		     /* BALIMG_UNPACK_..., 0: all */
	/* Who gets what only root can set; NULL: it is set. */
	struct manifest_writer *manifest;
	const struct progress *progress;
	struct unpack_sum sum;
	/* unpack.c's own */
	int parent;	   /* where the last entry went, */
	char *parent_path; /* and its path; NULL: none is open */
	struct unpack_folder *folders;
	size_t folder_count, folder_room;
	struct name_set told; /* directories that are in the manifest */
	char *piece;
};

/* Begin; the caller has set the first few, up to ->sum. */
int unpack_begin(struct unpack *unpack, struct balimg_error *err) MUST_USE;

/* All was met: directories get their modes and times. */
int unpack_finish(struct unpack *unpack, struct balimg_error *err) MUST_USE;

void unpack_release(struct unpack *unpack);

/* For unpack.c: the directory that @path is in, opened, or made if @make is
 * set; *@name is the last part.  Lent until the next call. */
int unpack_enter(struct unpack *unpack, const char *path, bool make,
		 const char **name, struct balimg_error *err) MUST_USE;

/* Remember that directory @path is to get that mode, and, if @timed, time. */
int unpack_note_folder(struct unpack *unpack, const char *path, unsigned mode,
		       const int64_t *mtime, struct balimg_error *err)
	MUST_USE;

#endif /* BALIMG_BUNDLE_UNPACK_H */
