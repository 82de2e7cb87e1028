/* bundle-diff.c - update bundles and images, compared
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <fcntl.h>

#include "api/image.h"
#include "bundle/archive.h"
#include "feature/files.h"

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

static int
open_side(const struct archive_calls *archive, const struct balimg_tree *tree,
	  struct compare_side *side, struct opened *opened,
	  struct balimg_error *err)
{
	side->title = tree->path;
	if (tree->image)
		return use_image(side, opened, tree->image, tree->part,
				 tree->inside, err);
	opened->fd = open(tree->path, O_RDONLY | O_CLOEXEC);
	if (opened->fd < 0)
		return error_sys(err, "cannot open");
	side->fd = opened->fd;
	if (archive->is_archive(opened->fd)) {
		if (lseek(opened->fd, 0, SEEK_SET) < 0)
			return error_sys(err, "it cannot be read twice");
		return 0;
	}
	opened->image = balimg_open(tree->path, 0, err);
	if (!opened->image)
		return -1;
	return use_image(side, opened, opened->image, "rootA", "/", err);
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
		    0) {
			error_wrap(err, "%s", trees[i]->path);
			return NULL;
		}
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
