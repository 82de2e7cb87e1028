/* ranges.h - do a table's partitions fit together, and into the image?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_DISKLABEL_RANGES_H
#define BALIMG_DISKLABEL_RANGES_H

#include "disklabel/label.h"

/* BALIMG_E_INVALID if partitions overlap, other than logical ones within
 * their extended one, or reach beyond the image of @size bytes. */
int ranges_check(const struct label *label, uint64_t size,
		 struct balimg_error *err) MUST_USE;

/* BALIMG_E_INVALID, saying how many bytes are missing, if partitions end at
 * byte @end of an image of @size bytes. */
int ranges_check_end(uint64_t end, uint64_t size, struct balimg_error *err)
	MUST_USE;

#endif /* BALIMG_DISKLABEL_RANGES_H */
