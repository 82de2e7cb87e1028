/* edited-image.h - a small image file and edits over it, for commit tests
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * "image" is 64 KiB and ends within a granule; the edits are made in three
 * epochs that meet in some granules.
 */
#ifndef BALIMG_TESTS_EDITED_IMAGE_H
#define BALIMG_TESTS_EDITED_IMAGE_H

#include "commit/commit.h"
#include "scratch.h"

#define IMAGE_SIZE (64u * 1024u - 200u)
#define JOURNAL	   ".image.balimg-journal"

struct edited {
	char old[IMAGE_SIZE];
	char now[IMAGE_SIZE]; /* with the edits */
	struct backing *backing;
	struct source *overlay;
};

static inline void
edited_write(struct edited *edited, size_t offset, const char *text)
{
	struct balimg_error err = { 0 };

	memcpy(edited->now + offset, text, strlen(text));
	CHECK_OK(source_write(edited->overlay, offset, text, strlen(text),
			      &err),
		 err);
}

static inline void
edited_barrier(struct edited *edited)
{
	struct balimg_error err = { 0 };

	CHECK_OK(source_barrier(edited->overlay, &err), err);
}

/* Open @path without edits. */
static inline void
edited_open_as(struct edited *edited, const char *path, bool write)
{
	struct balimg_error err = { 0 };

	memcpy(edited->now, edited->old, IMAGE_SIZE);
	edited->backing = backing_open(path, write, &err);
	if (!edited->backing)
		FAIL("%s", err.message);
	edited->overlay = overlay_open(backing_source(edited->backing), &err);
	CHECK(edited->overlay);
}

/* Make the image anew, and open it without edits. */
static inline void
edited_open(struct edited *edited)
{
	size_t i;

	for (i = 0; i < IMAGE_SIZE; i++)
		edited->old[i] = (char)(i * i / 7 + i);
	memset(edited->old + 20000, 0, 9000);
	unlink("image");
	scratch_write("image", edited->old, IMAGE_SIZE);
	edited_open_as(edited, "image", true);
}

static inline void
edited_close(struct edited *edited)
{
	source_close(edited->overlay);
	backing_close(edited->backing);
}

static inline void
edited_edit(struct edited *edited)
{
	struct balimg_error err = { 0 };

	edited_write(edited, 1000, "first epoch");
	edited_write(edited, 20500, "over zeroes");
	edited_write(edited, 3000, "changed twice");
	edited_barrier(edited);
	edited_write(edited, 3000, "CHANGED");
	edited_write(edited, IMAGE_SIZE - 5, "end.");
	memset(edited->now + 40000, 0, 3000);
	CHECK_OK(source_zero(edited->overlay, 40000, 3000, &err), err);
	edited_barrier(edited);
	edited_write(edited, 1010, "third");
	edited_write(edited, 41000, "x");
}

#endif /* BALIMG_TESTS_EDITED_IMAGE_H */
