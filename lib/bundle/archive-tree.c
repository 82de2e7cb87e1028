/* archive-tree.c - a directory of a volume, as a tar file
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "bundle/archive-calls.h"
#include "bundle/tree-write.h"

static int
write_directory(struct volume *vol, const char *path, int fd,
		const char *compress, const struct progress *progress,
		struct archive_sum *sum, struct balimg_error *err)
{
	AUTO_TREE_WRITER struct tree_writer writer = { 0 };
	struct sink_file file = sink_to_file(fd);

	if (tree_writer_open(&writer, &file.head, compress, 0, progress, err) <
		    0 ||
	    tree_walk_volume(vol, path, &writer.visitor, err) < 0 ||
	    tree_writer_finish(&writer, err) < 0)
		return -1;
	*sum = writer.sum;
	return 0;
}

int
archive_write_tree(struct volume *vol, const char *path, int fd,
		   const char *compress, const struct progress *progress,
		   struct archive_sum *sum, struct balimg_error *err)
{
	locale_t before = archive_enter_locale();
	int rc = write_directory(vol, path, fd, compress, progress, sum, err);

	archive_leave_locale(before);
	return rc;
}
