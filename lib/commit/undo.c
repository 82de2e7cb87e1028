/* undo.c - what would bring the image back is kept in a file
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "base/io.h"
#include "commit/commit.h"
#include "commit/new-file.h"

int
commit_check_undo(const char *path, struct balimg_error *err)
{
	struct stat st;

	if (new_file_check_folder(path, err) < 0)
		return -1;
	return lstat(path, &st) < 0 ? 0 : new_file_refuse(path, err);
}

int
commit_save_undo(struct source *overlay, const struct backing *backing,
		 const char *path, struct balimg_error *err)
{
	AUTO_NEW_FILE struct new_file file = NEW_FILE_INIT;

	if (new_file_open(&file, path, err) < 0)
		return -1;
	if (overlay_file_write_undo(file.fd, overlay, backing, err) < 0 ||
	    io_sync(file.fd, err) < 0)
		return error_wrap(err, "%s", path);
	if (new_file_publish(&file, false, err) < 0)
		return -1;
	return io_sync_folder(path, err);
}
