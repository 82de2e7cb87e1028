/* ssh-root.h - public keys in the root file system
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Before 2.20.0 nothing takes keys from config.json; the server reads root's
 * authorized_keys.  Up to 2.13 that is a link to a file with a key of the
 * maker in it, which stays.
 */
#ifndef BALIMG_FEATURE_SSH_ROOT_H
#define BALIMG_FEATURE_SSH_ROOT_H

#include <jansson.h>

#include "feature/customize.h"

/* The text of the file, as ssh_lines_read() takes it: in a new array. */
json_t *ssh_root_array(struct os *os, struct balimg_error *err) MUST_USE;

/* Make @text all that is in the file. */
int ssh_root_write(struct customization *c, const char *text, size_t len,
		   struct balimg_error *err) MUST_USE;

#endif /* BALIMG_FEATURE_SSH_ROOT_H */
