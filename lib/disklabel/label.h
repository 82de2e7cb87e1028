/* label.h - which bytes are which partition
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * libfdisk reads the table, but not from the image: the sectors that hold it
 * (MBR, GPT header and entries, the extended chain, walked and bounded by us)
 * are copied to a sparse memfd of the label's size, so that few bytes are
 * read and nothing but the table is trusted.
 */
#ifndef BALIMG_DISKLABEL_LABEL_H
#define BALIMG_DISKLABEL_LABEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/source.h"

enum label_kind {
	LABEL_NONE, /* the whole image is one volume, or nothing we know */
	LABEL_DOS,
	LABEL_GPT,
};

struct partition {
	unsigned number;  /* as Linux counts: logical ones from 5 */
	uint64_t start;	  /* bytes from the image's beginning */
	uint64_t size;	  /* bytes */
	uint8_t type;	  /* MBR type byte, 0 on GPT */
	char type_guid[37]; /* GPT type in upper case, "" on MBR */
	char type_name[64]; /* for people: "W95 FAT32 (LBA)" */
	char *name;	  /* GPT name in UTF-8, NULL on MBR */
	bool active;	  /* MBR active flag, GPT legacy boot flag */
	bool extended;	  /* a container of logical partitions */
};

struct label {
	enum label_kind kind;
	unsigned sector_size; /* bytes: 512 or 4096 */
	char id[40];	      /* disk identifier or GUID, "" if none */
	size_t count;
	struct partition *partitions; /* by number */
};

/* Read the table of @source.  BALIMG_E_INVALID says what is damaged: a GPT
 * whose header or entries fail their CRC, a chain of extended partitions that
 * breaks or loops, partitions that overlap or reach beyond the image (a
 * truncated download).  A FAT or other volume without a table is LABEL_NONE,
 * even if its boot code looks like one. */
struct label *label_read(struct source *source, struct balimg_error *err)
	MUST_USE;
void label_free(struct label *label);
DEFINE_AUTO(label, label_free)
#define AUTO_LABEL __attribute__((cleanup(cleanup_label)))

/* "dos", "gpt", "none" */
const char *label_kind_name(enum label_kind kind);

/* Faults that do not hinder reading (backup GPT missing or different, a
 * hybrid MBR at odds with the GPT): *@text gets one per line, owned by the
 * caller, or NULL. */
int label_check(struct source *source, const struct label *label, char **text,
		struct balimg_error *err) MUST_USE;

#endif /* BALIMG_DISKLABEL_LABEL_H */
