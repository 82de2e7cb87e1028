/* image.h - an open image, as the public doors share it
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The doors check the life cycle, hand on to the room that does the work,
 * and put the image's name in front of where an error happened.
 */
#ifndef BALIMG_API_IMAGE_H
#define BALIMG_API_IMAGE_H

#include <jansson.h>

#include "balenaos/os.h"
#include "base/plan.h"
#include "base/progress.h"
#include "source/device.h"
#include "source/overlay.h"

enum image_state {
	IMAGE_OPEN,	 /* edits may come */
	IMAGE_FAILED,	 /* an edit failed half way: only looking is left */
	IMAGE_COMMITTED, /* the base is what the overlay said */
};

struct balimg_image {
	char *name; /* as the caller called it */
	struct backing *backing;
	struct source *overlay; /* over the backing */
	struct os *os;		/* over the overlay; NULL until it is asked */
	unsigned flags;		/* of balimg_open() */
	enum balimg_engine engine;
	struct os_means means; /* of os; key is ours to free */
	struct plan *plan;
	struct progress progress;
	enum image_state state;
	bool edited;  /* edits were staged, or tried */
	bool pending; /* the overlay began with a journal */
};

/* Within the library @err is never NULL: a caller may have to know how a call
 * failed.  A door that hands on begins with "err = NEED_ERR(err);" - the
 * stand-in lives as long as the block that this stands in. */
#define NEED_ERR(err) ((err) ? (err) : &(struct balimg_error){ 0 })

/* What the image holds, or the image within it if that is meant; read when
 * first asked. */
struct os *image_os(struct balimg_image *image, struct balimg_error *err)
	MUST_USE;

/* The same for what looks into all volumes, and never waits for a virtual
 * machine. */
struct os *image_os_direct(struct balimg_image *image,
			   struct balimg_error *err) MUST_USE;

/* BALIMG_E_USAGE if @image was opened for the files of an installer itself
 * (BALIMG_OUTER), which update bundles are not about. */
int image_check_updates(struct balimg_image *image, struct balimg_error *err)
	MUST_USE;

/* May edits be staged?  BALIMG_E_USAGE if not. */
int image_check_open(const struct balimg_image *image,
		     struct balimg_error *err) MUST_USE;

/* Put the image's name in front of where it happened; returns -1. */
int image_wrap(const struct balimg_image *image, struct balimg_error *err);

/* ---- answers ---- */

/* @text as a JSON string, bytes that are no UTF-8 replaced by '?'; null for
 * NULL. */
json_t *answer_string(const char *text);

/* @value, which is taken, as text for the caller; NULL with @err set if it is
 * NULL or memory runs out. */
char *answer_print(json_t *value, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_API_IMAGE_H */
