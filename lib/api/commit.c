/* commit.c - the plan, the commit, and taking it back
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "api/image.h"
#include "commit/commit.h"

/* ---- plan ---------------------------------------------------------- */

#define HIDDEN "<hidden>"

/* What may be seen of one side of a change. */
static json_t *
describe_side(const char *text, const char *shown, bool hide)
{
	if (text && hide)
		text = shown ? shown : HIDDEN;
	return answer_string(text);
}

static json_t *
describe_change(const struct plan_change *change, unsigned flags)
{
	bool hide = change->secret && !(flags & BALIMG_SHOW_SECRETS);

	return json_pack(
		"{s:o, s:o, s:o}", "where", answer_string(change->where),
		"before",
		describe_side(change->before, change->before_shown, hide),
		"after",
		describe_side(change->after, change->after_shown, hide));
}

static json_t *
describe_note(const struct plan_note *note)
{
	return json_pack("{s:s, s:o, s:o}", "severity",
			 note->severity == PLAN_WARNING ? "warning" : "note",
			 "where", answer_string(note->where), "text",
			 answer_string(note->text));
}

static json_t *
describe_plan(const struct plan *plan, unsigned flags)
{
	json_auto_t *changes = json_array();
	json_auto_t *notes = json_array();
	size_t i;

	for (i = 0; i < plan_change_count(plan); i++) {
		if (json_array_append_new(
			    changes, describe_change(plan_get_change(plan, i),
						     flags)) < 0)
			return NULL;
	}
	for (i = 0; i < plan_note_count(plan); i++) {
		if (json_array_append_new(
			    notes, describe_note(plan_get_note(plan, i))) < 0)
			return NULL;
	}
	return json_pack("{s:O, s:O}", "changes", changes, "notes", notes);
}

char *
balimg_plan(struct balimg_image *image, unsigned flags,
	    struct balimg_error *err)
{
	err = NEED_ERR(err);
	if (plan_is_incomplete(image->plan)) {
		error_nomem(err);
		return NULL;
	}
	return answer_print(describe_plan(image->plan, flags), err);
}

/* ---- commit -------------------------------------------------------- */

/* The undo file of a commit that failed is of no use - unless the commit is
 * to be finished later. */
static void
drop_undo(const struct balimg_image *image, const char *undo_file)
{
	AUTO_OVERLAY_FILE struct overlay_file *journal = NULL;
	struct balimg_error why = { 0 };

	if (commit_find_journal(image->backing, &journal, &why) == 0 &&
	    !journal)
		unlink(undo_file);
}

static int
write_image(struct balimg_image *image, const char *output, unsigned flags,
	    uint64_t *written, struct balimg_error *err)
{
	if (output)
		return commit_copy(image->overlay, image->backing, output,
				   flags & BALIMG_FORCE, &image->progress,
				   written, err);
	return commit_in_place(image->overlay, image->backing,
			       &image->progress, written, err);
}

/* Nothing is written: may the files be there? */
static int
check_names(const struct balimg_image *image, const char *output,
	    const char *undo_file, unsigned flags, struct balimg_error *err)
{
	if (undo_file && commit_check_undo(undo_file, err) < 0)
		return -1;
	return output ? commit_check_copy(image->backing, output,
					  flags & BALIMG_FORCE, err) :
			0;
}

static int
commit(struct balimg_image *image, const char *output, const char *undo_file,
       unsigned flags, uint64_t *written, struct balimg_error *err)
{
	if (flags & BALIMG_DRY_RUN)
		return check_names(image, output, undo_file, flags, err);
	if (undo_file && commit_save_undo(image->overlay, image->backing,
					  undo_file, err) < 0)
		return -1;
	if (write_image(image, output, flags, written, err) < 0) {
		if (undo_file)
			drop_undo(image, undo_file);
		return -1;
	}
	if (!output)
		image->state = IMAGE_COMMITTED;
	return 0;
}

/* Stage what the volumes still hold; *@changed: is there anything? */
static int
prepare(struct balimg_image *image, const char *output, unsigned flags,
	bool *changed, struct balimg_error *err)
{
	if (image_check_open(image, err) < 0)
		return -1;
	if (!output && !(flags & BALIMG_DRY_RUN) &&
	    !backing_is_writable(image->backing))
		return error_set(err, BALIMG_E_USAGE,
				 "the image was opened for reading only");
	if (image->os && os_flush(image->os, err) < 0) {
		image->state = IMAGE_FAILED;
		return -1;
	}
	*changed = !overlay_is_empty(image->overlay);
	return 0;
}

/* Room for the answer, its number included. */
#define COMMIT_ANSWER 64

char *
balimg_commit(struct balimg_image *image, const char *output,
	      const char *undo_file, unsigned flags, struct balimg_error *err)
{
	/* Made first: once the image is written, nothing may fail. */
	AUTO_FREE char *answer = malloc(COMMIT_ANSWER);
	uint64_t written = 0;
	bool changed;

	err = NEED_ERR(err);
	if (!answer) {
		error_nomem(err);
		return NULL;
	}
	if (prepare(image, output, flags, &changed, err) < 0 ||
	    ((changed || output) &&
	     commit(image, output, changed ? undo_file : NULL, flags, &written,
		    err) < 0)) {
		image_wrap(image, err);
		return NULL;
	}
	snprintf(answer, COMMIT_ANSWER,
		 "{\"changed\":%s,\"bytesWritten\":%llu}",
		 changed ? "true" : "false", (unsigned long long)written);
	return STEAL(answer);
}

/* ---- undo ---------------------------------------------------------- */

static struct overlay_file *
open_undo(const char *path, struct balimg_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		error_sys(err, "cannot open");
		return NULL;
	}
	return overlay_file_open(fd, err);
}

/* Record what is brought back, in one line. */
static void
record_undo(struct balimg_image *image)
{
	size_t count = overlay_record_count(image->overlay);
	uint64_t bytes = 0;
	char text[80];
	size_t i;

	for (i = 0; i < count; i++)
		bytes += overlay_get_record(image->overlay, i)->len;
	snprintf(text, sizeof(text), "as before, %llu bytes in %zu place%s",
		 (unsigned long long)bytes, count, count == 1 ? "" : "s");
	plan_change(image->plan, image->name, "as it is", text, false);
}

static int
replay_undo(struct balimg_image *image, struct overlay_file *file,
	    struct balimg_error *err)
{
	enum overlay_file_state state;

	if (overlay_file_compare(file, image->backing, &state, err) < 0)
		return -1;
	switch (state) {
	case OVERLAY_FILE_OLD:
		break;
	case OVERLAY_FILE_DONE:
		plan_note(image->plan, PLAN_NOTE, image->name,
			  "is as it was before already");
		return 0;
	default:
		return error_set(err, BALIMG_E_REFUSED,
				 "the image was changed since, or is another");
	}

	/* What was read of the image may no longer be so. */
	os_close(image->os);
	image->os = NULL;
	image->edited = true;
	if (overlay_file_replay(file, image->overlay, err) < 0) {
		image->state = IMAGE_FAILED;
		return -1;
	}
	record_undo(image);
	return 0;
}

int
balimg_undo(struct balimg_image *image, const char *undo_file,
	    struct balimg_error *err)
{
	AUTO_OVERLAY_FILE struct overlay_file *file = NULL;

	err = NEED_ERR(err);
	if (image_check_open(image, err) < 0)
		return image_wrap(image, err);
	if (image->edited || image->pending) {
		error_set(err, BALIMG_E_USAGE,
			  image->pending ? "an interrupted write comes first" :
					   "undo stands alone, without edits");
		return image_wrap(image, err);
	}
	file = open_undo(undo_file, err);
	if (!file)
		return error_wrap(err, "%s", undo_file);
	if (replay_undo(image, file, err) < 0)
		return image_wrap(image, err);
	return 0;
}
