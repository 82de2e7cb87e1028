/* progress.c - tell how far a long call is, and let it be stopped
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "base/progress.h"

int
progress_report(const struct progress *progress, const char *what,
		uint64_t done, uint64_t total, struct balimg_error *err)
{
	if (!progress || !progress->report)
		return 0;
	if (progress->report(progress->data, what, done, total))
		return error_set(err, BALIMG_E_INTERRUPTED, "interrupted");
	return 0;
}
