/* bundle.c - update bundles, looked at
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <fcntl.h>

#include "api/basis.h"
#include "api/image.h"
#include "base/io.h"
#include "bundle/archive.h"

/* What a delta makes, judged; that itself, where it is not sound. */
static json_t *
judge_whole(const struct archive_calls *archive, int *fd, const char *path,
	    const char *basis, const struct progress *progress,
	    struct balimg_error *err)
{
	json_auto_t *report = archive->judge_bundle(*fd, progress, NULL, err);

	if (!report || bundle_first_error(report))
		return STEAL(report);
	if (io_rewind(*fd, 0, err) < 0) {
		error_wrap(err, "%s", path);
		return NULL;
	}
	if (basis_apply(fd, path, basis, NULL, progress, err) < 0)
		return NULL;
	return archive->judge_bundle(*fd, progress, NULL, err);
}

static json_t *
verify(const char *path, const char *basis, const struct progress *progress,
       struct balimg_error *err)
{
	const struct archive_calls *archive = archive_load(err);
	AUTO_FD int fd = -1;
	json_t *report;

	if (!archive)
		return NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		error_sys(err, "cannot open");
		error_wrap(err, "%s", path);
		return NULL;
	}
	if (basis)
		return judge_whole(archive, &fd, path, basis, progress, err);
	report = archive->judge_bundle(fd, progress, NULL, err);
	if (!report)
		error_wrap(err, "%s", path);
	return report;
}

char *
balimg_bundle_verify(const char *path, const char *basis,
		     BALIMG_PROGRESS(progress), void *data,
		     struct balimg_error *err)
{
	const struct progress watch = { .report = progress, .data = data };
	json_t *report;

	err = NEED_ERR(err);
	report = verify(path, basis, &watch, err);
	return report ? answer_print(report, err) : NULL;
}
