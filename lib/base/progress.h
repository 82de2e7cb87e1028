/* progress.h - tell how far a long call is, and let it be stopped
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BASE_PROGRESS_H
#define BALIMG_BASE_PROGRESS_H

#include "base/error.h"

struct progress {
	BALIMG_PROGRESS(report); /* NULL: nobody listens */
	void *data;
};

/* Say that @done of @total bytes of @what are done; -1 with
 * BALIMG_E_INTERRUPTED if the listener wants to stop.  @progress may be
 * NULL. */
int progress_report(const struct progress *progress, const char *what,
		    uint64_t done, uint64_t total, struct balimg_error *err)
	MUST_USE;

#endif /* BALIMG_BASE_PROGRESS_H */
