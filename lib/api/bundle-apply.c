/* bundle-apply.c - an update bundle and an image
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <fcntl.h>

#include "api/image.h"
#include "bundle/apply.h"

static int
open_bundle(const char *path, struct balimg_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		error_sys(err, "cannot open");
		error_wrap(err, "%s", path);
	}
	return fd;
}

static json_t *
match(struct balimg_image *image, const char *path, unsigned flags,
      struct balimg_error *err)
{
	struct os *os = image_check_updates(image, err) < 0 ?
				NULL :
				image_os(image, err);
	AUTO_FD int fd = os ? open_bundle(path, err) : -1;
	const struct apply_wish wish = {
		.fd = fd,
		.name = path,
		.replace = flags & BALIMG_REPLACE,
		.progress = &image->progress,
	};

	return fd < 0 ? NULL : apply_judge(os, &wish, err);
}

char *
balimg_bundle_match(struct balimg_image *image, const char *path,
		    unsigned flags, struct balimg_error *err)
{
	json_t *report;

	err = NEED_ERR(err);
	report = match(image, path, flags, err);
	return report ? answer_print(report, err) : NULL;
}

static int
stage(struct balimg_image *image, const char *path, unsigned flags,
      struct balimg_error *err)
{
	struct os *os = image_check_updates(image, err) < 0 ?
				NULL :
				image_os(image, err);
	AUTO_FD int fd = os ? open_bundle(path, err) : -1;
	const struct apply_wish wish = {
		.fd = fd,
		.name = path,
		.replace = flags & BALIMG_REPLACE,
		.progress = &image->progress,
	};
	struct customization c;
	int rc;

	if (fd < 0)
		return -1;
	image->edited = true;
	customize_begin(&c, os, image->plan, flags);
	rc = apply_bundle(&c, &wish, err);
	if (rc == 0)
		rc = customize_finish(&c, err);
	customize_clear(&c);
	return rc;
}

int
balimg_bundle_apply(struct balimg_image *image, const char *path,
		    unsigned flags, struct balimg_error *err)
{
	err = NEED_ERR(err);
	if (image_check_open(image, err) < 0)
		return image_wrap(image, err);
	if (stage(image, path, flags, err) < 0) {
		image->state = IMAGE_FAILED;
		return image_wrap(image, err);
	}
	return 0;
}
