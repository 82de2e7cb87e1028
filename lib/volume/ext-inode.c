/* ext-inode.c - inodes: their times, what they say of a file, and errors
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "volume/ext.h"

#define LINK_LIMIT 4095u /* bytes of a symbolic link's text, as in Linux */

int
ext_error(struct ext_volume *ext, errcode_t failed, struct balimg_error *err)
{
	/* A transfer that failed knows more than the library. */
	if (ext->io.why.code)
		return error_pass(err, &ext->io.why);
	switch (failed) {
	case EXT2_ET_NO_MEMORY:
	case ENOMEM:
		return error_nomem(err);
	case EXT2_ET_FILE_NOT_FOUND:
	case EXT2_ET_NO_DIRECTORY:
		return error_set(err, BALIMG_E_NOT_FOUND,
				 "no such file or directory");
	case EXT2_ET_BLOCK_ALLOC_FAIL:
		return error_set(err, BALIMG_E_NO_SPACE,
				 "no free blocks are left");
	case EXT2_ET_INODE_ALLOC_FAIL:
		return error_set(err, BALIMG_E_NO_SPACE,
				 "no free inodes are left");
	case EXT2_ET_DIR_NO_SPACE:
		return error_set(err, BALIMG_E_NO_SPACE,
				 "the directory's index is full");
	case EXT2_ET_FILE_TOO_BIG:
		return error_set(err, BALIMG_E_NO_SPACE,
				 "such a file system cannot hold files of "
				 "this size");
	default:
		return error_set(err, BALIMG_E_INVALID,
				 "the file system is damaged (libext2fs error "
				 "%ld)",
				 (long)(failed - EXT2_ET_BASE));
	}
}

/* ---- reading and writing ---- */

int
ext_read_inode(struct ext_volume *ext, ext2_ino_t ino,
	       struct ext2_inode *inode, struct balimg_error *err)
{
	errcode_t failed = ext2fs_read_inode(ext->fs, ino, inode);

	return failed ? ext_error(ext, failed, err) : 0;
}

/* Bytes of @inode that the volume keeps. */
static int
large_size(const struct ext_volume *ext)
{
	int size = EXT2_INODE_SIZE(ext->fs->super);

	return size < (int)sizeof(struct ext2_inode_large) ?
		       size :
		       (int)sizeof(struct ext2_inode_large);
}

int
ext_read_large(struct ext_volume *ext, ext2_ino_t ino,
	       struct ext2_inode_large *inode, struct balimg_error *err)
{
	errcode_t failed;

	memset(inode, 0, sizeof(*inode));
	failed = ext2fs_read_inode_full(
		ext->fs, ino, (struct ext2_inode *)inode, large_size(ext));
	return failed ? ext_error(ext, failed, err) : 0;
}

int
ext_write_large(struct ext_volume *ext, ext2_ino_t ino,
		struct ext2_inode_large *inode, struct balimg_error *err)
{
	errcode_t failed;

	failed = ext2fs_write_inode_full(
		ext->fs, ino, (struct ext2_inode *)inode, large_size(ext));
	return failed ? ext_error(ext, failed, err) : 0;
}

/* ---- times ---- */

/* Has this inode room for a field that ends @end bytes into it? */
static bool
has_field(const struct ext2_inode_large *inode, size_t end)
{
	return EXT2_GOOD_OLD_INODE_SIZE + (size_t)inode->i_extra_isize >= end;
}

#define HAS_FIELD(inode, field)                                     \
	has_field(inode, offsetof(struct ext2_inode_large, field) + \
				 sizeof((inode)->field))

/* Seconds beyond 32 bits, signed ones, and no nanoseconds. */
static __u32
extra_of(time_t when)
{
	return (__u32)((uint64_t)(when - (int32_t)when) >> 32 & 3);
}

void
ext_set_times(struct ext_volume *ext, struct ext2_inode_large *inode)
{
	time_t now = ext->fs->now;

	inode->i_ctime = (__u32)now;
	inode->i_mtime = (__u32)now;
	if (HAS_FIELD(inode, i_ctime_extra))
		inode->i_ctime_extra = extra_of(now);
	if (HAS_FIELD(inode, i_mtime_extra))
		inode->i_mtime_extra = extra_of(now);
}

void
ext_set_modified(struct ext2_inode_large *inode, int64_t when)
{
	int64_t last = INT32_MAX;

	if (HAS_FIELD(inode, i_mtime_extra) && HAS_FIELD(inode, i_atime_extra))
		last += (int64_t)3 << 32;
	if (when > last)
		when = last;
	if (when < INT32_MIN)
		when = INT32_MIN;
	inode->i_atime = (__u32)when;
	inode->i_mtime = (__u32)when;
	if (last == INT32_MAX)
		return;
	inode->i_atime_extra = extra_of(when);
	inode->i_mtime_extra = extra_of(when);
}

int
ext_touch(struct ext_volume *ext, ext2_ino_t ino, struct balimg_error *err)
{
	struct ext2_inode_large inode;

	if (ext_read_large(ext, ino, &inode, err) < 0)
		return -1;
	ext_set_times(ext, &inode);
	return ext_write_large(ext, ino, &inode, err);
}

static time_t
modified(const struct ext2_inode_large *inode)
{
	time_t when = (int32_t)inode->i_mtime;

	if (HAS_FIELD(inode, i_mtime_extra))
		when += (time_t)(inode->i_mtime_extra & 3) << 32;
	return when;
}

/* ---- links ---- */

/* Text of a link too long for the inode: in its attributes. */
static errcode_t
read_inline_link(struct ext_volume *ext, ext2_ino_t ino,
		 struct ext2_inode *inode, char **text, size_t *len)
{
	errcode_t failed = ext2fs_inline_data_size(ext->fs, ino, len);

	if (failed)
		return failed;
	*text = calloc(1, *len + 1);
	if (!*text)
		return EXT2_ET_NO_MEMORY;
	return ext2fs_inline_data_get(ext->fs, ino, inode, *text, len);
}

/* Or in a block of its own. */
static errcode_t
read_block_link(struct ext_volume *ext, ext2_ino_t ino,
		struct ext2_inode *inode, char **text, size_t *len)
{
	errcode_t failed;
	blk64_t block;

	failed = ext2fs_bmap2(ext->fs, ino, inode, NULL, 0, 0, NULL, &block);
	if (failed)
		return failed;
	*len = ext->fs->blocksize;
	*text = calloc(1, *len + 1);
	if (!*text)
		return EXT2_ET_NO_MEMORY;
	return io_channel_read_blk64(ext->fs->io, block, 1, *text);
}

static errcode_t
read_fast_link(struct ext2_inode *inode, char **text, size_t *len)
{
	*len = sizeof(inode->i_block) - 1;
	*text = calloc(1, *len + 1);
	if (!*text)
		return EXT2_ET_NO_MEMORY;
	memcpy(*text, inode->i_block, *len);
	return 0;
}

char *
ext_read_link(struct ext_volume *ext, ext2_ino_t ino, struct ext2_inode *inode,
	      struct balimg_error *err)
{
	AUTO_FREE char *text = NULL;
	uint64_t size = EXT2_I_SIZE(inode);
	size_t len = 0;
	errcode_t failed;

	if (inode->i_flags & EXT4_ENCRYPT_FL) {
		error_set(err, BALIMG_E_UNSUPPORTED,
			  "the symbolic link is encrypted");
		return NULL;
	}
	if (inode->i_flags & EXT4_INLINE_DATA_FL)
		failed = read_inline_link(ext, ino, inode, &text, &len);
	else if (ext2fs_is_fast_symlink(inode))
		failed = read_fast_link(inode, &text, &len);
	else
		failed = read_block_link(ext, ino, inode, &text, &len);
	if (failed) {
		ext_error(ext, failed, err);
		return NULL;
	}
	if (!size || size > len || size > LINK_LIMIT ||
	    memchr(text, '\0', (size_t)size)) {
		error_set(err, BALIMG_E_INVALID,
			  "the symbolic link is damaged");
		return NULL;
	}
	text[size] = '\0';
	return STEAL(text);
}

/* ---- describing ---- */

static const char *
special_kind(const struct ext2_inode *inode)
{
	if (LINUX_S_ISLNK(inode->i_mode))
		return "symlink";
	if (LINUX_S_ISCHR(inode->i_mode))
		return "character device";
	if (LINUX_S_ISBLK(inode->i_mode))
		return "block device";
	if (LINUX_S_ISFIFO(inode->i_mode))
		return "fifo";
	if (LINUX_S_ISSOCK(inode->i_mode))
		return "socket";
	return NULL;
}

/* A device's number, in the old form of 16 bits or the new one of 32; see
 * fs/ext4/inode.c in Linux. */
static void
describe_device(const struct ext2_inode *inode, struct volume_entry *entry)
{
	uint32_t old = inode->i_block[0];
	uint32_t new = inode->i_block[1];

	entry->major = old ? old >> 8 & 0xff : new >> 8 & 0xfff;
	entry->minor = old ? old & 0xff : (new & 0xff) | (new >> 12 & 0xfff00);
}

int
ext_describe(struct ext_volume *ext, ext2_ino_t ino,
	     struct volume_entry *entry, struct balimg_error *err)
{
	struct ext2_inode_large large;
	struct ext2_inode *inode = (struct ext2_inode *)&large;
	struct balimg_error why = { 0 };

	if (ext_read_large(ext, ino, &large, err) < 0)
		return -1;
	entry->directory = LINUX_S_ISDIR(inode->i_mode);
	entry->special = special_kind(inode);
	entry->size = LINUX_S_ISREG(inode->i_mode) ? EXT2_I_SIZE(inode) : 0;
	entry->modified = modified(&large);
	entry->owned = true;
	entry->mode = inode->i_mode & 07777u;
	entry->uid = inode_uid(*inode);
	entry->gid = inode_gid(*inode);
	entry->inode = ino;
	entry->links = inode->i_links_count;
	if (LINUX_S_ISCHR(inode->i_mode) || LINUX_S_ISBLK(inode->i_mode))
		describe_device(inode, entry);
	if (!LINUX_S_ISLNK(inode->i_mode))
		return 0;
	entry->target = ext_read_link(ext, ino, inode, &why);
	return entry->target || error_is_finding(&why) ? 0 :
							 error_pass(err, &why);
}
