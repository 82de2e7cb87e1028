/* nested.h - a tar file within a tar file, maybe compressed
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Three readers in a row: the outer archive gives the bytes that are stored,
 * the second undoes their compression, the third finds the entries.  On the
 * way the stored bytes and the plain ones are counted and, where wanted,
 * hashed: the latter's sum is a layer's diff id.
 */
#ifndef BALIMG_BUNDLE_NESTED_H
#define BALIMG_BUNDLE_NESTED_H

#include <archive.h>
#include <archive_entry.h>

#include "base/buffer.h"
#include "base/digest.h"
#include "base/progress.h"
#include "base/sink.h"

/* Bytes of an archive, compression undone, that are read; more than any
 * device's storage for one root file system holds, so what claims more is
 * made to fill disks. */
#define ARCHIVE_LIMIT (16ull << 30)

/* The bytes of an archive's current member, piece by piece as libarchive
 * holds them, gaps of sparse files as zeroes. */
struct stream {
	struct archive *archive; /* lent */
	uint64_t at;		 /* bytes given so far */
	const char *held;
	size_t held_len;
	uint64_t held_at; /* where in the member they belong */
};

/* The next bytes, lent until the next call; 0 at the end, < 0 if they cannot
 * be read. */
la_ssize_t stream_next(struct stream *stream, const void **piece);

struct nested {
	struct archive *entries; /* the inner tar file's, to be walked */
	char compression[8];	 /* "none", "gz", ... */
	bool sums;		 /* set before nested_open(): hash it all */
	struct sink *tap; /* gets the plain bytes, or NULL */
	size_t text_room; /* keep the first bytes, if they begin like JSON */
	struct buffer text;
	uint64_t stored, unpacked; /* bytes so far */
	const struct progress *progress;
	uint64_t *done; /* bytes, for the progress, counted on */
	/* nested.c's own */
	struct archive *plain;
	struct stream outer_bytes, plain_bytes;
	struct digest stored_sum, plain_sum;
	bool packed;
	struct balimg_error *err; /* set if the call is to be given up */
};

/* Begin to read the current member of @outer.  @nested holds what the caller
 * set, else zeroes, and must not move until nested_close().  *@fault: what
 * could not be read, to be asked for its archive_error_string(), else NULL:
 * then ->entries stands before the first entry.  -1 only if the call is to be
 * given up. */
int nested_open(struct nested *nested, struct archive *outer,
		struct archive **fault, struct balimg_error *err) MUST_USE;

/* Read what no reader took; the sums, SHA-256, are over all of it.  -1 if the
 * call is to be given up, as it is after any step that set its error. */
int nested_finish(struct nested *nested, uint8_t stored[SHA256_SIZE],
		  uint8_t plain[SHA256_SIZE]) MUST_USE;

void nested_close(struct nested *nested);
#define AUTO_NESTED __attribute__((cleanup(nested_close)))

/* A reader of tar files, compressed in any way that bundles come in; NULL
 * if memory ran out. */
struct archive *nested_new_reader(void) MUST_USE;

/* How @archive is compressed: "none", "gz", "bz2", "xz" or "zst". */
void nested_tell_compression(struct archive *archive, char name[8]);

#endif /* BALIMG_BUNDLE_NESTED_H */
