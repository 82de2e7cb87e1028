/* ext-acl.c - access control lists, and what takes them over
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * In memory a list is in the form that the kernel gives and takes (Linux,
 * include/uapi/linux/posix_acl_xattr.h): le32 version 2, then entries of le16
 * tag, le16 permissions, le32 id.  A volume keeps another one (fs/ext4/acl.h):
 * version 1, and an id only where the entry is of a named user or group.  The
 * numbers of the tags ascend in the order that the entries must have.
 */
#include <config.h>

#include <string.h>

#include "base/buffer.h"
#include "base/bytes.h"
#include "volume/ext.h"

#define ACCESS_LIST  "system.posix_acl_access"
#define DEFAULT_LIST "system.posix_acl_default"

#define STORED	   1u /* versions */
#define KERNEL	   2u
#define HEAD	   4u
#define ENTRY	   8u
#define SHORT	   4u		      /* an entry without an id */
#define BASE_LIST  (HEAD + 3 * ENTRY) /* what the mode can say, too */
#define UNNAMED_ID UINT32_MAX

/* Tags. */
#define USER_OBJ  0x01u
#define USER	  0x02u
#define GROUP_OBJ 0x04u
#define GROUP	  0x08u
#define MASK	  0x10u
#define OTHER	  0x20u
#define BASE	  (USER_OBJ | GROUP_OBJ | OTHER)
#define NAMED	  (USER | GROUP)

/* What programs ask for, which umask would limit. */
#define FILE_MODE      0666u
#define DIRECTORY_MODE 0777u

bool
ext_is_acl(const char *name)
{
	return !strcmp(name, ACCESS_LIST) || !strcmp(name, DEFAULT_LIST);
}

/* ---- both forms ---------------------------------------------------- */

static size_t
entry_size(uint32_t version, unsigned tag)
{
	return version == STORED && !(tag & NAMED) ? SHORT : ENTRY;
}

/* May an entry of @tag come after those whose tags are in @seen? */
static bool
may_follow(unsigned tag, unsigned seen)
{
	if (!tag || tag & (tag - 1) || tag > OTHER)
		return false;
	return tag > seen || (tag & NAMED && seen < 2 * tag);
}

/* As posix_acl_valid() in fs/posix_acl.c of Linux has it. */
static bool
is_sound(const char *list, size_t len, uint32_t version)
{
	unsigned tag, seen = 0;
	size_t at, size;

	if (len < HEAD || le32_get(list) != version)
		return false;
	for (at = HEAD; at < len; at += size) {
		if (len - at < SHORT)
			return false;
		tag = le16_get(list + at);
		size = entry_size(version, tag);
		if (size > len - at || !may_follow(tag, seen) ||
		    le16_get(list + at + 2) > 7)
			return false;
		seen |= tag;
	}
	return (seen & BASE) == BASE && (!(seen & NAMED) || seen & MASK);
}

static int
say_malformed(const char *name, struct balimg_error *err)
{
	return error_set(err, BALIMG_E_INVALID,
			 "the access control list %s is malformed", name);
}

int
ext_acl_check(const struct volume_xattr *xattr, struct balimg_error *err)
{
	if (!ext_is_acl(xattr->name) ||
	    is_sound(xattr->value, xattr->len, KERNEL))
		return 0;
	return say_malformed(xattr->name, err);
}

int
ext_acl_add(struct volume_xattrs *xattrs, const char *name, const char *stored,
	    size_t len, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer list = BUFFER_INIT;
	char entry[ENTRY];
	size_t at, size;

	/* To the kernel one without entries is none. */
	if (len == HEAD && le32_get(stored) == STORED)
		return 0;
	if (!is_sound(stored, len, STORED))
		return say_malformed(name, err);
	le32_put(entry, KERNEL);
	buffer_add(&list, entry, HEAD);
	for (at = HEAD; at < len; at += size) {
		size = entry_size(STORED, le16_get(stored + at));
		le32_put(entry + SHORT, UNNAMED_ID);
		memcpy(entry, stored + at, size);
		buffer_add(&list, entry, ENTRY);
	}
	if (list.failed)
		return error_nomem(err);
	return volume_xattrs_add(xattrs, name, list.data, list.len, err);
}

/* ---- lists and modes ----------------------------------------------- */

static struct volume_xattr *
find_list(const struct volume_xattrs *xattrs, const char *name)
{
	size_t i;

	for (i = 0; i < xattrs->count; i++) {
		if (!strcmp(xattrs->xattrs[i].name, name))
			return &xattrs->xattrs[i];
	}
	return NULL;
}

/* The permissions that the entry of @tag gives, or NULL. */
static char *
find_permissions(const struct volume_xattr *list, unsigned tag)
{
	size_t at;

	for (at = HEAD; at < list->len; at += ENTRY) {
		if (le16_get(list->value + at) == tag)
			return list->value + at + 2;
	}
	return NULL;
}

/* Let @list give what *@mode does; of a @new file, both give only what both
 * gave.  Where there is a mask, it is what the mode calls the group. */
static void
share(const struct volume_xattr *list, unsigned *mode, bool new)
{
	const unsigned tags[] = { OTHER,
				  find_permissions(list, MASK) ? MASK :
								 GROUP_OBJ,
				  USER_OBJ };
	unsigned i, given;
	char *permissions;

	for (i = 0; i < 3; i++) {
		permissions = find_permissions(list, tags[i]);
		given = *mode >> 3 * i & 7;
		if (new)
			given &= le16_get(permissions);
		le16_put(permissions, (uint16_t)given);
		*mode = (*mode & ~(7u << 3 * i)) | given << 3 * i;
	}
}

void
ext_inherited_clear(struct ext_inherited *inherited)
{
	volume_xattrs_clear(&inherited->lists);
}

/* posix_acl_create() in fs/posix_acl.c of Linux. */
int
ext_inherit(struct ext_volume *ext, ext2_ino_t dir, bool directory,
	    struct ext_inherited *inherited, struct balimg_error *err)
{
	AUTO_XATTRS struct volume_xattrs xattrs = { 0 };
	struct volume_xattrs *lists = &inherited->lists;
	const struct volume_xattr *list;

	if (ext_read_xattrs(ext, dir, &xattrs, err) < 0)
		return error_wrap(err, "the directory");
	list = find_list(&xattrs, DEFAULT_LIST);
	if (!list)
		return 0;
	if (directory && volume_xattrs_add(lists, DEFAULT_LIST, list->value,
					   list->len, err) < 0)
		return -1;
	inherited->any = true;
	inherited->mode = directory ? DIRECTORY_MODE : FILE_MODE;
	share(list, &inherited->mode, true);
	if (list->len > BASE_LIST &&
	    volume_xattrs_add(lists, ACCESS_LIST, list->value, list->len,
			      err) < 0)
		return -1;
	return ext_check_xattrs(ext, 0, lists, err);
}

int
ext_take_over(struct ext_volume *ext, ext2_ino_t ino,
	      const struct ext_inherited *inherited, struct balimg_error *err)
{
	struct ext2_inode_large inode;

	if (!inherited->any)
		return 0;
	if (ext_read_large(ext, ino, &inode, err) < 0)
		return -1;
	inode.i_mode = (__u16)((inode.i_mode & ~DIRECTORY_MODE) |
			       inherited->mode);
	if (ext_write_large(ext, ino, &inode, err) < 0)
		return -1;
	return ext_set_xattrs(ext, ino, &inherited->lists, err);
}

int
ext_list_for_mode(struct ext_volume *ext, ext2_ino_t ino, unsigned mode,
		  struct volume_xattrs *lists, struct balimg_error *err)
{
	AUTO_XATTRS struct volume_xattrs xattrs = { 0 };
	const struct volume_xattr *list;

	if (ext_read_xattrs(ext, ino, &xattrs, err) < 0)
		return -1;
	list = find_list(&xattrs, ACCESS_LIST);
	if (!list)
		return 0;
	share(list, &mode, false);
	return volume_xattrs_add(lists, list->name, list->value, list->len,
				 err);
}
