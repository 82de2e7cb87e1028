/* build-layer.h - a layer of a docker archive, made
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BUNDLE_BUILD_LAYER_H
#define BALIMG_BUNDLE_BUILD_LAYER_H

#include "balenaos/hostapp-image.h"
#include "base/sink.h"
#include "bundle/build-private.h"
#include "bundle/tree-write.h"

/* What a tree says of files that are not there. */
enum build_marks {
	BUILD_MARKS_NONE, /* nothing: no name may look like a mark */
	BUILD_MARKS_OVERLAY,
	BUILD_MARKS_AUFS,
};

/* Hands on what it meets to ->next, marks as a docker archive has them: files
 * ".wh.NAME" and ".wh..wh..opq". */
struct build_whiteouts {
	struct tree_visitor visitor; /* first */
	struct tree_visitor *next;
	enum build_marks marks;
};
struct build_whiteouts build_whiteouts_for(enum build_marks marks,
					   struct tree_visitor *next);

/* Is any part of @path what aufs keeps in a layer for itself? */
bool build_is_aufs_own(const char *path);

/* Is what a layer has at a path what its tar file has there, content left
 * aside?  Attributes are another question: @xattrs are the file's. */
bool build_is_same(const struct volume_entry *entry,
		   const struct tree_entry *in_tar);
bool build_has_same_xattrs(const struct volume_entry *entry,
			   const struct volume_xattrs *xattrs,
			   const struct tree_entry *in_tar);

/* Is @entry a directory as the engine makes those that a tar file takes for
 * granted: root's, 0755, without attributes? */
bool build_is_implied(const struct tree_entry *entry);

/* Write @layer of @image, in @raw, as the tar file that it was unpacked from.
 * BALIMG_E_NOT_FOUND if it is not known how, BALIMG_E_INVALID if any file is
 * not what it was, or there are others. */
int build_layer_again(struct volume *raw, const struct hostapp_image *image,
		      size_t layer, struct sink *sink,
		      const struct progress *progress,
		      struct balimg_error *err) MUST_USE;

/* *@changed: is the system that runs another than @image, since something was
 * written to its container, or to the volume at /boot? */
int build_is_changed(const struct build_request *request,
		     const struct hostapp_image *image, bool *changed,
		     struct balimg_error *err) MUST_USE;

#endif /* BALIMG_BUNDLE_BUILD_LAYER_H */
