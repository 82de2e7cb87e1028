/* apply.h - an overlay file goes into the image, or what it replaced goes back
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_COMMIT_APPLY_H
#define BALIMG_COMMIT_APPLY_H

#include "commit/overlay-format.h"

/* Write all of @file to the image open as @fd, epoch by epoch with a sync
 * after each.  *@epoch is the one under way, for a failure; *@written, unless
 * NULL, gets the bytes written.  Listeners of @progress cannot stop it. */
int apply_forward(const struct overlay_file *file, int fd,
		  const struct progress *progress, unsigned *epoch,
		  uint64_t *written, struct balimg_error *err) MUST_USE;

/* Put back what was there before, from @epoch down to the first.  Fails
 * where not all of it was kept. */
int apply_backward(const struct overlay_file *file, int fd, unsigned epoch,
		   struct balimg_error *err) MUST_USE;

#endif /* BALIMG_COMMIT_APPLY_H */
