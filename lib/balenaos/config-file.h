/* config-file.h - the text of config.json, as the device reads it
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BALENAOS_CONFIG_FILE_H
#define BALIMG_BALENAOS_CONFIG_FILE_H

#include "balenaos/os.h"
#include "document/json.h"

#define CONFIG_FILE_LIMIT ((size_t)JSON_TEXT_LIMIT) /* bytes, at most */

/* Read it to a new NUL-terminated buffer, the caller's; *@text is NULL if
 * there is none.  A leftover of fatrw that the device would take instead is
 * noted in @plan unless that is NULL.  BALIMG_E_NOT_FOUND if this is no
 * balenaOS image. */
int config_file_read(struct os *os, struct plan *plan, char **text,
		     size_t *len, struct balimg_error *err) MUST_USE;

/* "resin-boot:/config.json", to be freed. */
char *config_file_where(struct os *os, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_BALENAOS_CONFIG_FILE_H */
