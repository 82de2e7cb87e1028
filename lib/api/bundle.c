/* bundle.c - update bundles, looked at
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <fcntl.h>

#include "api/image.h"
#include "bundle/archive.h"

static json_t *
verify(const char *path, const struct progress *progress,
       struct balimg_error *err)
{
	const struct archive_calls *archive = archive_load(err);
	AUTO_FD int fd = -1;

	if (!archive)
		return NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		error_sys(err, "cannot open");
		return NULL;
	}
	return archive->judge_bundle(fd, progress, NULL, err);
}

char *
balimg_bundle_verify(const char *path, BALIMG_PROGRESS(progress), void *data,
		     struct balimg_error *err)
{
	const struct progress watch = { .report = progress, .data = data };
	json_t *report;

	err = NEED_ERR(err);
	report = verify(path, &watch, err);
	if (!report) {
		error_wrap(err, "%s", path);
		return NULL;
	}
	return answer_print(report, err);
}
