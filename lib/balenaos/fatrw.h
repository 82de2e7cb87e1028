/* fatrw.h - leftovers of the device's own atomic writes
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Since 2.101.0 the device writes boot files through fatrw: a file F is first
 * written to .F.<8 random>.<md5>.md5sum beside it.  If power failed, the
 * first (in name order) whose content matches its md5 replaces F at the next
 * read, and the others are deleted.  So an edit of F is lost on the device
 * unless the leftovers go with it.  Source: balena-os/fatrw src/read.rs.
 */
#ifndef BALIMG_BALENAOS_FATRW_H
#define BALIMG_BALENAOS_FATRW_H

#include "base/plan.h"
#include "volume/volume.h"

/* Read @path as the device would: the content of a valid leftover if there
 * is one (noted in @plan under @where), else the file itself.  Contract as
 * volume_read_file(). */
int fatrw_read(struct volume *vol, const char *path, size_t limit,
	       const char *where, struct plan *plan, char **data, size_t *len,
	       struct balimg_error *err) MUST_USE;

/* Stage the removal of every leftover of @path, .tmp files included, and
 * record each in @plan. */
int fatrw_clean(struct volume *vol, const char *path, const char *where,
		struct plan *plan, struct balimg_error *err) MUST_USE;

/* *@count = leftovers of any file in directory @folder. */
int fatrw_count(struct volume *vol, const char *folder, size_t *count,
		struct balimg_error *err) MUST_USE;

/* Do in @folder what the device would do at its next read of each file there:
 * stage the first valid leftover in the file's place, and the removal of all;
 * recorded in @plan under @where. */
int fatrw_settle(struct volume *vol, const char *folder, const char *where,
		 struct plan *plan, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_BALENAOS_FATRW_H */
