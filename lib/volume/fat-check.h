/* fat-check.h - what a check found, for the report and for the repair
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_VOLUME_FAT_CHECK_H
#define BALIMG_VOLUME_FAT_CHECK_H

#include "volume/fat-dir.h"

/* A directory to look through, or looked through. */
struct fat_visit {
	uint32_t first;
	size_t parent; /* index of the visit that found it */
	char *name;    /* NULL for the root */
};

/* A file whose chain is longer than its size. */
struct fat_excess {
	uint32_t dir;	/* first cluster of its directory */
	size_t slot;	/* in it */
	uint32_t last;	/* the last cluster that it needs; 0: none */
	uint32_t first; /* of those that it does not need */
};

/* A long-name slot that belongs to no entry. */
struct fat_orphan {
	uint32_t dir;
	size_t slot;
};

struct fat_checker {
	struct fat_volume *vol;
	struct volume_faults *faults; /* NULL: nobody wants texts */
	size_t unsaid;		      /* faults beyond what is listed */
	uint8_t *used; /* a bit per cluster: some entry holds it */
	struct fat_visit *visits;
	size_t visit_count;
	struct fat_excess *excesses;
	size_t excess_count;
	struct fat_orphan *orphans;
	size_t orphan_count;
	bool damaged;	      /* in ways that are left to fsck.fat */
	uint32_t free_stored; /* free clusters as the source has them */
	uint32_t lost;	      /* clusters in chains of no file */
	uint32_t impossible;  /* entries of no file that lead nowhere */
	uint32_t differing;   /* sectors in which FATs differ */
};

/* Look at everything.  The caller clears the checker, failed or not. */
int fat_checker_run(struct fat_checker *ck, struct fat_volume *vol,
		    struct volume_faults *faults, struct balimg_error *err)
	MUST_USE;
void fat_checker_clear(struct fat_checker *ck);
#define AUTO_CHECKER __attribute__((cleanup(fat_checker_clear)))

bool fat_checker_uses(const struct fat_checker *ck, uint32_t cluster);
void fat_checker_use(struct fat_checker *ck, uint32_t cluster);

/* Is the stored entry @value of a cluster that no file holds amiss? */
bool fat_is_unclaimed(const struct fat_checker *ck, uint32_t cluster,
		      uint32_t value);

/* Note a fault; those that only fsck.fat should mend say so. */
int fat_checker_say(struct fat_checker *ck, bool repairable, bool harmless,
		    struct balimg_error *err, const char *fmt, ...)
	__attribute__((format(printf, 5, 6))) MUST_USE;

/* fat-check-tree.c: all directories and the chains of all entries. */
int fat_check_tree(struct fat_checker *ck, struct balimg_error *err) MUST_USE;

/* fat-check-names.c: the names of one directory.  @path is for people. */
int fat_check_names(struct fat_checker *ck, struct fat_dir *dir,
		    const char *path, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_VOLUME_FAT_CHECK_H */
