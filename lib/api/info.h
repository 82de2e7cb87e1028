/* info.h - what the two halves of info share
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_API_INFO_H
#define BALIMG_API_INFO_H

#include "api/image.h"

struct info {
	struct os *os;	  /* NULL if the table is damaged */
	json_t *warnings; /* lent */
};

/* Append a warning. */
int info_warn(json_t *warnings, const char *where, const char *text,
	      struct balimg_error *err) MUST_USE;

/* Make a warning of @err, and clear it; -1 if memory ran out. */
int info_pass_over(json_t *warnings, struct balimg_error *err) MUST_USE;

/* Set @key of @object to @value, which is taken; NULL with @err set becomes
 * null and a warning. */
int info_add(struct info *info, json_t *object, const char *key, json_t *value,
	     struct balimg_error *err) MUST_USE;

/* {"configKeys":[...], "splash":"stock"|"own"|"missing", "udevRules":[...],
 * "sshKeys": N, "networks":[...], "developmentMode": true|false|null} */
json_t *info_customised(struct info *info, struct balimg_error *err) MUST_USE;

/* What a person should know before a device gets this image. */
int info_find_warnings(struct info *info, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_API_INFO_H */
