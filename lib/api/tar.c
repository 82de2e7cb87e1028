/* tar.c - part of an image as a tar file
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "api/image.h"
#include "bundle/archive.h"
#include "feature/files.h"

static int
write_tar(struct balimg_image *image, const char *part, const char *path,
	  int fd, const char *compress, struct archive_sum *sum,
	  struct balimg_error *err)
{
	const struct archive_calls *archive = archive_load(err);
	struct os *os = archive ? image_os(image, err) : NULL;
	struct os_spot spot;
	struct volume *vol;

	if (!os)
		return -1;
	vol = files_find_volume(os, part, path, &spot, err);
	if (!vol)
		return -1;
	if (archive->write_tree(vol, spot.path, fd, compress ? compress : "",
				&image->progress, sum, err) < 0)
		return error_wrap(err, "%s",
				  os_partition_title(spot.os, spot.at));
	return 0;
}

char *
balimg_file_tar(struct balimg_image *image, const char *part, const char *path,
		int fd, const char *compress, struct balimg_error *err)
{
	struct archive_sum sum;

	err = NEED_ERR(err);
	if (write_tar(image, part, path, fd, compress, &sum, err) < 0) {
		image_wrap(image, err);
		return NULL;
	}
	return answer_print(json_pack("{s:I, s:I, s:I}", "entries",
				      (json_int_t)sum.entries, "bytes",
				      (json_int_t)sum.bytes, "sockets",
				      (json_int_t)sum.sockets),
			    err);
}
