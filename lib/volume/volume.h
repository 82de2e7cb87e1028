/* volume.h - files by path inside one file system, without the kernel
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A volume borrows its source: close the volume first.  Edits are staged: a
 * reader of the volume sees them at once, the source gets them with
 * volume_flush(), in the order (with source_barrier() between) that keeps
 * the file system sound when power fails between any two sectors.  Paths are
 * absolute, '/'-separated, and never contain "..".
 */
#ifndef BALIMG_VOLUME_VOLUME_H
#define BALIMG_VOLUME_VOLUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "source/source.h"

struct volume;

/* What a few KiB tell of a file system, whether or not it can be opened. */
struct volume_identity {
	char type[16];	/* "vfat", "ext4", "btrfs", "crypto_LUKS", ..., or ""
			   if unknown, or "zero" if the beginning is blank */
	char label[64]; /* UTF-8, trailing blanks removed, "" if none */
	char uuid[40];	/* "1234-ABCD" for FAT */
};

/* Look at the first 4 KiB or so (btrfs: at 64 KiB; FAT: also the root
 * folder's label, which wins over the boot sector's). */
int volume_identify(struct source *source, struct volume_identity *identity,
		    struct balimg_error *err) MUST_USE;

/* *@replay: does a journal hold what the file system does not yet have?  Then
 * ours can read it, but only who replays it may write.  So far, ext. */
int volume_needs_replay(struct source *source, bool *replay,
			struct balimg_error *err) MUST_USE;

/* Ask every known file system for a bid on @source; open the best.
 * BALIMG_E_UNSUPPORTED names the file system if it is known but not ours. */
struct volume *volume_open(struct source *source, struct balimg_error *err)
	MUST_USE;

/* What a new file system is to be. */
struct volume_format {
	const char *type;    /* "ext3" or "ext4" */
	const char *label;   /* at most 16 bytes */
	const uint8_t *uuid; /* 16 bytes */
};

/* Make all of @source, which is writable, a file system with nothing in it
 * but its own "lost+found"; ends with a barrier.  The inodes are as many as
 * images of the OS have (one for 8 KiB), and the features are those that the
 * bootloaders of old boards read.  BALIMG_E_UNSUPPORTED for another type. */
int volume_format(struct source *source, const struct volume_format *format,
		  struct balimg_error *err) MUST_USE;

/* Release @vol; NULL is allowed.  Edits not flushed are dropped. */
void volume_close(struct volume *vol);
DEFINE_AUTO(volume, volume_close)
#define AUTO_VOLUME __attribute__((cleanup(cleanup_volume)))

/* "vfat", ...; lent, valid until volume_close(). */
const char *volume_type(const struct volume *vol);

struct volume_entry {
	char *name; /* as stored: UTF-8 if FAT, else any bytes */
	bool directory;
	const char *special; /* what it is if neither directory nor regular
				file: "symlink", "fifo", ...; else NULL */
	uint64_t size;	     /* bytes; 0 if not a regular file */
	time_t modified;     /* UTC */
	bool owned;	     /* there are owners and modes, as follows */
	unsigned mode;	     /* permission bits, 07777 */
	uint32_t uid, gid;
	uint64_t inode;	       /* the same for all names of a file */
	unsigned links;	       /* how many there are */
	uint32_t major, minor; /* of a device */
	char *target; /* what a symbolic link says; else, or if that cannot
			 be read, NULL */
};

/* The entry @path leads to (root: name "/"), symbolic links followed within
 * the volume.  Free with volume_entry_clear().  BALIMG_E_NOT_FOUND if there
 * is none. */
int volume_stat(struct volume *vol, const char *path,
		struct volume_entry *entry, struct balimg_error *err) MUST_USE;
void volume_entry_clear(struct volume_entry *entry);

/* The same, but if the last name is that of a link, the link itself. */
int volume_stat_link(struct volume *vol, const char *path,
		     struct volume_entry *entry, struct balimg_error *err)
	MUST_USE;

/* Is there anything of this name?  *@exists says. */
int volume_exists(struct volume *vol, const char *path, bool *exists,
		  struct balimg_error *err) MUST_USE;

struct volume_listing {
	size_t count;
	struct volume_entry *entries; /* in the directory's own order */
};

/* The entries of directory @path, without "." and "..". */
int volume_list(struct volume *vol, const char *path,
		struct volume_listing *listing, struct balimg_error *err)
	MUST_USE;
void volume_listing_clear(struct volume_listing *listing);
#define AUTO_LISTING __attribute__((cleanup(volume_listing_clear)))

/* An extended attribute by the kernel's name for it: "security.capability",
 * "trusted.overlay.opaque". */
struct volume_xattr {
	char *name;
	char *value;
	size_t len; /* of value, in bytes */
};

struct volume_xattrs {
	size_t count;
	struct volume_xattr *xattrs; /* in the order they are stored in */
};

/* Those of what @path names itself: a link is not followed.  None where the
 * file system knows of none.  Access control lists (system.posix_acl_access,
 * system.posix_acl_default) are in the form that the kernel gives them in,
 * here and below; BALIMG_E_INVALID if one is malformed. */
int volume_list_xattrs(struct volume *vol, const char *path,
		       struct volume_xattrs *xattrs, struct balimg_error *err)
	MUST_USE;
void volume_xattrs_clear(struct volume_xattrs *xattrs);
#define AUTO_XATTRS __attribute__((cleanup(volume_xattrs_clear)))

/* Read all of @path, at most @limit bytes (BALIMG_E_INVALID if longer).
 * *@data is a new NUL-terminated buffer of *@len bytes, the caller's. */
int volume_read_file(struct volume *vol, const char *path, size_t limit,
		     char **data, size_t *len, struct balimg_error *err)
	MUST_USE;

/* The same, *@data being NULL where there is no @path. */
int volume_read_optional(struct volume *vol, const char *path, size_t limit,
			 char **data, size_t *len, struct balimg_error *err)
	MUST_USE;

/* The content of @path as a source that borrows @vol.  In an ext volume that
 * may be written it is writable, its writes being staged like any edit, and
 * agrees with later edits of the file but for its size; else read only. */
struct source *volume_open_file(struct volume *vol, const char *path,
				struct balimg_error *err) MUST_USE;

enum volume_flags {
	/* Overwrite with zeroes what the old content occupied, once it is
	 * free: it may hold secrets, and images get published. */
	VOLUME_WIPE_OLD = 1 << 0,
};

/* Create or replace @path by @content (lent for the call).  With FAT the old
 * content stays whole until the new one is: both must fit.  With ext the file
 * stays the same in owner, mode and attributes, and a symbolic link is
 * followed; its blocks are used again, so @content must not read from it.
 * BALIMG_E_NO_SPACE comes before anything is staged.  The parent directory
 * must exist.
 *
 * What is new here, or by volume_mkdir(), takes over the default access
 * control list of its parent, as the kernel would let it, with 0666 and 0777
 * as the modes asked for; else they are 0644 and 0755.  BALIMG_E_INVALID if
 * that list is malformed. */
int volume_write_from(struct volume *vol, const char *path,
		      struct source *content, unsigned flags,
		      struct balimg_error *err) MUST_USE;

/* The same with @len bytes at @data. */
int volume_write_file(struct volume *vol, const char *path, const void *data,
		      size_t len, unsigned flags, struct balimg_error *err)
	MUST_USE;

/* Remove a file, an empty directory, or a symbolic link itself. */
int volume_remove(struct volume *vol, const char *path, unsigned flags,
		  struct balimg_error *err) MUST_USE;

/* Create directory @path; the parent must exist, @path must not. */
int volume_mkdir(struct volume *vol, const char *path,
		 struct balimg_error *err) MUST_USE;

/* Set the permission bits (07777) of what @path leads to; an access control
 * list that it has then says the same.  Nothing is done where there are none.
 */
int volume_set_mode(struct volume *vol, const char *path, unsigned mode,
		    struct balimg_error *err) MUST_USE;

/* ---- any kind of node, with all that it has ---- */

/* Bytes that come by once, from front to back. */
struct volume_stream {
	uint64_t size; /* bytes in all */
	/* The next @len bytes, which there are, to @data. */
	int (*read)(struct volume_stream *stream, void *data, size_t len,
		    struct balimg_error *err);
};

/* Make @path, which must not exist in a directory that does: what @as says by
 * directory, special, target, major and minor, with its mode, uid, gid and
 * time.  @content, read to its end, is that of a file; NULL: an empty one.
 * @xattrs may be NULL.  That is all of it: nothing of a default access control
 * list of the directory is taken over.  The times of the directory stay, so
 * that a tree can be made from the top.  BALIMG_E_NO_SPACE comes before
 * anything is staged.  BALIMG_E_UNSUPPORTED where such a thing cannot be: in
 * FAT there are files and directories, whose owners, modes, times and
 * attributes are not kept. */
int volume_create(struct volume *vol, const char *path,
		  const struct volume_entry *as,
		  const struct volume_xattrs *xattrs,
		  struct volume_stream *content, struct balimg_error *err)
	MUST_USE;

/* Give what @path names itself, no link followed, the mode, uid, gid and time
 * of @as, and @xattrs (or NULL) besides those it has. */
int volume_dress(struct volume *vol, const char *path,
		 const struct volume_entry *as,
		 const struct volume_xattrs *xattrs, struct balimg_error *err)
	MUST_USE;

/* Make @path, which must not exist, one more name of @existing, which is no
 * directory; no link that either ends with is followed. */
int volume_link(struct volume *vol, const char *path, const char *existing,
		struct balimg_error *err) MUST_USE;

/* Remove @path, with all that is below it; of "/", all but itself and the
 * file system's own "lost+found". */
int volume_remove_tree(struct volume *vol, const char *path, unsigned flags,
		       struct balimg_error *err) MUST_USE;

struct volume_space {
	uint64_t total; /* bytes for file contents */
	uint64_t free;	/* bytes, after what is staged */
	uint64_t unit;	/* bytes per allocation unit */
};

/* Space left; may have to read the whole allocation table. */
int volume_space(struct volume *vol, struct volume_space *space,
		 struct balimg_error *err) MUST_USE;

/* Bring what is staged to the source, in safe order.  Ends with a barrier. */
int volume_flush(struct volume *vol, struct balimg_error *err) MUST_USE;

/* ---- faults ---- */

struct volume_fault {
	char *text;	 /* for people: "FAT copy 2 differs in 3 sectors" */
	bool repairable; /* volume_repair() mends it */
	bool harmless;	 /* worth a note, not a fault */
};

struct volume_faults {
	size_t count;
	struct volume_fault *faults;
};

/* Read the whole structure and say what is wrong with it. */
int volume_check(struct volume *vol, struct volume_faults *faults,
		 struct balimg_error *err) MUST_USE;
void volume_faults_clear(struct volume_faults *faults);
#define AUTO_FAULTS __attribute__((cleanup(volume_faults_clear)))

/* Stage the mending of every repairable fault, and of nothing else. */
int volume_repair(struct volume *vol, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_VOLUME_VOLUME_H */
