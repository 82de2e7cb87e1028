/* fat.h - inside the FAT engine: the volume, its table, its chains
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A transaction is everything staged since the last flush.  It reaches the
 * source in five epochs, each complete before the next begins:
 *
 *   FAT_NEW    contents of new files and new directory clusters, all of them
 *              in clusters that were free when the transaction began
 *   FAT_CHAIN  their chains, in every FAT; and blanks over what lies dead
 *              behind a directory's end mark
 *   FAT_NAMES  long-name slots in another sector than their 8.3 slot
 *   FAT_ENTRY  sectors with 8.3 slots, where files are created, switched to
 *              their new contents, and deleted; links from a directory's
 *              last old cluster to its new ones
 *   FAT_FREE   freeing of chains that nothing refers to any more, the rest
 *              of deleted long names, FSInfo, zeroes over old contents
 *
 * Whatever subset of the sectors of one epoch a medium got, each file is old
 * or new, and what is left over (lost clusters, FATs that differ, a wrong
 * FSInfo count, orphaned long-name slots) harms nobody.
 *
 * Therefore nothing that is in use when the transaction begins, be it a
 * cluster or a directory slot, is used again before the flush.
 */
#ifndef BALIMG_VOLUME_FAT_H
#define BALIMG_VOLUME_FAT_H

#include "volume/fat-boot.h"
#include "volume/fat-map.h"
#include "volume/volume-ops.h"

enum fat_epoch {
	FAT_NONE,
	FAT_NEW,
	FAT_CHAIN,
	FAT_NAMES,
	FAT_ENTRY,
	FAT_FREE,
};

#define FAT_PAGE  4096u /* bytes of a FAT read at once */
#define FAT_PAGES 64u	/* kept */

struct fat_page {
	uint8_t *data;
	uint64_t number; /* from 1; 0: nothing read yet */
};

struct fat_dir; /* see fat-dir.h */

struct fat_volume {
	struct volume volume; /* first */
	struct fat_geometry geo;
	struct fat_page pages[FAT_PAGES];

	/* Staged table entries. */
	struct fat_map chain; /* of clusters free when it began */
	struct fat_map link;  /* of a directory's last cluster */
	struct fat_map freed;

	/* Free clusters as the source has them, once known. */
	bool free_known;
	uint32_t free_clusters;
	uint32_t hint; /* where the search for a free cluster begins */

	struct fat_dir *dirs; /* lately used ones first */

	struct fat_runs dropped; /* written, then given up: to be zeroed */
	struct fat_runs wiped;	 /* zeroed once they are free */
	bool written;		 /* contents went to the source */
	bool mend_tables;	 /* copy the active FAT to the others */
	bool mend_info;		 /* set FSInfo's count right */
	bool failed; /* a flush broke off: nothing more is staged */
};

static inline struct fat_volume *
fat_of(struct volume *vol)
{
	return (struct fat_volume *)vol;
}

/* ---- fat-table.c: entries of the FAT ---- */

/* The last-of-chain value that is written. */
uint32_t fat_end_mark(const struct fat_geometry *geo);
bool fat_is_end(const struct fat_geometry *geo, uint32_t value);
/* A bad cluster, or one of the values reserved beside that mark. */
bool fat_is_bad(const struct fat_geometry *geo, uint32_t value);

/* Put the low bits of @value into the entry of @cluster within @table, whose
 * first byte is byte @base of a FAT; the top bits of FAT32 stay. */
void fat_encode(const struct fat_geometry *geo, uint8_t *table, uint64_t base,
		uint32_t cluster, uint32_t value);
uint32_t fat_decode(const struct fat_geometry *geo, const uint8_t *table,
		    uint64_t base, uint32_t cluster);
/* First byte of a cluster's entry within a FAT; it is (bits + 7) / 8 long. */
uint64_t fat_entry_offset(const struct fat_geometry *geo, uint32_t cluster);
/* A FAT12 entry, half of it in either of two sectors? */
bool fat_entry_straddles(const struct fat_geometry *geo, uint32_t cluster);

/* The entry of @cluster (must be there): with what is staged, and as the
 * source has it. */
int fat_get(struct fat_volume *vol, uint32_t cluster, uint32_t *value,
	    struct balimg_error *err) MUST_USE;
int fat_get_stored(struct fat_volume *vol, uint32_t cluster, uint32_t *value,
		   struct balimg_error *err) MUST_USE;

/* Forget what was read of the FAT. */
void fat_forget_pages(struct fat_volume *vol);

/* Free clusters after what is staged. */
int fat_count_free(struct fat_volume *vol, uint32_t *count,
		   struct balimg_error *err) MUST_USE;

/* ---- fat-chain.c: chains of clusters ---- */

/* A walk along a chain, bounded and safe from loops. */
struct fat_walk {
	uint32_t at;	/* the cluster reached */
	uint32_t steps; /* taken */
	uint32_t tortoise;
	uint32_t turn; /* step at which the tortoise catches up */
	bool loops;    /* why the last step failed */
};

/* Begin at @first.  BALIMG_E_INVALID if there is no such cluster. */
int fat_walk_begin(struct fat_volume *vol, struct fat_walk *walk,
		   uint32_t first, struct balimg_error *err) MUST_USE;
/* Go to the next cluster: 1; 0 at the chain's end; -1 with
 * BALIMG_E_INVALID if it is broken or a loop. */
int fat_walk_next(struct fat_volume *vol, struct fat_walk *walk,
		  struct balimg_error *err) MUST_USE;

/* Append the chain from @first (0: none) to @runs, at most @limit clusters. */
int fat_collect(struct fat_volume *vol, uint32_t first, uint32_t limit,
		struct fat_runs *runs, struct balimg_error *err) MUST_USE;

/* Stage a new chain of @count clusters, appended to @runs.
 * BALIMG_E_NO_SPACE, with nothing staged, if there are not so many. */
int fat_allocate(struct fat_volume *vol, uint32_t count, struct fat_runs *runs,
		 struct balimg_error *err) MUST_USE;

/* Take back what fat_allocate() gave, before anything referred to it. */
void fat_unallocate(struct fat_volume *vol, const struct fat_runs *runs);

/* Reserve the memory that fat_release() needs. */
int fat_release_reserve(struct fat_volume *vol, const struct fat_runs *runs,
			struct balimg_error *err) MUST_USE;
/* Stage the freeing of a chain.  Clusters that are new in the transaction
 * return to the free ones at once.  @wipe: zero the others when free. */
void fat_release(struct fat_volume *vol, const struct fat_runs *runs,
		 bool wipe);

/* ---- fat-file.c ---- */

/* The first @size bytes of the clusters of @runs, which must hold so many. */
struct source *fat_file_open(struct fat_volume *vol,
			     const struct fat_runs *runs, uint64_t size,
			     struct balimg_error *err) MUST_USE;

/* ---- the operations of struct volume_ops, by file ---- */

/* fat-edit.c */
int fat_write_from(struct volume *vol, const char *path,
		   struct source *content, unsigned flags,
		   struct balimg_error *err) MUST_USE;
int fat_remove(struct volume *vol, const char *path, unsigned flags,
	       struct balimg_error *err) MUST_USE;
int fat_mkdir(struct volume *vol, const char *path, struct balimg_error *err)
	MUST_USE;
/* fat-flush.c */
int fat_flush(struct volume *vol, struct balimg_error *err) MUST_USE;
/* fat-check.c */
int fat_check(struct volume *vol, struct volume_faults *faults,
	      struct balimg_error *err) MUST_USE;
/* fat-repair.c */
int fat_repair(struct volume *vol, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_VOLUME_FAT_H */
