/* folder.c - a private folder for the time of a call
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/folder.h"

#define LENGTH_LIMIT 60 /* bytes of TMPDIR; a socket's path has 107 */
#define OPEN_FOLDERS 16 /* descriptors that removing may hold */

char *
folder_new(struct balimg_error *err)
{
	const char *parent = getenv("TMPDIR");
	AUTO_FREE char *path = malloc(LENGTH_LIMIT + sizeof("/balimg-XXXXXX"));

	if (!path) {
		error_nomem(err);
		return NULL;
	}
	if (!parent || *parent != '/' || strlen(parent) > LENGTH_LIMIT)
		parent = "/tmp";
	snprintf(path, LENGTH_LIMIT + sizeof("/balimg-XXXXXX"),
		 "%s/balimg-XXXXXX", parent);
	if (!mkdtemp(path)) {
		error_sys(err, "cannot make a folder in %s", parent);
		return NULL;
	}
	return STEAL(path);
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	remove(path);
	return 0;
}

void
folder_remove(const char *path)
{
	if (path)
		nftw(path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}
