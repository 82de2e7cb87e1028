/* ssh-lines.h - the lines that os.sshKeys holds
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_FEATURE_SSH_LINES_H
#define BALIMG_FEATURE_SSH_LINES_H

#include <jansson.h>

#include "document/ssh-key.h"

#define SSH_KEYS "os.sshKeys"

/* One line of one element. */
struct ssh_line {
	size_t element;	   /* index into the array */
	char *text;	   /* without the newline */
	bool valid;	   /* @key is set */
	struct ssh_key key;
};

struct ssh_lines {
	size_t count;
	struct ssh_line *lines;
};

/* The array of @settings, borrowed; NULL with @err clear if there is none.
 * BALIMG_E_INVALID if it is something else. */
json_t *ssh_lines_array(const json_t *settings, struct balimg_error *err);

/* Take @array (NULL: empty) apart; empty lines are left out, as the device
 * does. */
int ssh_lines_read(const json_t *array, struct ssh_lines *lines,
		   struct balimg_error *err) MUST_USE;
void ssh_lines_clear(struct ssh_lines *lines);
#define AUTO_SSH_LINES __attribute__((cleanup(ssh_lines_clear)))

/* The line that holds @key, or NULL. */
const struct ssh_line *ssh_lines_find(const struct ssh_lines *lines,
				      const struct ssh_key *key);

#endif /* BALIMG_FEATURE_SSH_LINES_H */
