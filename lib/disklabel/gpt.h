/* gpt.h - a GPT's header and entries, checked
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * On-disk layout: UEFI specification, chapter 5.3.
 */
#ifndef BALIMG_DISKLABEL_GPT_H
#define BALIMG_DISKLABEL_GPT_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "source/source.h"

#define GPT_HEADER_MAX 512u /* bytes of a header that are looked at */

struct gpt {
	unsigned sector_size;	/* bytes */
	uint64_t lba;		/* where this header is */
	uint64_t alternate;	/* where the other one is */
	uint64_t last_usable;
	uint64_t entries_lba;
	size_t entries_len;	/* bytes */
	uint8_t header[GPT_HEADER_MAX];
	uint8_t *entries;
};

/* Read header and entries at sector @lba (1, or the backup's).  What is
 * wrong with them is BALIMG_E_INVALID.  gpt_clear() it either way. */
int gpt_read(struct source *source, unsigned sector_size, uint64_t lba,
	     struct gpt *gpt, struct balimg_error *err) MUST_USE;
void gpt_clear(struct gpt *gpt);
#define AUTO_GPT __attribute__((cleanup(gpt_clear)))

/* *@sector_size: 4096 if only there a header begins, else 512. */
int gpt_find_sector_size(struct source *source, unsigned *sector_size,
			 struct balimg_error *err) MUST_USE;

/* Write header and entries to the file @fd, where they were. */
int gpt_copy(const struct gpt *gpt, int fd, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_DISKLABEL_GPT_H */
