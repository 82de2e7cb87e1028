/* image.c - opening and closing an image
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "api/image.h"
#include "commit/commit.h"

/* ---- a journal found beside the image ------------------------------ */

/* A reader sees what the interrupted commit would have left. */
static int
lay_journal(struct balimg_image *image, struct overlay_file *journal,
	    struct balimg_error *err)
{
	if (overlay_file_replay(journal, image->overlay, err) < 0)
		return -1;
	image->pending = true;
	plan_note(image->plan, PLAN_WARNING, image->name,
		  "an interrupted write is not finished; what is shown is how "
		  "it will be: balimg repair");
	return 0;
}

static int
finish_journal(struct balimg_image *image, struct overlay_file *journal,
	       unsigned flags, struct balimg_error *err)
{
	if (backing_is_device(image->backing) && !(flags & BALIMG_YES)) {
		error_set(err, BALIMG_E_REFUSED,
			  "an interrupted write to this device is not "
			  "finished");
		return error_hint(err, "balimg repair finishes it");
	}
	if (commit_recover(journal, image->backing, err) < 0)
		return -1;
	plan_note(image->plan, PLAN_NOTE, image->name,
		  "an interrupted write was finished");
	return 0;
}

static int
settle_journal(struct balimg_image *image, unsigned flags,
	       struct balimg_error *err)
{
	AUTO_OVERLAY_FILE struct overlay_file *journal = NULL;

	if (commit_find_journal(image->backing, &journal, err) < 0)
		return -1;
	if (!journal)
		return 0;
	return flags & BALIMG_WRITE ?
		       finish_journal(image, journal, flags, err) :
		       lay_journal(image, journal, err);
}

/* ---- opening ------------------------------------------------------- */

/* Large edits spill beside the image: where it fits, they do. */
static int
choose_spill(struct balimg_image *image, struct balimg_error *err)
{
	const char *path = backing_path(image->backing);
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *folder = NULL;

	if (backing_is_device(image->backing))
		return 0;
	if (!slash)
		folder = strdup(".");
	else
		folder = strndup(path,
				 slash == path ? 1 : (size_t)(slash - path));
	if (!folder)
		return error_nomem(err);
	return overlay_spill_to(image->overlay, folder, err);
}

static int
open_image(struct balimg_image *image, const char *path, unsigned flags,
	   struct balimg_error *err)
{
	image->flags = flags;
	image->name = strdup(path);
	if (!image->name)
		return error_nomem(err);
	image->plan = plan_new(err);
	if (!image->plan)
		return -1;
	image->means.plan = image->plan;
	image->means.progress = &image->progress;
	image->backing = backing_open(path, flags & BALIMG_WRITE, err);
	if (!image->backing)
		return -1;
	image->overlay = overlay_open(backing_source(image->backing), err);
	if (!image->overlay || choose_spill(image, err) < 0)
		return -1;
	return settle_journal(image, flags, err);
}

struct balimg_image *
balimg_open(const char *path, unsigned flags, struct balimg_error *err)
{
	struct balimg_image *image;

	err = NEED_ERR(err);
	if (!path) {
		error_set(err, BALIMG_E_USAGE, "no image is named");
		return NULL;
	}
	image = calloc(1, sizeof(*image));
	if (!image) {
		error_nomem(err);
		return NULL;
	}
	if (open_image(image, path, flags, err) < 0) {
		error_wrap(err, "%s", path);
		balimg_close(image);
		return NULL;
	}
	return image;
}

static void
forget_key(struct balimg_image *image)
{
	char *key = (char *)image->means.key;

	if (key)
		explicit_bzero(key, image->means.key_len);
	free(key);
	image->means.key = NULL;
}

void
balimg_close(struct balimg_image *image)
{
	if (!image)
		return;
	os_close(image->os);
	source_close(image->overlay);
	backing_close(image->backing);
	forget_key(image);
	plan_free(image->plan);
	free(image->name);
	free(image);
}

void
balimg_set_progress(struct balimg_image *image, BALIMG_PROGRESS(progress),
		    void *data)
{
	image->progress.report = progress;
	image->progress.data = data;
}

void
balimg_set_engine(struct balimg_image *image, enum balimg_engine engine)
{
	image->engine = engine;
}

int
balimg_set_key(struct balimg_image *image, const void *key, size_t len,
	       struct balimg_error *err)
{
	char *copy;

	if (!len || memchr(key, '\0', len))
		return error_set(err, BALIMG_E_USAGE,
				 "a key is not empty, and has no NUL");
	copy = malloc(len);
	if (!copy)
		return error_nomem(err);
	memcpy(copy, key, len);
	forget_key(image);
	image->means.key = copy;
	image->means.key_len = len;
	return 0;
}

/* ---- for the other doors ------------------------------------------- */

static struct os *
get_os(struct balimg_image *image, struct balimg_error *err)
{
	if (!image->os) {
		image->os = os_open(image->overlay, err);
		if (!image->os)
			return NULL;
		os_set_means(image->os, &image->means);
		if (image->flags & BALIMG_OUTER)
			os_keep_outer(image->os);
	}
	return image->flags & BALIMG_INNER ? os_inner(image->os, err) :
					     image->os;
}

struct os *
image_os(struct balimg_image *image, struct balimg_error *err)
{
	static const enum os_reach reach[] = {
		[BALIMG_ENGINE_AUTO] = OS_REACH_AUTO,
		[BALIMG_ENGINE_DIRECT] = OS_REACH_DIRECT,
		[BALIMG_ENGINE_GUESTFS] = OS_REACH_GUEST,
	};

	image->means.reach = reach[image->engine];
	return get_os(image, err);
}

struct os *
image_os_direct(struct balimg_image *image, struct balimg_error *err)
{
	image->means.reach = OS_REACH_DIRECT;
	return get_os(image, err);
}

int
image_check_updates(struct balimg_image *image, struct balimg_error *err)
{
	struct os *os = image_os(image, err);
	bool flasher = false;

	if (!os)
		return -1;
	if (!(image->flags & BALIMG_OUTER))
		return 0;
	if (os_is_flasher(os, &flasher, err) < 0)
		return -1;
	if (!flasher)
		return 0;
	error_set(err, BALIMG_E_USAGE,
		  "an installer's own system is not updated by bundles");
	return error_hint(err, "leave out --outer: then it is about the "
			       "system that it installs");
}

int
image_check_open(const struct balimg_image *image, struct balimg_error *err)
{
	switch (image->state) {
	case IMAGE_OPEN:
		return 0;
	case IMAGE_FAILED:
		return error_set(err, BALIMG_E_USAGE,
				 "an edit failed; close the image");
	default:
		return error_set(err, BALIMG_E_USAGE,
				 "the image was committed; open it again");
	}
}

int
image_wrap(const struct balimg_image *image, struct balimg_error *err)
{
	return error_wrap(err, "%s", image->name);
}
