/* rootfs.h - files of the system itself, edited for a feature
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * What later releases take from config.json, earlier ones have in their root
 * file system: in the image that an installer carries, and in the hostapp
 * where there is one.  The fingerprints of the root follow each edit, as an
 * update of 1.x insists on them.
 */
#ifndef BALIMG_FEATURE_ROOTFS_H
#define BALIMG_FEATURE_ROOTFS_H

#include "feature/customize.h"

struct rootfs {
	struct os *os;	    /* lent: the image, or the one in an installer */
	size_t at;	    /* the partition */
	struct volume *vol; /* lent: as the running system would see it */
	bool listed;	    /* fingerprints are to follow */
};

/* The root that is started of the system that @os will be. */
int rootfs_find(struct os *os, struct rootfs *root, struct balimg_error *err)
	MUST_USE;

/* The same, to be edited. */
int rootfs_begin(struct customization *c, struct rootfs *root,
		 struct balimg_error *err) MUST_USE;

/* Is @os known to be older than @since, so that it is the root that counts? */
int rootfs_is_before(struct os *os, const char *since, bool *before,
		     struct balimg_error *err) MUST_USE;

/* *@text: the file's @len bytes, to be freed; NULL if there is none. */
int rootfs_read(const struct rootfs *root, const char *path, char **text,
		size_t *len, struct balimg_error *err) MUST_USE;

/* Create or replace @path, whose directory must exist; a symbolic link stays
 * one.  A new file gets @mode.  The same content changes nothing. */
int rootfs_write(struct customization *c, const struct rootfs *root,
		 const char *path, const void *data, size_t len, unsigned mode,
		 struct balimg_error *err) MUST_USE;

/* Create directory @path with @mode unless it is there. */
int rootfs_mkdir(struct customization *c, const struct rootfs *root,
		 const char *path, unsigned mode, struct balimg_error *err)
	MUST_USE;

/* Remove directory @path if nothing is in it. */
int rootfs_rmdir(struct customization *c, const struct rootfs *root,
		 const char *path, struct balimg_error *err) MUST_USE;

int rootfs_remove(struct customization *c, const struct rootfs *root,
		  const char *path, struct balimg_error *err) MUST_USE;

/* Make @path, which must not exist, a symbolic link that says @target.  No
 * fingerprint has links. */
int rootfs_make_link(struct customization *c, const struct rootfs *root,
		     const char *path, char *target, struct balimg_error *err)
	MUST_USE;

/* Remove the link itself, which says @target. */
int rootfs_remove_link(struct customization *c, const struct rootfs *root,
		       const char *path, const char *target,
		       struct balimg_error *err) MUST_USE;

#endif /* BALIMG_FEATURE_ROOTFS_H */
