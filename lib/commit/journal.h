/* journal.h - where the journal of an image lies
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * See commit.h for the places and the rules of belief.
 */
#ifndef BALIMG_COMMIT_JOURNAL_H
#define BALIMG_COMMIT_JOURNAL_H

#include "commit/new-file.h"
#include "source/device.h"

/* Begin the journal of @backing where one can be made; publishing it gives
 * it its name. */
int journal_begin(struct new_file *file, const struct backing *backing,
		  struct balimg_error *err) MUST_USE;

#endif /* BALIMG_COMMIT_JOURNAL_H */
