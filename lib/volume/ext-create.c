/* ext-create.c - make any kind of node, just as it is to be
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * What unpacks a tree knows all of each node beforehand: owner, mode, time
 * and attributes.  The times of the directory that gets it stay, so that a
 * tree can be made from the top.
 */
#include <config.h>

#include <string.h>

#include "volume/ext.h"

#define TARGET_LIMIT 4095u /* bytes of a symbolic link's text, as in Linux */
#define LINKS_LIMIT  65000u
#define PERMISSIONS  07777u

/* ---- kinds --------------------------------------------------------- */

static const struct kind {
	const char *special; /* of struct volume_entry; NULL: a file */
	__u16 mode;
	int type; /* of a name */
} kinds[] = {
	{ "symlink", LINUX_S_IFLNK, EXT2_FT_SYMLINK },
	{ "character device", LINUX_S_IFCHR, EXT2_FT_CHRDEV },
	{ "block device", LINUX_S_IFBLK, EXT2_FT_BLKDEV },
	{ "fifo", LINUX_S_IFIFO, EXT2_FT_FIFO },
	{ "socket", LINUX_S_IFSOCK, EXT2_FT_SOCK },
};

static const struct kind kind_file = { NULL, LINUX_S_IFREG, EXT2_FT_REG_FILE };
static const struct kind kind_dir = { NULL, LINUX_S_IFDIR, EXT2_FT_DIR };

static const struct kind *
find_kind(const struct volume_entry *as, struct balimg_error *err)
{
	size_t i;

	if (!as->special)
		return as->directory ? &kind_dir : &kind_file;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strcmp(as->special, kinds[i].special))
			return &kinds[i];
	}
	error_set(err, BALIMG_E_USAGE, "no kind of file: %s", as->special);
	return NULL;
}

/* ---- what it is like ----------------------------------------------- */

/* Owner, mode and times. */
static void
dress_inode(const struct ext_volume *ext, const struct volume_entry *as,
	    struct ext2_inode_large *inode)
{
	__u16 kind = (__u16)(inode->i_mode & ~PERMISSIONS);

	inode->i_mode = (__u16)(kind | (as->mode & PERMISSIONS));
	inode->i_uid = (__u16)as->uid;
	inode->i_gid = (__u16)as->gid;
	inode->osd2.linux2.l_i_uid_high = (__u16)(as->uid >> 16);
	inode->osd2.linux2.l_i_gid_high = (__u16)(as->gid >> 16);
	inode->i_ctime = (__u32)ext->fs->now;
	ext_set_modified(inode, as->modified);
}

static int
dress(struct ext_volume *ext, ext2_ino_t ino, const struct volume_entry *as,
      const struct volume_xattrs *xattrs, struct balimg_error *err)
{
	struct ext2_inode_large inode;

	if (ext_read_large(ext, ino, &inode, err) < 0)
		return -1;
	dress_inode(ext, as, &inode);
	if (ext_write_large(ext, ino, &inode, err) < 0)
		return -1;
	return ext_set_xattrs(ext, ino, xattrs, err);
}

int
ext_dress(struct volume *vol, const char *path, const struct volume_entry *as,
	  const struct volume_xattrs *xattrs, struct balimg_error *err)
{
	struct ext_volume *ext = ext_of(vol);
	struct ext_place place;

	if (ext_begin(ext, err) < 0 ||
	    ext_need(ext, path, false, &place, err) < 0 ||
	    ext_check_inode(ext, place.ino, &place.inode, err) < 0 ||
	    ext_check_xattrs(ext, place.ino, xattrs, err) < 0 ||
	    ext_need_space(ext, &place.inode, 0, 0,
			   ext_xattr_blocks(ext, xattrs), NULL, err) < 0)
		return -1;
	ext_stage(ext);
	return ext_staged(ext, dress(ext, place.ino, as, xattrs, err));
}

/* ---- making it ----------------------------------------------------- */

/* What is to be made, and where. */
struct birth {
	struct ext_place place;
	const struct kind *kind;
	const struct volume_entry *as;
	struct volume_stream *content; /* of a file, or NULL */
	struct ext2_inode parent;
	ext2_ino_t ino;
};

/* In the old form of 16 bits, or the new one of 32; see fs/ext4/inode.c in
 * Linux. */
static void
set_device(struct ext2_inode *inode, uint32_t major, uint32_t minor)
{
	if (major < 256 && minor < 256)
		inode->i_block[0] = major << 8 | minor;
	else
		inode->i_block[1] = (minor & 0xff) | (major & 0xfff) << 8 |
				    (minor & 0xfff00) << 12;
}

static void
fill_inode(const struct ext_volume *ext, const struct birth *birth,
	   struct ext2_inode *inode)
{
	memset(inode, 0, sizeof(*inode));
	inode->i_mode = birth->kind->mode;
	inode->i_links_count = 1;
	if (birth->kind == &kind_file &&
	    ext2fs_has_feature_extents(ext->fs->super))
		inode->i_flags = EXT4_EXTENTS_FL;
	if (LINUX_S_ISCHR(birth->kind->mode) ||
	    LINUX_S_ISBLK(birth->kind->mode))
		set_device(inode, birth->as->major, birth->as->minor);
}

static int
stage_link(struct ext_volume *ext, const struct birth *birth,
	   struct balimg_error *err)
{
	errcode_t failed = ext2fs_symlink(ext->fs, birth->place.dir,
					  birth->ino, NULL, birth->as->target);

	return failed ? ext_error(ext, failed, err) : 0;
}

static int
stage_inode(struct ext_volume *ext, const struct birth *birth,
	    struct balimg_error *err)
{
	struct ext2_inode inode;
	errcode_t failed;

	fill_inode(ext, birth, &inode);
	ext2fs_inode_alloc_stats2(ext->fs, birth->ino, +1, 0);
	if (inode.i_flags & EXT4_EXTENTS_FL &&
	    ext_make_empty(ext, birth->ino, &inode, err) < 0)
		return -1;
	failed = ext2fs_write_new_inode(ext->fs, birth->ino, &inode);
	if (failed)
		return ext_error(ext, failed, err);
	return birth->content ? ext_store_stream(ext, birth->ino, &inode,
						 birth->content, err) :
				0;
}

static int
stage_birth(struct ext_volume *ext, const struct birth *birth,
	    const struct volume_xattrs *xattrs, struct balimg_error *err)
{
	int result;

	if (birth->kind == &kind_dir)
		result = ext_stage_directory(ext, &birth->place,
					     &birth->parent, birth->ino, err);
	else if (LINUX_S_ISLNK(birth->kind->mode))
		result = stage_link(ext, birth, err);
	else
		result = stage_inode(ext, birth, err);
	if (result < 0)
		return -1;
	if (dress(ext, birth->ino, birth->as, xattrs, err) < 0)
		return -1;
	return ext_add_name(ext, birth->place.dir, birth->place.name,
			    birth->ino, birth->kind->type, err);
}

static int
check_target(const struct ext_volume *ext, const char *target,
	     struct balimg_error *err)
{
	size_t len = target ? strlen(target) : 0;

	if (len && len <= TARGET_LIMIT && len < ext->fs->blocksize)
		return 0;
	return error_set(err, BALIMG_E_INVALID,
			 "a symbolic link says 1 to %u bytes",
			 ext->fs->blocksize - 1 < TARGET_LIMIT ?
				 ext->fs->blocksize - 1 :
				 TARGET_LIMIT);
}

static int
prepare_inode(struct ext_volume *ext, struct birth *birth, uint64_t more,
	      struct balimg_error *err)
{
	uint64_t size = birth->content ? birth->content->size : 0;
	struct ext2_inode inode;

	if (LINUX_S_ISLNK(birth->kind->mode)) {
		if (check_target(ext, birth->as->target, err) < 0)
			return -1;
		more++;
	}
	fill_inode(ext, birth, &inode);
	if (ext_parent(ext, &birth->place, &birth->parent, err) < 0 ||
	    ext_new_inode(ext, birth->place.dir, birth->kind->mode,
			  &birth->ino, err) < 0)
		return -1;
	ext_io_begin(&ext->io, size / ext->fs->blocksize);
	return ext_need_size(ext, &inode, size, EXT_NAME_BLOCKS + more, NULL,
			     err);
}

int
ext_create(struct volume *vol, const char *path, const struct volume_entry *as,
	   const struct volume_xattrs *xattrs, struct volume_stream *content,
	   struct balimg_error *err)
{
	struct birth birth = { .as = as, .kind = find_kind(as, err) };
	struct ext_volume *ext = ext_of(vol);
	uint64_t more = ext_xattr_blocks(ext, xattrs);
	int result;

	if (!birth.kind || ext_begin(ext, err) < 0 ||
	    ext_find(ext, path, false, &birth.place, err) < 0 ||
	    ext_check_xattrs(ext, 0, xattrs, err) < 0)
		return -1;
	if (birth.place.ino)
		return error_set(err, BALIMG_E_REFUSED, "exists already");
	if (birth.kind == &kind_file)
		birth.content = content;
	if (birth.kind == &kind_dir)
		result = ext_prepare_directory(ext, &birth.place, more,
					       &birth.parent, &birth.ino, err);
	else
		result = prepare_inode(ext, &birth, more, err);
	if (result < 0)
		return -1;
	ext_stage(ext);
	return ext_staged(ext, stage_birth(ext, &birth, xattrs, err));
}

/* ---- one more name ------------------------------------------------- */

static int
find_type(const struct ext2_inode *inode)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if ((inode->i_mode & LINUX_S_IFMT) == kinds[i].mode)
			return kinds[i].type;
	}
	return EXT2_FT_REG_FILE;
}

static int
stage_name(struct ext_volume *ext, const struct ext_place *place,
	   ext2_ino_t ino, struct balimg_error *err)
{
	struct ext2_inode_large inode;

	if (ext_read_large(ext, ino, &inode, err) < 0)
		return -1;
	inode.i_links_count++;
	inode.i_ctime = (__u32)ext->fs->now;
	if (ext_write_large(ext, ino, &inode, err) < 0)
		return -1;
	return ext_add_name(ext, place->dir, place->name, ino,
			    find_type((struct ext2_inode *)&inode), err);
}

int
ext_hard_link(struct volume *vol, const char *path, const char *existing,
	      struct balimg_error *err)
{
	struct ext_volume *ext = ext_of(vol);
	struct ext_place place, old;
	struct ext2_inode parent;

	if (ext_begin(ext, err) < 0 ||
	    ext_need(ext, existing, false, &old, err) < 0 ||
	    ext_find(ext, path, false, &place, err) < 0)
		return -1;
	if (place.ino)
		return error_set(err, BALIMG_E_REFUSED, "exists already");
	if (LINUX_S_ISDIR(old.inode.i_mode))
		return error_set(err, BALIMG_E_REFUSED,
				 "a directory has one name only");
	if (old.inode.i_links_count >= LINKS_LIMIT)
		return error_set(err, BALIMG_E_NO_SPACE,
				 "the file has too many names");
	if (ext_check_inode(ext, old.ino, &old.inode, err) < 0 ||
	    ext_parent(ext, &place, &parent, err) < 0 ||
	    ext_need_space(ext, &parent, 0, 0, EXT_NAME_BLOCKS, NULL, err) < 0)
		return -1;
	ext_stage(ext);
	return ext_staged(ext, stage_name(ext, &place, old.ino, err));
}
