/* folders.h - the folders that the device writes to by fatrw
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CHECK_FOLDERS_H
#define BALIMG_CHECK_FOLDERS_H

#include "balenaos/os.h"

/* Begins as { 0 }. */
struct check_folder {
	struct volume *vol;
	const char *path;
	char where[128]; /* "resin-boot:/splash" */
	size_t next;	 /* private */
};

/* Step to the next folder that is there.  1: @folder holds it; 0: there are
 * no more; -1: @err says why not. */
int check_next_folder(struct os *os, struct check_folder *folder,
		      struct balimg_error *err) MUST_USE;

#endif /* BALIMG_CHECK_FOLDERS_H */
