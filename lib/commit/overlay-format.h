/* overlay-format.h - the bytes of an overlay file, and one that is open
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * For the files of this room only; overlay-file.h tells what the parts are
 * for.  Offsets within each part:
 *   header   0 magic, 16 version, 20 kind, 24 image size before, 32 after,
 *            64 serial number (zero-padded), zeroes
 *   index    entries (0 epoch, 4 flags, 8 offset, 16 length, 24 where the
 *            data lie, 32 where the old bytes lie), then all CRCs, four
 *            bytes for each granule in the order of the entries
 *   trailer  0 where the index lies, 8 its length, 16 number of entries,
 *            zeroes, 464 SHA-256 of all before it, 496 magic
 */
#ifndef BALIMG_COMMIT_OVERLAY_FORMAT_H
#define BALIMG_COMMIT_OVERLAY_FORMAT_H

#include "base/digest.h"
#include "commit/overlay-file.h"

#define OVERLAY_MAGIC	    "balimg overlay\n"
#define OVERLAY_MAGIC_SIZE  16u /* with the NUL */
#define OVERLAY_VERSION	    1u
#define OVERLAY_HEADER_SIZE 512u

#define HEADER_VERSION	   16
#define HEADER_KIND	   20
#define HEADER_SIZE_BEFORE 24
#define HEADER_SIZE_AFTER  32
#define HEADER_SERIAL	   64
#define HEADER_SERIAL_SIZE 128u

#define KIND_FILE   0u
#define KIND_DEVICE 1u

#define ENTRY_SIZE   40u
#define ENTRY_EPOCH  0
#define ENTRY_FLAGS  4
#define ENTRY_OFFSET 8
#define ENTRY_LEN    16
#define ENTRY_DATA   24
#define ENTRY_OLD    32

/* Flags: what is zero or not kept lies nowhere, and its place is 0. */
#define FLAG_ZERO     1u
#define FLAG_OLD_ZERO 2u
#define FLAG_OLD_KEPT 4u

#define CRC_SIZE 4u

#define OVERLAY_TRAILER_SIZE 512u
#define TRAILER_INDEX	     0
#define TRAILER_INDEX_LEN    8
#define TRAILER_COUNT	     16
#define TRAILER_SHA256	     464
#define TRAILER_MAGIC	     496

/* More than any edit needs, and few enough to be handled in bounded memory
 * and time when the file comes from elsewhere. */
#define OVERLAY_MAX_ENTRIES (1u << 20)
#define OVERLAY_MAX_EPOCHS  1024u

/* How much of what is replaced is kept for rolling back, in bytes. */
#define OVERLAY_OLD_ROOM (16u * 1024u * 1024u)

/* Bytes of the image handled at once; a multiple of the granule. */
#define OVERLAY_PIECE (64u * 1024u)

enum overlay_old {
	OLD_NOT_KEPT,
	OLD_ZERO,
	OLD_KEPT,
};

/* One record in a file. */
struct overlay_entry {
	unsigned epoch;
	uint64_t offset; /* in the image */
	uint64_t len;
	bool zero;	  /* no data are kept */
	uint64_t data_at; /* in the file */
	enum overlay_old old;
	uint64_t old_at; /* in the file */
	uint64_t crc_at; /* in the file: CRCs of the old granules */
};

struct overlay_file {
	int fd;
	char *name;	     /* or NULL */
	uint64_t size;	     /* of the file */
	uint64_t image_size; /* bytes */
	bool device;
	char serial[HEADER_SERIAL_SIZE + 1];
	struct overlay_entry *entries; /* by epoch, then offset */
	size_t count;
};

static inline uint64_t
entry_granules(const struct overlay_entry *entry)
{
	return entry->len / OVERLAY_GRANULE +
	       (entry->len % OVERLAY_GRANULE != 0);
}

/* Write @overlay like overlay_file_write() (or, with @inverse, like
 * overlay_file_write_undo()), keeping up to @old_room bytes that are replaced
 * and not zero.  Returns the file, open; @fd stays the caller's, who keeps it
 * open as long. */
struct overlay_file *overlay_file_make(int fd, struct source *overlay,
				       const struct backing *backing,
				       bool inverse, uint64_t old_room,
				       struct balimg_error *err) MUST_USE;

/* Read @len bytes of what @entry brings, or of what it replaces (which must
 * be kept), from @skip bytes in. */
int overlay_file_read_new(const struct overlay_file *file,
			  const struct overlay_entry *entry, uint64_t skip,
			  void *data, size_t len, struct balimg_error *err)
	MUST_USE;
int overlay_file_read_old(const struct overlay_file *file,
			  const struct overlay_entry *entry, uint64_t skip,
			  void *data, size_t len, struct balimg_error *err)
	MUST_USE;

#endif /* BALIMG_COMMIT_OVERLAY_FORMAT_H */
