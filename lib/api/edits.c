/* edits.c - the list of edits, and staging it
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "api/edits.h"
#include "api/image.h"
#include "check/check.h"

struct balimg_edits {
	size_t count;
	struct edit *edits;
};

/* ---- the list ------------------------------------------------------ */

struct balimg_edits *
balimg_edits_new(struct balimg_error *err)
{
	struct balimg_edits *edits = calloc(1, sizeof(*edits));

	if (!edits)
		error_nomem(err);
	return edits;
}

static void
clear_edit(struct edit *edit)
{
	free(edit->name);
	if (edit->data)
		explicit_bzero(edit->data, edit->len);
	free(edit->data);
	if (edit->fd >= 0)
		close(edit->fd);
}

void
balimg_edits_free(struct balimg_edits *edits)
{
	size_t i;

	if (!edits)
		return;
	for (i = 0; i < edits->count; i++)
		clear_edit(&edits->edits[i]);
	free(edits->edits);
	free(edits);
}

/* Copies of name and data; the caller clears @edit if it fails. */
static int
fill_edit(struct edit *edit, const char *name, const void *data, size_t len,
	  struct balimg_error *err)
{
	if (name) {
		edit->name = strdup(name);
		if (!edit->name)
			return error_nomem(err);
	}
	if (!data)
		return 0;
	edit->data = len < SIZE_MAX ? malloc(len + 1) : NULL;
	if (!edit->data)
		return error_nomem(err);
	memcpy(edit->data, data, len);
	edit->data[len] = '\0';
	edit->len = len;
	return 0;
}

/* Move @edit to the list's end. */
static int
append(struct balimg_edits *edits, const struct edit *edit,
       struct balimg_error *err)
{
	struct edit *grown;

	grown = realloc(edits->edits, (edits->count + 1) * sizeof(*grown));
	if (!grown)
		return error_nomem(err);
	edits->edits = grown;
	grown[edits->count++] = *edit;
	return 0;
}

int
balimg_edits_add(struct balimg_edits *edits, enum balimg_op op,
		 const char *name, const void *data, size_t len,
		 struct balimg_error *err)
{
	struct edit edit = { .op = op, .fd = -1 };

	if (fill_edit(&edit, name, data, len, err) < 0 ||
	    append(edits, &edit, err) < 0) {
		clear_edit(&edit);
		return -1;
	}
	return 0;
}

int
balimg_edits_add_file(struct balimg_edits *edits, const char *name, int fd,
		      struct balimg_error *err)
{
	struct edit edit = { .op = BALIMG_FILE_PUT, .fd = -1 };

	edit.fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (edit.fd < 0)
		return error_sys(err, "cannot keep the file open");
	if (fill_edit(&edit, name, NULL, 0, err) < 0 ||
	    append(edits, &edit, err) < 0) {
		clear_edit(&edit);
		return -1;
	}
	return 0;
}

size_t
edits_count(const struct balimg_edits *edits)
{
	return edits ? edits->count : 0;
}

const struct edit *
edits_get(const struct balimg_edits *edits, size_t at)
{
	return &edits->edits[at];
}

/* ---- staging ------------------------------------------------------- */

static int
stage(struct balimg_image *image, struct os *os,
      const struct balimg_edits *edits, unsigned flags,
      struct balimg_error *err)
{
	struct customization c;
	size_t i;
	int ret;

	customize_begin(&c, os, image->plan, flags);
	ret = customize_check_inner(&c, os, err);
	for (i = 0; ret == 0 && i < edits->count; i++)
		ret = customize_edit(&c, &edits->edits[i], err);
	if (ret == 0)
		ret = customize_finish(&c, err);
	customize_clear(&c);
	return ret;
}

/* What is to be edited, asked of @get. */
static struct os *
begin(struct balimg_image *image,
      struct os *(*get)(struct balimg_image *image, struct balimg_error *err),
      struct balimg_error *err)
{
	struct os *os = NULL;

	if (image_check_open(image, err) == 0)
		os = get(image, err);
	if (os)
		image->edited = true;
	return os;
}

int
balimg_apply(struct balimg_image *image, const struct balimg_edits *edits,
	     unsigned flags, struct balimg_error *err)
{
	struct os *os;

	err = NEED_ERR(err);
	os = begin(image, image_os, err);
	if (!os)
		return image_wrap(image, err);
	if (stage(image, os, edits, flags, err) < 0) {
		image->state = IMAGE_FAILED;
		return image_wrap(image, err);
	}
	return 0;
}

int
balimg_repair(struct balimg_image *image, struct balimg_error *err)
{
	struct os *os;

	err = NEED_ERR(err);
	os = begin(image, image_os_direct, err);
	if (!os)
		return image_wrap(image, err);
	if (check_repair(os, image->plan, err) < 0) {
		image->state = IMAGE_FAILED;
		return image_wrap(image, err);
	}
	return 0;
}
