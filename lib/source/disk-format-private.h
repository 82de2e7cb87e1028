/* disk-format-private.h - what the formats share
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_SOURCE_DISK_FORMAT_PRIVATE_H
#define BALIMG_SOURCE_DISK_FORMAT_PRIVATE_H

#include "source/disk-format.h"

/* Read a header; BALIMG_E_INVALID if the file ends within. */
int disk_read_header(struct source *file, uint64_t offset, void *data,
		     size_t len, struct balimg_error *err) MUST_USE;

/* BALIMG_E_INVALID: data lie beyond the end of the file.  Returns -1. */
int disk_report_cut(struct balimg_error *err);

/* BALIMG_E_REFUSED, because of @what: "it has a parent".  Returns -1. */
int disk_refuse_other_file(const char *what, struct balimg_error *err);

/* disk_format_check() for qcow2. */
int disk_check_qcow2(struct source *file, bool write, struct balimg_error *err)
	MUST_USE;

#endif /* BALIMG_SOURCE_DISK_FORMAT_PRIVATE_H */
