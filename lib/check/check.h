/* check.h - what is wrong with an image, and mending it
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A finding is {"severity":"error"|"warning"|"note", "where", "text",
 * "repair"}; "repair" says whether check_repair() mends it.  Nothing is
 * mended that was not found.
 */
#ifndef BALIMG_CHECK_CHECK_H
#define BALIMG_CHECK_CHECK_H

#include <jansson.h>

#include "balenaos/os.h"
#include "base/plan.h"

/* Append a finding to the array @findings. */
int check_add(json_t *findings, const char *severity, const char *where,
	      bool repair, struct balimg_error *err, const char *fmt, ...)
	__attribute__((format(printf, 6, 7))) MUST_USE;

/* Look at table, volumes and the files of balenaOS, also of the image within
 * an installer, and append what is found. */
int check_image(struct os *os, json_t *findings, struct balimg_error *err)
	MUST_USE;

/* Judge config.json: [{"severity", "key", "text"}], a new reference.  A text
 * that is no JSON is one finding; so is a file that is missing. */
json_t *check_config(struct os *os, struct balimg_error *err) MUST_USE;

/* Stage the mending of every repairable finding, and record it in @plan. */
int check_repair(struct os *os, struct plan *plan, struct balimg_error *err)
	MUST_USE;

#endif /* BALIMG_CHECK_CHECK_H */
