/* bundle-diff.c - update bundles and images, compared
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <fcntl.h>

#include "api/image.h"
#include "base/io.h"
#include "bundle/archive.h"
#include "feature/files.h"
#include "feature/rootfs.h"

/* What was opened for one side. */
struct opened {
	int fd;
	struct balimg_image *image; /* ours to close */
	struct os_spot spot;
};

static int
use_image(struct compare_side *side, struct opened *opened,
	  struct balimg_image *image, const char *part, const char *inside,
	  struct balimg_error *err)
{
	struct os *os = image_os(image, err);

	if (!os)
		return -1;
	side->vol = files_find_volume(os, part, inside, &opened->spot, err);
	side->path = opened->spot.path;
	return side->vol ? 0 : -1;
}

/* The root that the image starts. */
static int
use_system(struct compare_side *side, struct balimg_image *image,
	   struct balimg_error *err)
{
	struct rootfs root = { 0 };
	struct os *os = image_os(image, err);

	if (!os || rootfs_find(os, &root, err) < 0)
		return -1;
	side->vol = root.vol;
	side->path = "/";
	return 0;
}

/* Open @path: a bundle, or an image. */
static int
open_path(const struct archive_calls *archive, const char *path,
	  struct opened *opened, struct balimg_error *err)
{
	opened->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (opened->fd < 0) {
		error_sys(err, "cannot open");
		return error_wrap(err, "%s", path);
	}
	if (archive->is_archive(opened->fd))
		return io_rewind(opened->fd, 0, err) < 0 ?
			       error_wrap(err, "%s", path) :
			       0;
	opened->image = balimg_open(path, 0, err);
	return opened->image ? 0 : -1;
}

static int
open_side(const struct archive_calls *archive, const struct balimg_tree *tree,
	  struct compare_side *side, struct opened *opened,
	  struct balimg_error *err)
{
	int rc;

	side->title = tree->path;
	if (!tree->image && open_path(archive, tree->path, opened, err) < 0)
		return -1;
	side->fd = opened->fd;
	if (tree->image)
		rc = use_image(side, opened, tree->image, tree->part,
			       tree->inside, err);
	else if (opened->image)
		rc = use_system(side, opened->image, err);
	else
		return 0;
	return rc < 0 ? error_wrap(err, "%s", tree->path) : 0;
}

static json_t *
compare(const struct balimg_tree *const trees[2], struct opened opened[2],
	const struct progress *progress, struct balimg_error *err)
{
	const struct archive_calls *archive = archive_load(err);
	struct compare_side sides[2] = { { 0 }, { 0 } };
	size_t i;

	if (!archive)
		return NULL;
	for (i = 0; i < 2; i++) {
		if (open_side(archive, trees[i], &sides[i], &opened[i], err) <
		    0)
			return NULL;
	}
	return archive->compare(sides, progress, err);
}

char *
balimg_bundle_diff(const struct balimg_tree *a, const struct balimg_tree *b,
		   BALIMG_PROGRESS(progress), void *data,
		   struct balimg_error *err)
{
	const struct progress watch = { .report = progress, .data = data };
	const struct balimg_tree *const trees[2] = { a, b };
	struct opened opened[2] = { { .fd = -1 }, { .fd = -1 } };
	json_t *answer;
	size_t i;

	err = NEED_ERR(err);
	answer = compare(trees, opened, &watch, err);
	for (i = 0; i < 2; i++) {
		cleanup_fd(&opened[i].fd);
		if (opened[i].image)
			balimg_close(opened[i].image);
	}
	return answer ? answer_print(answer, err) : NULL;
}
