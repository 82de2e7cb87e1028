/* ext-xattr.c - extended attributes of an ext volume's files
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * By libext2fs, which gives names as the kernel would, and values but for
 * access control lists: these are given as stored, yet taken in the form of
 * the kernel's.
 */
#include <config.h>

#include <string.h>

#include "volume/ext.h"

/* Bytes of an attribute besides its name and value, with what aligns them, and
 * of a block of them, at most; see fs/ext4/xattr.h in Linux. */
#define ATTRIBUTE_HEAD 22u
#define BLOCK_HEAD     36u

/* What the walk over a file's attributes hands from call to call. */
struct walk {
	struct volume_xattrs *xattrs;
	struct balimg_error *err;
	int result;
};

/* The rest of a file that begins in its inode is kept as one: content. */
static bool
is_content(const char *name)
{
	return !strcmp(name, "system.data");
}

static int
add_attribute(char *name, char *value, size_t len, void *data)
{
	struct walk *walk = data;

	if (is_content(name))
		return 0;
	if (ext_is_acl(name))
		walk->result = ext_acl_add(walk->xattrs, name, value, len,
					   walk->err);
	else
		walk->result = volume_xattrs_add(walk->xattrs, name, value,
						 len, walk->err);
	return walk->result < 0 ? XATTR_ABORT : 0;
}

/* May there be any? */
static bool
has_xattrs(const struct ext_volume *ext)
{
	return ext2fs_has_feature_xattr(ext->fs->super) ||
	       ext2fs_has_feature_inline_data(ext->fs->super);
}

int
ext_read_xattrs(struct ext_volume *ext, ext2_ino_t ino,
		struct volume_xattrs *xattrs, struct balimg_error *err)
{
	struct walk walk = { .xattrs = xattrs, .err = err };
	struct ext2_xattr_handle *handle;
	errcode_t failed;

	if (!has_xattrs(ext))
		return 0;
	failed = ext2fs_xattrs_open(ext->fs, ino, &handle);
	if (failed)
		return ext_error(ext, failed, err);
	failed = ext2fs_xattrs_read(handle);
	if (!failed)
		failed = ext2fs_xattrs_iterate(handle, add_attribute, &walk);
	ext2fs_xattrs_close(&handle);
	if (failed)
		return ext_error(ext, failed, err);
	return walk.result;
}

int
ext_list_xattrs(struct volume *vol, const char *path,
		struct volume_xattrs *xattrs, struct balimg_error *err)
{
	struct ext_volume *ext = ext_of(vol);
	struct ext_place place;

	ext_io_begin(&ext->io, 0);
	if (ext_need(ext, path, false, &place, err) < 0)
		return -1;
	return ext_read_xattrs(ext, place.ino, xattrs, err);
}

/* ---- setting them -------------------------------------------------- */

/* libext2fs keeps names that it does not know as they are, and no kernel
 * finds them. */
static bool
has_prefix(const char *name)
{
	static const char *const prefixes[] = { "user.", "trusted.",
						"security.", "system." };
	size_t i;

	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return true;
	}
	return false;
}

static int
check_each(const struct volume_xattrs *xattrs, struct balimg_error *err)
{
	size_t i;

	for (i = 0; i < xattrs->count; i++) {
		if (!has_prefix(xattrs->xattrs[i].name))
			return error_set(err, BALIMG_E_UNSUPPORTED,
					 "the extended attribute %s belongs "
					 "to nobody that is known",
					 xattrs->xattrs[i].name);
		if (ext_acl_check(&xattrs->xattrs[i], err) < 0)
			return -1;
	}
	return 0;
}

/* What a file's attributes take, as they are counted one by one. */
struct room {
	uint64_t bytes;
	bool elsewhere; /* values may lie in inodes of their own */
};

static int
count_attribute(char *name, char *value, size_t len, void *data)
{
	struct room *room = data;

	(void)value;
	room->bytes += ATTRIBUTE_HEAD + strlen(name) +
		       (room->elsewhere ? 0 : len);
	return 0;
}

/* All of them must fit into one block: libext2fs sees too late whether they
 * do.  (That a few more would fit into the inode is not counted on.) */
int
ext_check_xattrs(struct ext_volume *ext, ext2_ino_t ino,
		 const struct volume_xattrs *xattrs, struct balimg_error *err)
{
	struct room room = {
		.elsewhere = ext2fs_has_feature_ea_inode(ext->fs->super),
	};
	struct ext2_xattr_handle *handle;
	errcode_t failed;
	size_t i;

	if (!xattrs || !xattrs->count)
		return 0;
	if (!has_xattrs(ext))
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "the file system was made without extended "
				 "attributes");
	if (check_each(xattrs, err) < 0)
		return -1;
	for (i = 0; i < xattrs->count; i++)
		count_attribute(xattrs->xattrs[i].name, NULL,
				xattrs->xattrs[i].len, &room);
	if (ino) {
		failed = ext2fs_xattrs_open(ext->fs, ino, &handle);
		if (failed)
			return ext_error(ext, failed, err);
		failed = ext2fs_xattrs_read(handle);
		if (!failed)
			failed = ext2fs_xattrs_iterate(handle, count_attribute,
						       &room);
		ext2fs_xattrs_close(&handle);
		if (failed)
			return ext_error(ext, failed, err);
	}
	if (room.bytes + BLOCK_HEAD <= ext->fs->blocksize)
		return 0;
	return error_set(err, BALIMG_E_NO_SPACE,
			 "its extended attributes take more than the block of "
			 "%u bytes that they may have",
			 ext->fs->blocksize);
}

int
ext_set_xattrs(struct ext_volume *ext, ext2_ino_t ino,
	       const struct volume_xattrs *xattrs, struct balimg_error *err)
{
	struct ext2_xattr_handle *handle;
	const struct volume_xattr *xattr;
	errcode_t failed;
	size_t i;

	if (!xattrs || !xattrs->count)
		return 0;
	failed = ext2fs_xattrs_open(ext->fs, ino, &handle);
	if (failed)
		return ext_error(ext, failed, err);
	failed = ext2fs_xattrs_read(handle);
	for (i = 0; !failed && i < xattrs->count; i++) {
		xattr = &xattrs->xattrs[i];
		failed = ext2fs_xattr_set(handle, xattr->name, xattr->value,
					  xattr->len);
	}
	ext2fs_xattrs_close(&handle);
	return failed ? ext_error(ext, failed, err) : 0;
}

uint64_t
ext_xattr_blocks(const struct ext_volume *ext,
		 const struct volume_xattrs *xattrs)
{
	uint64_t blocks = 0;
	size_t i;

	if (!xattrs || !xattrs->count)
		return 0;
	/* Large ones may lie in inodes of their own. */
	for (i = 0; i < xattrs->count; i++)
		blocks += xattrs->xattrs[i].len / ext->fs->blocksize;
	return blocks + 1;
}
