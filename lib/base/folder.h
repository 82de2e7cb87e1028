/* folder.h - a private folder for the time of a call
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BASE_FOLDER_H
#define BALIMG_BASE_FOLDER_H

#include "base/error.h"

/* A new empty folder, mode 0700, in TMPDIR or /tmp; where the path would be
 * too long for a socket in it, in /tmp.  The path is the caller's to free. */
char *folder_new(struct balimg_error *err) MUST_USE;

/* Remove @path and all that is in it; symbolic links are removed, not
 * followed.  NULL is allowed; what cannot be removed stays. */
void folder_remove(const char *path);

#endif /* BALIMG_BASE_FOLDER_H */
