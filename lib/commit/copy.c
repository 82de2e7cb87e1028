/* copy.c - base and overlay become a new raw image
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The base's blocks are shared where the file system can; else its data are
 * copied and its holes stay holes.  The overlay goes on top.  The file gets
 * its name when all of it is on the medium.
 */
#include <config.h>

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/io.h"
#include "base/os.h"
#include "commit/commit.h"
#include "commit/new-file.h"

#define RANGE_PIECE (16u * 1024u * 1024u) /* bytes copied by the system */
#define PIECE	    (1024u * 1024u)	  /* bytes copied through us */
#define BLOCK	    4096u		  /* zero blocks become holes */

struct copy {
	struct source *overlay;
	struct source *base;
	int from;
	int to;
	bool by_system; /* until that is found not to work */
	const struct progress *progress;
	char piece[PIECE];
};

/* ---- may it be written there? -------------------------------------- */

static int
refuse_suffix(const char *output, struct balimg_error *err)
{
	static const char *const suffixes[] = { ".gz", ".zip", ".xz", ".zst",
						".bz2" };
	size_t len = strlen(output);
	size_t i, suffix;

	for (i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		suffix = strlen(suffixes[i]);
		if (len < suffix ||
		    strcasecmp(output + len - suffix, suffixes[i]) != 0)
			continue;
		error_set(err, BALIMG_E_UNSUPPORTED,
			  "%s: compressed images cannot be written yet",
			  output);
		return error_hint(err, "write a raw image, then compress it");
	}
	return 0;
}

static int
refuse_target(const struct backing *backing, const char *output, bool replace,
	      struct balimg_error *err)
{
	const struct stat *input = backing_stat(backing);
	struct stat st;

	if (lstat(output, &st) < 0) {
		if (errno == ENOENT)
			return 0;
		return error_sys(err, "cannot look at %s", output);
	}
	if (S_ISLNK(st.st_mode))
		return error_set(err, BALIMG_E_REFUSED,
				 "%s is a symbolic link", output);
	if (!S_ISREG(st.st_mode))
		return error_set(err, BALIMG_E_REFUSED,
				 "%s exists and is not a regular file",
				 output);
	if (st.st_dev == input->st_dev && st.st_ino == input->st_ino) {
		error_set(err, BALIMG_E_REFUSED, "%s is the image itself",
			  output);
		return error_hint(err, "leave out -o to edit it in place");
	}
	if (replace)
		return 0;
	error_set(err, BALIMG_E_REFUSED, "%s exists already", output);
	return error_hint(err, "replace it with --force");
}

/* ---- the base ------------------------------------------------------ */

/* Write what is not zero; the new file is all hole. */
static int
write_sparsely(const struct copy *copy, uint64_t offset, size_t len,
	       struct balimg_error *err)
{
	size_t at = 0, end, now;

	while (at < len) {
		now = len - at < BLOCK ? len - at : BLOCK;
		if (bytes_are_zero(copy->piece + at, now)) {
			at += now;
			continue;
		}
		for (end = at + now; end < len; end += now) {
			now = len - end < BLOCK ? len - end : BLOCK;
			if (bytes_are_zero(copy->piece + end, now))
				break;
		}
		if (io_write_at(copy->to, copy->piece + at, end - at,
				offset + at, err) < 0)
			return -1;
		at = end;
	}
	return 0;
}

/* Copy some of [@offset, @offset + @len); *@done gets how much. */
static int
copy_piece(struct copy *copy, uint64_t offset, uint64_t len, uint64_t *done,
	   struct balimg_error *err)
{
	size_t now = len < RANGE_PIECE ? (size_t)len : RANGE_PIECE;

	if (copy->by_system) {
		*done = os_copy_range(copy->from, copy->to, offset, now);
		if (*done)
			return 0;
		copy->by_system = false;
	}
	if (now > PIECE)
		now = PIECE;
	*done = now;
	if (source_read(copy->base, offset, copy->piece, now, err) < 0)
		return -1;
	return write_sparsely(copy, offset, now, err);
}

static int
copy_extent(struct copy *copy, const struct extent *extent,
	    struct balimg_error *err)
{
	uint64_t offset = extent->offset;
	uint64_t end = offset + extent->len;
	uint64_t now;

	for (; offset < end; offset += now) {
		if (progress_report(copy->progress, "copying", offset,
				    source_size(copy->base), err) < 0 ||
		    copy_piece(copy, offset, end - offset, &now, err) < 0)
			return -1;
	}
	return 0;
}

static int
copy_base(struct copy *copy, struct balimg_error *err)
{
	uint64_t size = source_size(copy->base);
	struct extent extent;
	uint64_t offset;

	if (os_clone_file(copy->from, copy->to))
		return 0;
	if (ftruncate(copy->to, (off_t)size) < 0)
		return error_sys(err, "cannot set the size of the new image");
	for (offset = 0; offset < size; offset += extent.len) {
		if (source_extents(copy->base, offset, &extent, err) < 0)
			return -1;
		if (extent.kind == EXTENT_DATA &&
		    copy_extent(copy, &extent, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- the overlay --------------------------------------------------- */

static int
lay_record(struct copy *copy, const struct overlay_record *record,
	   struct balimg_error *err)
{
	uint64_t skip;
	size_t now;

	for (skip = 0; skip < record->len; skip += now) {
		now = record->len - skip < PIECE ?
			      (size_t)(record->len - skip) :
			      PIECE;
		if (overlay_read_record(copy->overlay, record, skip,
					copy->piece, now, err) < 0 ||
		    io_write_at(copy->to, copy->piece, now,
				record->offset + skip, err) < 0)
			return -1;
	}
	return 0;
}

static int
lay_overlay(struct copy *copy, struct balimg_error *err)
{
	size_t count = overlay_record_count(copy->overlay);
	size_t i;

	for (i = 0; i < count; i++)
		if (lay_record(copy, overlay_get_record(copy->overlay, i),
			       err) < 0)
			return -1;
	return 0;
}

/* As the base's, where we may: the owner first, for a change of owner can
 * take mode bits away.  An image read from a device is private. */
static int
set_owner_and_mode(const struct copy *copy, const struct backing *backing,
		   struct balimg_error *err)
{
	const struct stat *st = backing_stat(backing);

	if (backing_is_device(backing))
		return 0;
	if ((st->st_uid != geteuid() || st->st_gid != getegid()) &&
	    fchown(copy->to, st->st_uid, st->st_gid) < 0 && errno != EPERM)
		return error_sys(err, "cannot set the owner");
	if (fchmod(copy->to, st->st_mode & 0777) < 0)
		return error_sys(err, "cannot set the mode");
	return 0;
}

static int
fill(struct copy *copy, const struct backing *backing,
     struct balimg_error *err)
{
	if (copy_base(copy, err) < 0 || lay_overlay(copy, err) < 0 ||
	    set_owner_and_mode(copy, backing, err) < 0)
		return -1;
	return io_sync(copy->to, err);
}

int
commit_copy(struct source *overlay, const struct backing *backing,
	    const char *output, bool replace, const struct progress *progress,
	    uint64_t *written, struct balimg_error *err)
{
	AUTO_NEW_FILE struct new_file file = NEW_FILE_INIT;
	AUTO_FREE struct copy *copy = NULL;

	*written = 0;
	if (refuse_suffix(output, err) < 0 ||
	    refuse_target(backing, output, replace, err) < 0)
		return -1;
	copy = malloc(sizeof(*copy));
	if (!copy)
		return error_nomem(err);
	if (new_file_open(&file, output, err) < 0)
		return -1;

	copy->overlay = overlay;
	copy->base = backing_source(backing);
	copy->from = backing_fd(backing);
	copy->to = file.fd;
	copy->by_system = true;
	copy->progress = progress;
	if (fill(copy, backing, err) < 0)
		return error_wrap(err, "%s", output);
	if (new_file_publish(&file, replace, err) < 0)
		return -1;
	*written = source_size(overlay);
	return io_sync_folder(output, err);
}
