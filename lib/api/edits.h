/* edits.h - the list of edits, for the doors that take one
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_API_EDITS_H
#define BALIMG_API_EDITS_H

#include "feature/customize.h"

/* How many there are in @edits, none if it is NULL; the one at @at, lent. */
size_t edits_count(const struct balimg_edits *edits);
const struct edit *edits_get(const struct balimg_edits *edits, size_t at);

#endif /* BALIMG_API_EDITS_H */
