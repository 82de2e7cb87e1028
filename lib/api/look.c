/* look.c - what is set in an image, told as JSON
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "api/image.h"
#include "check/check.h"
#include "document/schema.h"
#include "feature/config.h"
#include "feature/development.h"
#include "feature/files.h"
#include "feature/network.h"
#include "feature/splash.h"
#include "feature/ssh.h"
#include "feature/udev.h"

/* Ask @look, and print its answer. */
static char *
answer(struct balimg_image *image,
       json_t *(*look)(struct os *os, unsigned flags,
		       struct balimg_error *err),
       unsigned flags, struct balimg_error *err)
{
	struct os *os;
	json_t *value;

	err = NEED_ERR(err);
	os = image_os(image, err);
	value = os ? look(os, flags, err) : NULL;
	if (!value) {
		image_wrap(image, err);
		return NULL;
	}
	return answer_print(value, err);
}

char *
balimg_splash_status(struct balimg_image *image, struct balimg_error *err)
{
	return answer(image, splash_status, 0, err);
}

char *
balimg_udev_list(struct balimg_image *image, struct balimg_error *err)
{
	return answer(image, udev_list, 0, err);
}

char *
balimg_ssh_list(struct balimg_image *image, struct balimg_error *err)
{
	return answer(image, ssh_list, 0, err);
}

char *
balimg_network_list(struct balimg_image *image, unsigned flags,
		    struct balimg_error *err)
{
	return answer(image, network_list, flags, err);
}

char *
balimg_development_status(struct balimg_image *image, struct balimg_error *err)
{
	return answer(image, development_status, 0, err);
}

static json_t *
judge_config(struct os *os, unsigned flags, struct balimg_error *err)
{
	(void)flags;
	return check_config(os, err);
}

char *
balimg_config_check(struct balimg_image *image, struct balimg_error *err)
{
	return answer(image, judge_config, 0, err);
}

char *
balimg_config_get(struct balimg_image *image, const char *key, unsigned flags,
		  struct balimg_error *err)
{
	struct os *os;
	char *text;

	err = NEED_ERR(err);
	os = image_os(image, err);
	text = os ? config_get(os, key, flags, err) : NULL;
	if (!text)
		image_wrap(image, err);
	return text;
}

char *
balimg_config_schema(struct balimg_error *err)
{
	const struct schema_key *key;
	json_auto_t *list = json_array();

	for (key = schema_keys; key->path; key++) {
		json_t *row = json_pack(
			"{s:s, s:s, s:s?, s:s?, s:s, s:b, s:s}", "key",
			key->path, "type", schema_type_name(key->type),
			"since", key->since, "removed", key->removed, "reader",
			key->reader, "secret", key->secret, "doc", key->doc);

		if (json_array_append_new(list, row) < 0) {
			error_nomem(err);
			return NULL;
		}
	}
	return answer_print(STEAL(list), err);
}

int
balimg_splash_get(struct balimg_image *image, char **data, size_t *len,
		  struct balimg_error *err)
{
	struct os *os;

	err = NEED_ERR(err);
	os = image_os(image, err);
	if (!os || splash_get(os, data, len, err) < 0)
		return image_wrap(image, err);
	return 0;
}

int
balimg_splash_pixels(struct balimg_image *image, uint8_t **pixels,
		     uint32_t *width, uint32_t *height,
		     struct balimg_error *err)
{
	struct os *os;

	err = NEED_ERR(err);
	os = image_os(image, err);
	if (!os || splash_pixels(os, pixels, width, height, err) < 0)
		return image_wrap(image, err);
	return 0;
}

/* ---- check --------------------------------------------------------- */

/* A table that cannot be read is a finding, too. */
static int
find_faults(struct balimg_image *image, json_t *findings,
	    struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	struct os *os;

	if (image->pending &&
	    check_add(findings, "error", "image", true, err,
		      "an interrupted write is not finished") < 0)
		return -1;
	os = image_os_direct(image, &why);
	if (os)
		return check_image(os, findings, err);
	if (error_is(&why, BALIMG_E_INVALID))
		return check_add(findings, "error", "partition table", false,
				 err, "%s", why.message);
	*err = why;
	return -1;
}

char *
balimg_check(struct balimg_image *image, struct balimg_error *err)
{
	json_auto_t *findings = json_array();

	err = NEED_ERR(err);
	if (!findings) {
		error_nomem(err);
		return NULL;
	}
	if (find_faults(image, findings, err) < 0) {
		image_wrap(image, err);
		return NULL;
	}
	return answer_print(json_pack("{s:O}", "findings", findings), err);
}

/* ---- files --------------------------------------------------------- */

char *
balimg_file_list(struct balimg_image *image, const char *part,
		 const char *path, struct balimg_error *err)
{
	struct os *os;
	json_t *list;

	err = NEED_ERR(err);
	os = image_os(image, err);
	list = os ? files_list(os, part, path, err) : NULL;
	if (!list) {
		image_wrap(image, err);
		return NULL;
	}
	return answer_print(list, err);
}

int
balimg_file_get(struct balimg_image *image, const char *part, const char *path,
		int fd, struct balimg_error *err)
{
	struct os *os;

	err = NEED_ERR(err);
	os = image_os(image, err);
	if (!os || files_get(os, part, path, fd, &image->progress, err) < 0)
		return image_wrap(image, err);
	return 0;
}
