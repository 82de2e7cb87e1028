/* ssh.h - public keys that may log in to the device
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * os.sshKeys is an array of authorized_keys lines; one element may hold
 * several lines.  Keys are told apart by what they are, not by comment.
 */
#ifndef BALIMG_FEATURE_SSH_H
#define BALIMG_FEATURE_SSH_H

#include <jansson.h>

#include "feature/customize.h"

/* The edits. */
int ssh_add(struct customization *c, const struct edit *edit,
	    struct balimg_error *err) MUST_USE;
int ssh_add_agent(struct customization *c, const struct edit *edit,
		  struct balimg_error *err) MUST_USE;
int ssh_remove(struct customization *c, const struct edit *edit,
	       struct balimg_error *err) MUST_USE;

/* [{"type", "fingerprint", "comment", "options", "line"}]; all but the line
 * are null where a line is no key. */
json_t *ssh_list(struct os *os, unsigned flags, struct balimg_error *err)
	MUST_USE;

#endif /* BALIMG_FEATURE_SSH_H */
