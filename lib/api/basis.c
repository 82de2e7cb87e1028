/* basis.c - update bundles, made whole where they are deltas
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <fcntl.h>

#include "api/basis.h"
#include "api/image.h"
#include "base/io.h"
#include "feature/rootfs.h"

void
basis_close(struct basis *basis)
{
	cleanup_fd(&basis->from.fd);
	if (basis->image)
		balimg_close(basis->image);
}

static int
use_image(struct basis *basis, struct balimg_error *err)
{
	struct rootfs root = { 0 };
	struct os *os = image_os(basis->image, err);

	if (!os || rootfs_find(os, &root, err) < 0)
		return -1;
	basis->from.raw = os_volume(root.os, root.at, err);
	return basis->from.raw ? 0 : -1;
}

int
basis_open(struct basis *basis, const char *path, struct balimg_error *err)
{
	const struct archive_calls *archive = archive_load(err);

	if (!archive)
		return -1;
	basis->from.name = path;
	basis->from.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (basis->from.fd < 0) {
		error_sys(err, "cannot open");
		return error_wrap(err, "%s", path);
	}
	if (archive->is_archive(basis->from.fd)) {
		if (io_rewind(basis->from.fd, 0, err) == 0)
			return 0;
		return error_wrap(err, "%s", path);
	}
	basis->image = balimg_open(path, 0, err);
	if (!basis->image)
		return -1;
	return use_image(basis, err) < 0 ? image_wrap(basis->image, err) : 0;
}

/* ---- whole bundles ------------------------------------------------- */

static int
begin(struct build_request *request, const char *name,
      struct balimg_error *err)
{
	(void)name;
	request->out = io_open_scratch(request->folder, err);
	return request->out < 0 ? -1 : 0;
}

static int
make_whole(struct build_request *request, const char *bundle,
	   struct balimg_error *err)
{
	const struct archive_calls *archive = archive_load(err);
	json_auto_t *answer = archive ? archive->build_bundle(request, err) :
					NULL;

	if (!answer)
		return error_wrap(err, "%s", bundle);
	if (lseek(request->out, 0, SEEK_SET) < 0)
		return error_sys(err, "cannot seek in a scratch file");
	return 0;
}

int
basis_apply(int *fd, const char *bundle, const char *path, const char *folder,
	    const struct progress *progress, struct balimg_error *err)
{
	AUTO_BASIS struct basis basis = BASIS_INIT;
	struct build_request request = {
		.tree = *fd,
		.basis = &basis.from,
		.compress = "",
		.progress = progress,
		.begin = begin,
		.out = -1,
		.folder = folder,
	};

	if (!path)
		return 0;
	if (basis_open(&basis, path, err) < 0)
		return -1;
	if (make_whole(&request, bundle, err) < 0) {
		cleanup_fd(&request.out);
		return -1;
	}
	cleanup_fd(fd);
	*fd = request.out;
	return 0;
}
