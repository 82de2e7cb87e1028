/* transfer.h - the bytes of a base and its overlay go into a new file
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The steps of every commit that makes a new file.  The file is empty at
 * first, so what is zero need not be written.
 */
#ifndef BALIMG_COMMIT_TRANSFER_H
#define BALIMG_COMMIT_TRANSFER_H

#include "base/progress.h"
#include "source/device.h"

struct transfer {
	struct source *from;
	int from_fd; /* the file that has the bytes of @from; -1: none has */
	int to_fd;   /* the new file */
	/* What is written, if it is not the bytes of the new file, but the
	 * disk of which they are an image; else NULL. */
	struct source *to;
	const struct progress *progress;
};

/* Copy @from: blocks are shared where the file system can; else the data are
 * copied and holes stay holes. */
int transfer_base(const struct transfer *transfer, struct balimg_error *err)
	MUST_USE;

/* Write what @overlay has. */
int transfer_overlay(const struct transfer *transfer, struct source *overlay,
		     struct balimg_error *err) MUST_USE;

#endif /* BALIMG_COMMIT_TRANSFER_H */
