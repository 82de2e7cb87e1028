/* overlay-log.h - where an overlay's data lie, in the order they came
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Bytes are appended, overwritten in place, and read; none is ever removed.
 * They lie in memory until that holds OVERLAY_LOG_MEMORY bytes, then all of
 * them in a scratch file without a name.  Reading is re-entrant.
 */
#ifndef BALIMG_SOURCE_OVERLAY_LOG_H
#define BALIMG_SOURCE_OVERLAY_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define OVERLAY_LOG_MEMORY (8u * 1024u * 1024u) /* bytes */

struct overlay_log {
	char *memory; /* NULL once spilt */
	size_t room;  /* bytes allocated */
	uint64_t len; /* bytes held */
	int fd;	      /* the scratch file, or -1 */
	char *folder; /* for the scratch file, or NULL */
};

/* Make @log an empty log. */
void overlay_log_init(struct overlay_log *log);

/* Release what @log holds. */
void overlay_log_release(struct overlay_log *log);

/* Remember @folder (copied) as the place for the scratch file. */
int overlay_log_set_folder(struct overlay_log *log, const char *folder,
			   struct balimg_error *err) MUST_USE;

/* Put @len bytes behind the last; they lie at the length before the call. */
int overlay_log_append(struct overlay_log *log, const void *data, size_t len,
		       struct balimg_error *err) MUST_USE;

/* Replace or read @len bytes at @at, all of which the log holds. */
int overlay_log_write(struct overlay_log *log, uint64_t at, const void *data,
		      size_t len, struct balimg_error *err) MUST_USE;
int overlay_log_read(const struct overlay_log *log, uint64_t at, void *data,
		     size_t len, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_SOURCE_OVERLAY_LOG_H */
