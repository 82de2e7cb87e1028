/* table.h - libfdisk's reading of a table, in our terms
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_DISKLABEL_TABLE_H
#define BALIMG_DISKLABEL_TABLE_H

#include "disklabel/label.h"

/* Fill @label (whose kind and sector size say what must be there) from the
 * table in the file @fd, lent.  Partitions without a size are left out; the
 * others are as the table has them, right or wrong. */
int table_load(struct label *label, int fd, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_DISKLABEL_TABLE_H */
