/* files.h - any file in any volume of the image
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * An edit names a file as "PART/PATH".  Files that a signature covers, and
 * those without which the device would not start or be recognised, are not
 * touched without BALIMG_FORCE; config.json goes the way of config_inject().
 */
#ifndef BALIMG_FEATURE_FILES_H
#define BALIMG_FEATURE_FILES_H

#include <jansson.h>

#include "feature/customize.h"

/* The edits. */
int files_put(struct customization *c, const struct edit *edit,
	      struct balimg_error *err) MUST_USE;
int files_remove(struct customization *c, const struct edit *edit,
		 struct balimg_error *err) MUST_USE;
int files_mkdir(struct customization *c, const struct edit *edit,
		struct balimg_error *err) MUST_USE;

/* The entries of directory @path of partition @part, or the one entry of a
 * file: [{"name", "type", "size", "time"}], in the order of their names, and
 * where there are owners {"mode", "uid", "gid"} and a link's {"target"}. */
json_t *files_list(struct os *os, const char *part, const char *path,
		   struct balimg_error *err) MUST_USE;

/* The volume with @path of partition @part, and in *@spot where that is. */
struct volume *files_find_volume(struct os *os, const char *part,
				 const char *path, struct os_spot *spot,
				 struct balimg_error *err) MUST_USE;

/* Copy the file's bytes to the open descriptor @fd. */
int files_get(struct os *os, const char *part, const char *path, int fd,
	      const struct progress *progress, struct balimg_error *err)
	MUST_USE;

#endif /* BALIMG_FEATURE_FILES_H */
