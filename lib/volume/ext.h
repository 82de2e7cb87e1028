/* ext.h - inside the ext engine: the volume, its paths, inodes and contents
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * libext2fs knows the structures; this engine gives it the bytes, decides
 * what may be written, and does what a running system would do besides:
 * symbolic links, owners, times.  All that is written is staged (ext-io.h)
 * until the flush, which is one epoch: the journal of the commit keeps it
 * whole.  An operation looks for room before it writes; if it breaks off
 * nevertheless, because memory ended or the structure turns out damaged, the
 * volume has failed, and neither stages nor flushes any more.
 */
#ifndef BALIMG_VOLUME_EXT_H
#define BALIMG_VOLUME_EXT_H

#include "volume/ext-io.h"
#include "volume/volume-ops.h"

struct ext_name {
	char *name;
	ext2_ino_t ino;
};

/* See ext-listed.c.  ->path: as it was asked for, or NULL. */
struct ext_listed {
	char *path;
	ext2_ino_t dir;
	struct ext_name *names; /* in the order of strcmp() */
	size_t count;
};

struct ext_volume {
	struct volume head; /* first */
	ext2_filsys fs;
	struct ext_io io;
	bool writing; /* may be written: bitmaps are loaded */
	bool edited;  /* since the last flush */
	bool failed;  /* an edit broke off */
	struct ext_listed listed;
};

static inline struct ext_volume *
ext_of(struct volume *vol)
{
	return (struct ext_volume *)vol;
}

/* ---- ext-inode.c ---- */

/* Say what libext2fs's @failed means. */
int ext_error(struct ext_volume *ext, errcode_t failed,
	      struct balimg_error *err);

int ext_read_inode(struct ext_volume *ext, ext2_ino_t ino,
		   struct ext2_inode *inode, struct balimg_error *err)
	MUST_USE;
/* With the fields that only inodes of more than 128 bytes have, else 0. */
int ext_read_large(struct ext_volume *ext, ext2_ino_t ino,
		   struct ext2_inode_large *inode, struct balimg_error *err)
	MUST_USE;
int ext_write_large(struct ext_volume *ext, ext2_ino_t ino,
		    struct ext2_inode_large *inode, struct balimg_error *err)
	MUST_USE;

/* Set when an inode was changed last and read, in seconds, UTC; what it has no
 * room for is cut to the nearest. */
void ext_set_modified(struct ext2_inode_large *inode, int64_t when);

/* Set an inode's times of change, in memory or in the volume. */
void ext_set_times(struct ext_volume *ext, struct ext2_inode_large *inode);
int ext_touch(struct ext_volume *ext, ext2_ino_t ino, struct balimg_error *err)
	MUST_USE;

/* Fill all of @entry but its name; the target of a link that cannot be read
 * stays NULL. */
int ext_describe(struct ext_volume *ext, ext2_ino_t ino,
		 struct volume_entry *entry, struct balimg_error *err)
	MUST_USE;

/* The text of symbolic link @ino, new. */
char *ext_read_link(struct ext_volume *ext, ext2_ino_t ino,
		    struct ext2_inode *inode, struct balimg_error *err)
	MUST_USE;

/* ---- ext-xattr.c ---- */

int ext_list_xattrs(struct volume *vol, const char *path,
		    struct volume_xattrs *xattrs, struct balimg_error *err)
	MUST_USE;

/* Those of inode @ino, added to @xattrs, which the caller clears. */
int ext_read_xattrs(struct ext_volume *ext, ext2_ino_t ino,
		    struct volume_xattrs *xattrs, struct balimg_error *err)
	MUST_USE;

/* May @ino, which may be 0 for one yet to be made, have @xattrs besides those
 * it has?  @xattrs may be NULL. */
int ext_check_xattrs(struct ext_volume *ext, ext2_ino_t ino,
		     const struct volume_xattrs *xattrs,
		     struct balimg_error *err) MUST_USE;
/* Blocks that these may take. */
uint64_t ext_xattr_blocks(const struct ext_volume *ext,
			  const struct volume_xattrs *xattrs);
int ext_set_xattrs(struct ext_volume *ext, ext2_ino_t ino,
		   const struct volume_xattrs *xattrs,
		   struct balimg_error *err) MUST_USE;

/* ---- ext-acl.c ---- */

/* Does the attribute @name hold an access control list? */
bool ext_is_acl(const char *name);
/* BALIMG_E_INVALID if @xattr does, and it is not as the kernel takes it. */
int ext_acl_check(const struct volume_xattr *xattr, struct balimg_error *err)
	MUST_USE;
/* Add the @len bytes at @stored, as volumes have them, in the form that the
 * kernel gives; BALIMG_E_INVALID if they are no list. */
int ext_acl_add(struct volume_xattrs *xattrs, const char *name,
		const char *stored, size_t len, struct balimg_error *err)
	MUST_USE;

/* What a new file or directory gets by the default list of the directory that
 * it is made in. */
struct ext_inherited {
	bool any;      /* is there such a list? */
	unsigned mode; /* permission bits, 0777 */
	struct volume_xattrs lists;
};
void ext_inherited_clear(struct ext_inherited *inherited);
#define AUTO_INHERITED __attribute__((cleanup(ext_inherited_clear)))

/* What is it in @dir?  BALIMG_E_INVALID if the list there is malformed. */
int ext_inherit(struct ext_volume *ext, ext2_ino_t dir, bool directory,
		struct ext_inherited *inherited, struct balimg_error *err)
	MUST_USE;
/* Give it to @ino. */
int ext_take_over(struct ext_volume *ext, ext2_ino_t ino,
		  const struct ext_inherited *inherited,
		  struct balimg_error *err) MUST_USE;

/* Add to @lists, which the caller clears, the access list that @ino is to have
 * with @mode, if it has one. */
int ext_list_for_mode(struct ext_volume *ext, ext2_ino_t ino, unsigned mode,
		      struct volume_xattrs *lists, struct balimg_error *err)
	MUST_USE;

/* ---- ext-path.c ---- */

/* Where a path leads. */
struct ext_place {
	ext2_ino_t dir;		      /* the directory with the name */
	char name[EXT2_NAME_LEN + 1]; /* in it; "" for the root */
	ext2_ino_t ino;		      /* 0: nothing has the name */
	struct ext2_inode inode;      /* of @ino */
};

/* Follow @path, and symbolic links as the system would whose root the volume
 * is; one that @path ends with only if @follow.  Nothing of the last name is
 * no error, but @place->ino is 0. */
int ext_find(struct ext_volume *ext, const char *path, bool follow,
	     struct ext_place *place, struct balimg_error *err) MUST_USE;
/* The same, but BALIMG_E_NOT_FOUND if nothing has the name. */
int ext_need(struct ext_volume *ext, const char *path, bool follow,
	     struct ext_place *place, struct balimg_error *err) MUST_USE;

/* ---- ext-listed.c ---- */

/* Remember the names in directory @dir, which is at @path; if memory is short,
 * nothing is. */
void ext_listed_keep(struct ext_listed *listed, const char *path,
		     ext2_ino_t dir, const struct volume_listing *listing);
void ext_listed_forget(struct ext_listed *listed);
/* Is @path a name among those?  Then fill all of @place but its inode. */
bool ext_listed_find(const struct ext_listed *listed, const char *path,
		     struct ext_place *place);

/* ---- ext-begin.c ---- */

/* Begin an edit: may this volume be written? */
int ext_begin(struct ext_volume *ext, struct balimg_error *err) MUST_USE;

/* Is the volume in a state that allows writing?  BALIMG_E_REFUSED. */
int ext_check_state(struct ext_volume *ext, struct balimg_error *err) MUST_USE;
/* Have the bitmaps read. */
int ext_load_bitmaps(struct ext_volume *ext, struct balimg_error *err)
	MUST_USE;

/* May the content or the entries of this inode be changed?  BALIMG_E_REFUSED
 * where that takes what we cannot do. */
int ext_check_inode(const struct ext_volume *ext, ext2_ino_t ino,
		    const struct ext2_inode *inode, struct balimg_error *err)
	MUST_USE;

/* From here on something is staged: a failure is for good. */
void ext_stage(struct ext_volume *ext);
/* Take the result of what was staged, and remember if it failed. */
int ext_staged(struct ext_volume *ext, int result);

/* ---- ext-space.c ---- */

/* Blocks that one more name in a directory may take. */
#define EXT_NAME_BLOCKS 6u

/* What a file's blocks are. */
struct ext_blocks {
	struct ext_run {
		blk64_t first;
		blk64_t count;
	} * runs;
	size_t count;
	uint64_t blocks; /* in all */
};
void ext_blocks_free(struct ext_blocks *blocks);
#define AUTO_BLOCKS __attribute__((cleanup(ext_blocks_free)))

/* All blocks of @ino, those that map it too; not that of attributes. */
int ext_blocks_find(struct ext_volume *ext, ext2_ino_t ino,
		    struct ext2_inode *inode, struct ext_blocks *blocks,
		    struct balimg_error *err) MUST_USE;
/* Free them, wiped if so wanted. */
int ext_blocks_release(struct ext_volume *ext, const struct ext_blocks *blocks,
		       bool wipe, struct balimg_error *err) MUST_USE;

/* What the bitmaps, which are loaded, have free. */
struct ext_free {
	uint64_t blocks;
	uint64_t runs; /* in which these lie */
	uint64_t inodes;
};
void ext_count_free(struct ext_volume *ext, struct ext_free *have);

/* Is there room for @data blocks of content of a file of @size bytes, what
 * maps them, and @more blocks, when @freed blocks become free before? */
int ext_need_space(struct ext_volume *ext, const struct ext2_inode *inode,
		   uint64_t size, uint64_t data, uint64_t more,
		   const struct ext_blocks *freed, struct balimg_error *err)
	MUST_USE;

/* ---- ext-content.c: between contents and blocks ---- */

/* How many blocks @content takes: those of zeroes become holes. */
int ext_count_blocks(struct ext_volume *ext, struct source *content,
		     uint64_t *count, struct balimg_error *err) MUST_USE;

/* Content that lies within the inode moves to a block, which is then like
 * any; @inode is brought up to date. */
int ext_leave_inode(struct ext_volume *ext, ext2_ino_t ino,
		    struct ext2_inode *inode, struct balimg_error *err)
	MUST_USE;

/* Fill the empty file @ino with @content. */
int ext_store(struct ext_volume *ext, ext2_ino_t ino, struct ext2_inode *inode,
	      struct source *content, struct balimg_error *err) MUST_USE;

/* The same with what @stream gives, which is then read back to be judged. */
int ext_store_stream(struct ext_volume *ext, ext2_ino_t ino,
		     struct ext2_inode *inode, struct volume_stream *stream,
		     struct balimg_error *err) MUST_USE;

/* Say that a file does not hold what was written; returns -1. */
int ext_say_unlike(struct balimg_error *err);

/* ---- ext-write.c ---- */

/* Is there room for a file of @size bytes, and @more blocks? */
int ext_need_size(struct ext_volume *ext, const struct ext2_inode *inode,
		  uint64_t size, uint64_t more, const struct ext_blocks *freed,
		  struct balimg_error *err) MUST_USE;

/* Let @inode map nothing yet, by extents or blocks as it says. */
int ext_make_empty(struct ext_volume *ext, ext2_ino_t ino,
		   struct ext2_inode *inode, struct balimg_error *err)
	MUST_USE;

/* ---- ext-map.c ---- */

/* Bytes of a file that lie together. */
struct ext_stretch {
	uint64_t len;
	uint64_t at; /* in the volume, bytes; 0: a hole, or not written */
};

/* The stretch at @offset of a file that is not within its inode, at most
 * @limit bytes (not 0). */
int ext_find_stretch(struct ext_volume *ext, ext2_ino_t ino,
		     struct ext2_inode *inode, uint64_t offset, uint64_t limit,
		     struct ext_stretch *stretch, struct balimg_error *err)
	MUST_USE;

/* ---- ext-file.c ---- */

/* The content of regular file @ino; writable if the volume is. */
struct source *ext_file_open(struct ext_volume *ext, ext2_ino_t ino,
			     struct balimg_error *err) MUST_USE;

/* ---- ext-dir.c ---- */

/* Does this name something, neither "." nor ".." nor what no path can say?
 * (What libext2fs says of its kind is wrong within inodes.) */
bool ext_is_entry(const struct ext2_dir_entry *dirent);

/* Add a name of @type (EXT2_FT_*) to directory @dir, whose times stay. */
int ext_add_name(struct ext_volume *ext, ext2_ino_t dir, const char *name,
		 ext2_ino_t ino, int type, struct balimg_error *err) MUST_USE;
/* The same, and it has changed now. */
int ext_link(struct ext_volume *ext, ext2_ino_t dir, const char *name,
	     ext2_ino_t ino, int type, struct balimg_error *err) MUST_USE;

/* The inode of the directory that is to get a new entry, if it may. */
int ext_parent(struct ext_volume *ext, const struct ext_place *place,
	       struct ext2_inode *parent, struct balimg_error *err) MUST_USE;

/* May there be a directory at @place, where nothing is?  *@parent: that of the
 * directory which is to have it, *@ino: a free one.  It will take @more blocks
 * for its attributes. */
int ext_prepare_directory(struct ext_volume *ext,
			  const struct ext_place *place, uint64_t more,
			  struct ext2_inode *parent, ext2_ino_t *ino,
			  struct balimg_error *err) MUST_USE;
/* Make it, without its name; it belongs to root, or to the group of a
 * directory that hands its group on. */
int ext_stage_directory(struct ext_volume *ext, const struct ext_place *place,
			const struct ext2_inode *parent, ext2_ino_t ino,
			struct balimg_error *err) MUST_USE;

/* A free inode near @dir. */
int ext_new_inode(struct ext_volume *ext, ext2_ino_t dir, int mode,
		  ext2_ino_t *ino, struct balimg_error *err) MUST_USE;

/* ---- the operations of struct volume_ops, by file ---- */

/* ext-format.c */
int ext_format(struct source *source, const struct volume_format *format,
	       struct balimg_error *err) MUST_USE;

/* ext-write.c */
int ext_write_from(struct volume *vol, const char *path,
		   struct source *content, unsigned flags,
		   struct balimg_error *err) MUST_USE;
/* ext-remove.c */
int ext_remove(struct volume *vol, const char *path, unsigned flags,
	       struct balimg_error *err) MUST_USE;
/* ext-dir.c */
int ext_list(struct volume *vol, const char *path,
	     struct volume_listing *listing, struct balimg_error *err)
	MUST_USE;
int ext_mkdir(struct volume *vol, const char *path, struct balimg_error *err)
	MUST_USE;
/* ext-create.c */
int ext_create(struct volume *vol, const char *path,
	       const struct volume_entry *as,
	       const struct volume_xattrs *xattrs,
	       struct volume_stream *content, struct balimg_error *err)
	MUST_USE;
int ext_dress(struct volume *vol, const char *path,
	      const struct volume_entry *as,
	      const struct volume_xattrs *xattrs, struct balimg_error *err)
	MUST_USE;
int ext_hard_link(struct volume *vol, const char *path, const char *existing,
		  struct balimg_error *err) MUST_USE;
/* ext-mode.c */
int ext_set_mode(struct volume *vol, const char *path, unsigned mode,
		 struct balimg_error *err) MUST_USE;
/* ext-check.c */
int ext_check(struct volume *vol, struct volume_faults *faults,
	      struct balimg_error *err) MUST_USE;

#endif /* BALIMG_VOLUME_EXT_H */
