/* tree.h - a tree of files, entry by entry, wherever it comes from
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * What builds, unpacks, compares and applies update bundles meets a tree only
 * as its entries come by, one at a time: from a volume, from a folder of the
 * host, from a tar file or from a bundle.  None of it need fit into memory,
 * and none of these users knows where a tree comes from.  Names are bytes.
 */
#ifndef BALIMG_BUNDLE_TREE_H
#define BALIMG_BUNDLE_TREE_H

#include "base/progress.h"
#include "base/sink.h"
#include "volume/volume.h"

enum tree_type {
	TREE_FILE,
	TREE_DIRECTORY,
	TREE_SYMLINK,
	TREE_HARDLINK, /* another name of a file that came by before */
	TREE_CHAR,
	TREE_BLOCK,
	TREE_FIFO,
	TREE_SOCKET,
};

/* All of it is lent for the call. */
struct tree_entry {
	const char *path; /* "etc/passwd"; "" for the root; free of "." and
			     "..", empty parts, and slashes at either end */
	enum tree_type type;
	unsigned mode; /* permission bits, 07777 */
	uint32_t uid, gid;
	int64_t mtime;	       /* seconds, UTC */
	uint64_t size;	       /* bytes of a TREE_FILE, else 0 */
	const char *target;    /* of a symbolic link: what it says; of a hard
				  link: the path of the entry before */
	enum tree_type linked; /* of a hard link: what it is a name of */
	uint32_t major, minor; /* of a device */
	const struct volume_xattrs *xattrs;
};

/* The content of a TREE_FILE, from front to back. */
struct tree_content {
	/* The next bytes, at most @room, to @piece; *@got is how many, 0 only
	 * at the end. */
	int (*read)(struct tree_content *content, void *piece, size_t room,
		    size_t *got, struct balimg_error *err);
};

/* How many bytes are next where @at of @size were read, @room at most. */
static inline size_t
tree_next(uint64_t size, uint64_t at, size_t room)
{
	return size - at < room ? (size_t)(size - at) : room;
}

/* What meets the entries.  @content is NULL unless @entry is a file; what of
 * it is not read is skipped.  A failure ends the walk and is its result. */
struct tree_visitor {
	int (*visit)(struct tree_visitor *visitor,
		     const struct tree_entry *entry,
		     struct tree_content *content, struct balimg_error *err);
	/* Told of what is read before and between the entries of a bundle;
	 * may be NULL. */
	const struct progress *progress;
	/* Gets all bytes of the tar file that a layer is, compression undone,
	 * some before the entries they are of; may be NULL. */
	struct sink *plain;
};

/* What a volume's entry is. */
enum tree_type tree_type_of(const struct volume_entry *entry);

/* What is below directory @path of @vol, itself first, as "".  A directory
 * comes before what is in it, entries in the order of their names. */
int tree_walk_volume(struct volume *vol, const char *path,
		     struct tree_visitor *visitor, struct balimg_error *err)
	MUST_USE;

/* The same of the host's directory open as @fd; symbolic links are not
 * followed.  Owners are those of the files where @manifest is NULL.  Else it
 * is what was recorded when the folder was unpacked without root's rights: a
 * listed file has the owner and attributes that it says, and its mode, unless
 * that was changed since; what is not listed is root's; devices that are
 * listed, and where nothing is, are there. */
struct manifest;
int tree_walk_folder(int fd, const struct manifest *manifest,
		       struct tree_visitor *visitor, struct balimg_error *err)
	MUST_USE;

/* The entries of the tar file @fd, from where it is, maybe compressed, in its
 * own order: directories may be missing, and what came before may come again.
 * Paths that are absolute lose the slash; with ".." BALIMG_E_INVALID. */
int tree_walk_tar(int fd, struct tree_visitor *visitor,
		  struct balimg_error *err) MUST_USE;

/* The root file system that the update bundle @fd, which can be read twice,
 * holds.  Of a docker archive with layers, these as the engine would lay them
 * over each other: each path comes by once, whiteouts do not; as in a tar
 * file, a directory may be missing, or come after what is in it.  Of one
 * layer, as of a root file system, what tree_walk_tar() tells, without
 * whiteouts, with resin-boot and quirks.  BALIMG_E_UNSUPPORTED if it holds
 * more images than one, or is a delta to another. */
int tree_walk_bundle(int fd, struct tree_visitor *visitor,
		     struct balimg_error *err) MUST_USE;

/* The entries of layer @index (0: the lowest) of the docker archive @fd, as
 * they are stored: whiteouts are files called ".wh.NAME".
 * BALIMG_E_NOT_FOUND if there are fewer. */
int tree_walk_layer(int fd, size_t index, struct tree_visitor *visitor,
		    struct balimg_error *err) MUST_USE;

#endif /* BALIMG_BUNDLE_TREE_H */
