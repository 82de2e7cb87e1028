/* overlay.h - what was edited, over a base that is never written
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Writes are kept in granules of 512 bytes, in epochs: source_barrier()
 * begins the next epoch, and a commit brings each epoch to the medium before
 * it writes the next.  A granule written in two epochs keeps both versions.
 * The data lie in memory up to 8 MiB, then in a file that overlay_spill_to()
 * chose (mode 0600, without a name where the file system can).  Data that
 * equal what lies below are not recorded, so an edit that changes nothing
 * leaves the overlay empty.
 */
#ifndef BALIMG_SOURCE_OVERLAY_H
#define BALIMG_SOURCE_OVERLAY_H

#include "source/source.h"

#define OVERLAY_GRANULE 512u /* bytes */

/* A new overlay over @base (lent), empty, at epoch 0. */
struct source *overlay_open(struct source *base, struct balimg_error *err)
	MUST_USE;

/* The folder for data beyond what stays in memory; copied.  Without it, or
 * when it cannot be written, TMPDIR or /var/tmp serves. */
int overlay_spill_to(struct source *overlay, const char *folder,
		     struct balimg_error *err) MUST_USE;

/* One run of granules that one epoch wrote. */
struct overlay_record {
	unsigned epoch;	 /* from 0 */
	uint64_t offset; /* in the image, bytes, a multiple of the granule */
	uint64_t len;	 /* bytes; may end short at the image's end */
	bool zero;	 /* reads as zero, no data kept */
	uint64_t at;	 /* private: where the data lie */
};

/* Nothing written that differs from the base? */
bool overlay_is_empty(const struct source *overlay);

/* The base it lies over. */
struct source *overlay_base(const struct source *overlay);

/* Records ordered by epoch, then offset; those of one epoch never overlap.
 * Lent until the next write. */
size_t overlay_record_count(const struct source *overlay);
const struct overlay_record *overlay_get_record(const struct source *overlay,
						size_t at);

/* Read @len bytes of @record's new data, from @skip bytes in. */
int overlay_read_record(struct source *overlay,
			const struct overlay_record *record, uint64_t skip,
			void *data, size_t len, struct balimg_error *err)
	MUST_USE;

/* Read what the image holds at @offset once all epochs before @epoch are
 * applied (epoch 0: the base). */
int overlay_read_before(struct source *overlay, unsigned epoch,
			uint64_t offset, void *data, size_t len,
			struct balimg_error *err) MUST_USE;

#endif /* BALIMG_SOURCE_OVERLAY_H */
