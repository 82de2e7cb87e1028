/* ext-xattr.c - extended attributes of an ext volume's files
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * By libext2fs, which gives names and values as the kernel would: access
 * lists, too, are in the form of system.posix_acl_access.
 */
#include <config.h>

#include <string.h>

#include "volume/ext.h"

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
	walk->result = volume_xattrs_add(walk->xattrs, name, value, len,
					 walk->err);
	return walk->result < 0 ? XATTR_ABORT : 0;
}

int
ext_list_xattrs(struct volume *vol, const char *path,
		struct volume_xattrs *xattrs, struct balimg_error *err)
{
	struct walk walk = { .xattrs = xattrs, .err = err };
	struct ext_volume *ext = ext_of(vol);
	struct ext2_xattr_handle *handle;
	struct ext_place place;
	errcode_t failed;

	ext_io_begin(&ext->io, 0);
	if (ext_need(ext, path, false, &place, err) < 0)
		return -1;
	failed = ext2fs_xattrs_open(ext->fs, place.ino, &handle);
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
