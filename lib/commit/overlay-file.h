/* overlay-file.h - an overlay as a file: journal, patch and undo in one
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Layout, all integers little-endian:
 *   header   512 bytes: magic, version, image size before and after, kind of
 *            image (file or device) and its serial number
 *   data     new bytes of the records that are not zeroes
 *   old      old bytes of the granules, where kept (16 MiB in all)
 *   index    one entry per record: epoch, offset, length, flags, where its
 *            data and old bytes lie; then a CRC-32 of each old granule
 *   trailer  512 bytes: where the index lies, SHA-256 of all that precedes,
 *            and the magic again: the commit record
 * A file without a valid trailer is not an overlay file: torn or planted, it
 * is never applied.
 */
#ifndef BALIMG_COMMIT_OVERLAY_FILE_H
#define BALIMG_COMMIT_OVERLAY_FILE_H

#include "base/progress.h"
#include "source/device.h"
#include "source/overlay.h"

struct overlay_file; /* a complete overlay file, open for reading */

/* Write @overlay, made over @backing, to the empty file @fd, with commit
 * record, without syncing.  @all_old: keep every old byte (undo), whatever
 * it takes. */
int overlay_file_write(int fd, struct source *overlay,
		       const struct backing *backing, bool all_old,
		       struct balimg_error *err) MUST_USE;

/* The inverse: what brings the committed image back, its epochs in reverse
 * order, so that undoing passes through the same safe states. */
int overlay_file_write_undo(int fd, struct source *overlay,
			    const struct backing *backing,
			    struct balimg_error *err) MUST_USE;

/* Open and verify (magic, version, SHA-256, every offset and length); @fd is
 * taken and closed with it.  BALIMG_E_INVALID says what is wrong. */
struct overlay_file *overlay_file_open(int fd, struct balimg_error *err)
	MUST_USE;
void overlay_file_close(struct overlay_file *file);
DEFINE_AUTO(overlay_file, overlay_file_close)
#define AUTO_OVERLAY_FILE __attribute__((cleanup(cleanup_overlay_file)))

/* The path under which it was found, for messages; copied, and lent.  NULL
 * until set. */
int overlay_file_set_name(struct overlay_file *file, const char *name,
			  struct balimg_error *err) MUST_USE;
const char *overlay_file_name(const struct overlay_file *file);

/* How an image relates to an overlay file, granule by granule. */
enum overlay_file_state {
	OVERLAY_FILE_FOREIGN, /* some granule holds neither old nor new bytes,
				 or size or serial differ */
	OVERLAY_FILE_OLD,     /* nothing of it is applied */
	OVERLAY_FILE_PARTLY,  /* some is */
	OVERLAY_FILE_DONE,    /* all is */
};

/* Compare @file with what @backing holds; *@state says.  */
int overlay_file_compare(struct overlay_file *file,
			 const struct backing *backing,
			 enum overlay_file_state *state,
			 struct balimg_error *err) MUST_USE;

/* Write @file's records into @overlay, epoch by epoch with barriers. */
int overlay_file_replay(struct overlay_file *file, struct source *overlay,
			struct balimg_error *err) MUST_USE;

#endif /* BALIMG_COMMIT_OVERLAY_FILE_H */
