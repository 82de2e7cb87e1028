/* in-place.c - an overlay goes into its image, wholly or not at all
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "base/io.h"
#include "base/os.h"
#include "commit/anew.h"
#include "commit/apply.h"
#include "commit/commit.h"
#include "commit/journal.h"

/* Reserve what lies in holes of [@offset, @end). */
static int
fill_holes(const struct backing *backing, uint64_t offset, uint64_t end,
	   struct balimg_error *err)
{
	struct extent extent;

	for (; offset < end; offset += extent.len) {
		if (source_extents(backing_source(backing), offset, &extent,
				   err) < 0)
			return -1;
		if (extent.len > end - offset)
			extent.len = end - offset;
		if (extent.kind == EXTENT_HOLE &&
		    os_reserve_space(backing_fd(backing), offset, extent.len,
				     err) < 0)
			return -1;
	}
	return 0;
}

/* Writing into a hole could meet a full disk half way. */
static int
reserve_space(struct source *overlay, const struct backing *backing,
	      struct balimg_error *err)
{
	const struct stat *st = backing_stat(backing);
	const struct overlay_record *record;
	size_t i;

	if (backing_is_device(backing) || st->st_blocks * 512 >= st->st_size)
		return 0;
	for (i = 0; i < overlay_record_count(overlay); i++) {
		record = overlay_get_record(overlay, i);
		if (fill_holes(backing, record->offset,
			       record->offset + record->len, err) < 0)
			return error_wrap(err, "%s", backing_path(backing));
	}
	return 0;
}

/* Give the complete journal its name: the edit is done from here, unless it
 * is rolled back. */
static int
publish(struct new_file *journal, struct balimg_error *err)
{
	if (io_sync(journal->fd, err) < 0)
		return error_wrap(err, "%s", journal->path);
	if (new_file_publish(journal, false, err) < 0)
		return -1;
	if (!io_sync_folder(journal->path, err))
		return 0;

	if (unlink(journal->path) < 0)
		error_hint(err, "not finished: run `balimg repair`");
	return -1;
}

/* The journal is no longer needed.  Should its name come back after a power
 * cut, the next edit removes it again, so that is no failure. */
static int
remove_journal(const char *path, struct balimg_error *err)
{
	int synced;

	if (unlink(path) < 0)
		return error_sys(err, "cannot remove the journal %s", path);
	synced = io_sync_folder(path, NULL);
	(void)synced;
	return 0;
}

static void
roll_back(const struct overlay_file *file, const struct backing *backing,
	  const char *journal, unsigned epoch, struct balimg_error *err)
{
	error_wrap(err, "%s", backing_path(backing));
	if (apply_backward(file, backing_fd(backing), epoch, NULL) < 0 ||
	    remove_journal(journal, NULL) < 0)
		error_hint(err, "not finished: run `balimg repair %s`",
			   backing_path(backing));
}

int
commit_in_place(struct source *overlay, struct backing *backing,
		const struct progress *progress, uint64_t *written,
		struct balimg_error *err)
{
	AUTO_NEW_FILE struct new_file journal = NEW_FILE_INIT;
	AUTO_OVERLAY_FILE struct overlay_file *file = NULL;
	unsigned epoch = 0;

	*written = 0;
	if (!backing_is_writable(backing))
		return error_set(err, BALIMG_E_USAGE,
				 "%s was not opened for writing",
				 backing_path(backing));
	if (overlay_is_empty(overlay))
		return 0;
	if (backing_format(backing))
		return commit_anew(overlay, backing, progress, written, err);

	if (reserve_space(overlay, backing, err) < 0 ||
	    journal_begin(&journal, backing, err) < 0)
		return -1;
	file = overlay_file_make(journal.fd, overlay, backing, false,
				 OVERLAY_OLD_ROOM, err);
	if (!file)
		return error_wrap(err, "%s", journal.path);
	if (publish(&journal, err) < 0)
		return -1;

	if (apply_forward(file, backing_fd(backing), progress, &epoch, written,
			  err) < 0) {
		roll_back(file, backing, journal.path, epoch, err);
		return -1;
	}
	if (remove_journal(journal.path, err) < 0)
		return error_hint(err, "the edit is done; the next edit "
				       "removes the journal");
	return 0;
}

int
commit_recover(struct overlay_file *file, struct backing *backing,
	       struct balimg_error *err)
{
	unsigned epoch;

	if (!backing_is_writable(backing) || !overlay_file_name(file))
		return error_set(err, BALIMG_E_USAGE,
				 "%s was not opened for writing",
				 backing_path(backing));
	if (apply_forward(file, backing_fd(backing), NULL, &epoch, NULL, err) <
	    0) {
		error_wrap(err, "%s", backing_path(backing));
		return error_hint(err, "not finished: the journal %s is kept",
				  overlay_file_name(file));
	}
	return remove_journal(overlay_file_name(file), err);
}
