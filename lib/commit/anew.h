/* anew.h - a disk image of a virtual machine is edited as a copy of itself
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_COMMIT_ANEW_H
#define BALIMG_COMMIT_ANEW_H

#include "base/progress.h"
#include "source/device.h"

/* commit_in_place() for a @backing that has a format. */
int commit_anew(struct source *overlay, const struct backing *backing,
		const struct progress *progress, uint64_t *written,
		struct balimg_error *err) MUST_USE;

#endif /* BALIMG_COMMIT_ANEW_H */
