/* fat-dir.h - directories of a FAT volume, as slots of 32 bytes
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A directory is kept in memory as far as it was looked at, with what is
 * staged in place: each slot that was changed is marked with the epoch that
 * brings it to the source.  What the directory was when the transaction
 * began is kept beside it, as deleted names must not be given away yet.
 */
#ifndef BALIMG_VOLUME_FAT_DIR_H
#define BALIMG_VOLUME_FAT_DIR_H

#include "volume/fat-name.h"
#include "volume/fat.h"

#define FAT_SLOT       32u    /* bytes */
#define FAT_SLOTS_MAX  65536u /* in one directory, as Windows has it */
#define FAT_SLOTS_EACH (FAT_SECTOR / FAT_SLOT)

#define FAT_DELETED 0xe5 /* first byte of a slot */

enum fat_attributes {
	FAT_READ_ONLY = 0x01,
	FAT_LABEL = 0x08,
	FAT_DIRECTORY = 0x10,
	FAT_ARCHIVE = 0x20,
	FAT_LONG_NAME = 0x0f, /* of the 6 bits 0x3f */
};

enum fat_marks {
	FAT_MARK_EPOCH = 0x07,	 /* an enum fat_epoch */
	FAT_MARK_CLEARED = 0x08, /* blank it in FAT_CHAIN first */
	FAT_MARK_SPARE = 0x10,	 /* was taken, and given up again */
};

struct fat_dir {
	struct fat_dir *next; /* in struct fat_volume */
	uint32_t first;	      /* cluster; 0: root of FAT12 and FAT16 */
	struct fat_walk walk;
	uint32_t *clusters; /* those reached so far */
	size_t cluster_count;
	size_t cluster_room;
	size_t new_from; /* clusters from here on are new */

	uint8_t *slots; /* as staged */
	uint8_t *marks; /* enum fat_marks of each */
	size_t count;	/* slots read so far */
	size_t room;
	size_t end; /* of a prepared one: the end mark, or count */

	uint8_t *base; /* as stored; NULL: nothing is staged here */
	size_t base_count;
	size_t base_end;
};

/* The directory that begins at @first, the root with
 * fat_root_cluster(); lent until the second next such call. */
struct fat_dir *fat_dir_get(struct fat_volume *vol, uint32_t first,
			    struct balimg_error *err) MUST_USE;
uint32_t fat_root_cluster(const struct fat_volume *vol);

/* A new directory in the (already allocated) cluster @first, with "." and
 * ".." (of @parent, dated as @slot, the directory's own slot). */
struct fat_dir *fat_dir_new(struct fat_volume *vol, uint32_t first,
			    const struct fat_dir *parent, const uint8_t *slot,
			    struct balimg_error *err) MUST_USE;

/* Forget @dir and what is staged in it. */
void fat_dir_drop(struct fat_volume *vol, struct fat_dir *dir);

/* Forget what was staged where: the source has it now. */
void fat_dir_settle(struct fat_dir *dir);

void fat_dir_free_all(struct fat_volume *vol);

/* Read up to slot @at: 1; 0 if the directory ends before; -1. */
int fat_dir_load(struct fat_volume *vol, struct fat_dir *dir, size_t at,
		 struct balimg_error *err) MUST_USE;

/* Note that @cluster is the directory's next one. */
int fat_dir_add_cluster(struct fat_dir *dir, uint32_t cluster,
			struct balimg_error *err) MUST_USE;

/* Room for @more slots in memory. */
int fat_dir_reserve(struct fat_dir *dir, size_t more, struct balimg_error *err)
	MUST_USE;

/* Where slot @at lies in the source. */
uint64_t fat_dir_offset(const struct fat_volume *vol,
			const struct fat_dir *dir, size_t at);

/* The slots of a directory one entry after the other, labels, "." and ".."
 * included; all zero to begin.  A long name counts if it is complete. */
struct fat_scan {
	size_t at;    /* the slot to look at next */
	bool stored;  /* as it was when the transaction began */
	unsigned due; /* number of the long-name slot that must follow */
	uint8_t sum;

	/* The entry found. */
	size_t first; /* its first slot */
	size_t slot;  /* its 8.3 slot */
	uint8_t raw[FAT_SLOT];
	struct fat_name long_name; /* .len 0: none */
};

/* 1: an entry; 0: no more; -1. */
int fat_scan_next(struct fat_volume *vol, struct fat_dir *dir,
		  struct fat_scan *scan, struct balimg_error *err) MUST_USE;

/* Find @name, long or 8.3, from the beginning: 1, 0 or -1. */
int fat_scan_find(struct fat_volume *vol, struct fat_dir *dir,
		  const struct fat_name *name, struct fat_scan *scan,
		  struct balimg_error *err) MUST_USE;

/* The name to show. */
void fat_scan_name(const struct fat_scan *scan, struct fat_name *name);

/* The volume label in the root directory (FAT_SHORT bytes): 1, 0 or -1. */
int fat_root_label(struct fat_volume *vol, uint8_t *label,
		   struct balimg_error *err) MUST_USE;

/* Fields of an 8.3 slot. */
bool fat_slot_is_long(const uint8_t *slot);
bool fat_slot_is_label(const uint8_t *slot);
bool fat_slot_is_dot(const uint8_t *slot); /* "." or ".." */
bool fat_slot_is_directory(const uint8_t *slot);
uint32_t fat_slot_cluster(const struct fat_volume *vol, const uint8_t *slot);
void fat_slot_set_cluster(const struct fat_volume *vol, uint8_t *slot,
			  uint32_t cluster);
uint32_t fat_slot_size(const uint8_t *slot);

/* Clusters that the size of a file asks for. */
uint32_t fat_clusters_for(const struct fat_volume *vol, uint64_t size);

/* ---- fat-path.c ---- */

/* What a path leads to. */
struct fat_place {
	struct fat_dir *dir;  /* the directory that holds the last name */
	const char *name;     /* that name, within the path; "" for the root */
	bool found;	      /* there is an entry; always so for the root */
	struct fat_scan scan; /* it, unless the root */
};

/* Follow @path; BALIMG_E_NOT_FOUND if its directory is not there. */
int fat_path_find(struct fat_volume *vol, const char *path,
		  struct fat_place *place, struct balimg_error *err) MUST_USE;

/* The same, and the last name must be there, too. */
int fat_path_need(struct fat_volume *vol, const char *path,
		  struct fat_place *place, struct balimg_error *err) MUST_USE;

/* Is it a directory? */
bool fat_place_is_directory(const struct fat_place *place);

/* That directory. */
struct fat_dir *fat_place_open(struct fat_volume *vol,
			       const struct fat_place *place,
			       struct balimg_error *err) MUST_USE;

/* ---- fat-time.c ---- */

/* Time fields, UTC, clamped to 1980 ... 2107. */
time_t fat_slot_modified(const uint8_t *slot);
void fat_slot_set_modified(uint8_t *slot, time_t when);
void fat_slot_set_created(uint8_t *slot, time_t when);

/* ---- fat-slots.c: staging ---- */

/* Read all of @dir and get ready to change it. */
int fat_dir_prepare(struct fat_volume *vol, struct fat_dir *dir,
		    struct balimg_error *err) MUST_USE;

/* Add an entry to a prepared @dir: @slot has all fields but the name.
 * Grows the directory if it must; on failure nothing is staged. */
int fat_dir_add(struct fat_volume *vol, struct fat_dir *dir,
		const struct fat_name *name, uint8_t *slot,
		struct balimg_error *err) MUST_USE;

/* Replace the 8.3 slot @at. */
void fat_dir_put(struct fat_dir *dir, size_t at, const uint8_t *slot);

/* Delete slots [@first, @slot], of which the last is the 8.3 slot. */
void fat_dir_delete(struct fat_dir *dir, size_t first, size_t slot);

/* Delete slot @at alone, which belongs to no entry. */
void fat_dir_erase(struct fat_dir *dir, size_t at);

/* If @name was deleted in this transaction, bring its slots back with the
 * fields of @slot: 1 if so. */
int fat_dir_revive(struct fat_volume *vol, struct fat_dir *dir,
		   const struct fat_name *name, const uint8_t *slot,
		   struct balimg_error *err) MUST_USE;

#endif /* BALIMG_VOLUME_FAT_DIR_H */
