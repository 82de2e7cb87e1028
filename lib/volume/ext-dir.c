/* ext-dir.c - directories: list them, add names, make new ones
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "volume/ext.h"

#define LINKS_LIMIT 65000 /* of an inode */

/* ---- listing ------------------------------------------------------- */

/* What a directory walk hands from call to call. */
struct walk {
	struct ext_volume *ext;
	struct volume_listing *listing;
	struct balimg_error *err;
	int result;
};

bool
ext_is_entry(const struct ext2_dir_entry *dirent)
{
	size_t len = (size_t)ext2fs_dirent_name_len(dirent);
	const char *name = dirent->name;

	return len && !memchr(name, '/', len) && !memchr(name, '\0', len) &&
	       !(len == 1 && name[0] == '.') &&
	       !(len == 2 && name[0] == '.' && name[1] == '.');
}

static int
add_entry(struct walk *walk, const struct ext2_dir_entry *dirent)
{
	size_t len = (size_t)ext2fs_dirent_name_len(dirent);
	struct volume_entry entry = { 0 };
	struct balimg_error *err = walk->err;

	if (ext_describe(walk->ext, dirent->inode, &entry, err) < 0)
		return -1;
	entry.name = strndup(dirent->name, len);
	if (!entry.name) {
		volume_entry_clear(&entry);
		return error_nomem(err);
	}
	return volume_listing_add(walk->listing, entry.name, &entry, err);
}

static int
list_entry(ext2_ino_t dir, int kind, struct ext2_dir_entry *dirent, int offset,
	   int block_size, char *block, void *data)
{
	struct walk *walk = data;

	(void)dir;
	(void)kind;
	(void)offset;
	(void)block_size;
	(void)block;
	if (!ext_is_entry(dirent))
		return 0;
	walk->result = add_entry(walk, dirent);
	return walk->result < 0 ? DIRENT_ABORT : 0;
}

int
ext_list(struct volume *vol, const char *path, struct volume_listing *listing,
	 struct balimg_error *err)
{
	struct ext_volume *ext = ext_of(vol);
	struct walk walk = { .ext = ext, .listing = listing, .err = err };
	struct ext_place place;
	errcode_t failed;

	ext_io_begin(&ext->io, 0);
	if (ext_need(ext, path, true, &place, err) < 0)
		return -1;
	if (!LINUX_S_ISDIR(place.inode.i_mode))
		return error_set(err, BALIMG_E_NOT_FOUND, "not a directory");
	failed = ext2fs_dir_iterate2(ext->fs, place.ino, 0, NULL, list_entry,
				     &walk);
	if (walk.result == 0 && failed)
		return ext_error(ext, failed, err);
	if (walk.result == 0)
		ext_listed_keep(&ext->listed, path, place.ino, listing);
	return walk.result;
}

/* ---- new names ----------------------------------------------------- */

int
ext_parent(struct ext_volume *ext, const struct ext_place *place,
	   struct ext2_inode *parent, struct balimg_error *err)
{
	if (ext_read_inode(ext, place->dir, parent, err) < 0)
		return -1;
	if (ext_check_inode(ext, place->dir, parent, err) < 0)
		return error_wrap(err, "the directory");
	return 0;
}

int
ext_new_inode(struct ext_volume *ext, ext2_ino_t dir, int mode,
	      ext2_ino_t *ino, struct balimg_error *err)
{
	errcode_t failed = ext2fs_new_inode(ext->fs, dir, mode, NULL, ino);

	return failed ? ext_error(ext, failed, err) : 0;
}

int
ext_add_name(struct ext_volume *ext, ext2_ino_t dir, const char *name,
	     ext2_ino_t ino, int type, struct balimg_error *err)
{
	errcode_t failed = ext2fs_link(ext->fs, dir, name, ino, type);
	struct ext2_inode inode;

	if (failed == EXT2_ET_DIR_NO_SPACE) {
		/* One with an index has grown as far as that goes. */
		if (ext_read_inode(ext, dir, &inode, err) < 0)
			return -1;
		if (!(inode.i_flags & EXT2_INDEX_FL)) {
			failed = ext2fs_expand_dir(ext->fs, dir);
			if (!failed)
				failed = ext2fs_link(ext->fs, dir, name, ino,
						     type);
		}
	}
	return failed ? ext_error(ext, failed, err) : 0;
}

int
ext_link(struct ext_volume *ext, ext2_ino_t dir, const char *name,
	 ext2_ino_t ino, int type, struct balimg_error *err)
{
	if (ext_add_name(ext, dir, name, ino, type, err) < 0)
		return -1;
	return ext_touch(ext, dir, err);
}

/* ---- new directories ----------------------------------------------- */

/* libext2fs has counted a link from the new directory to @dir, but does not
 * know of directories with too many to be counted: these say 1. */
static int
correct_links(struct ext_volume *ext, ext2_ino_t dir, __u16 before,
	      struct balimg_error *err)
{
	struct ext2_inode_large inode;

	if (before != 1 && before + 1 < LINKS_LIMIT)
		return 0;
	if (ext_read_large(ext, dir, &inode, err) < 0)
		return -1;
	inode.i_links_count = 1;
	return ext_write_large(ext, dir, &inode, err);
}

/* Owner, mode and times of a directory that was made in @parent. */
static int
dress(struct ext_volume *ext, ext2_ino_t ino, const struct ext2_inode *parent,
      struct balimg_error *err)
{
	struct ext2_inode_large inode;

	if (ext_read_large(ext, ino, &inode, err) < 0)
		return -1;
	if (parent->i_mode & LINUX_S_ISGID) {
		inode.i_mode |= LINUX_S_ISGID;
		inode.i_gid = parent->i_gid;
		inode.osd2.linux2.l_i_gid_high =
			parent->osd2.linux2.l_i_gid_high;
	}
	ext_set_times(ext, &inode);
	return ext_write_large(ext, ino, &inode, err);
}

int
ext_prepare_directory(struct ext_volume *ext, const struct ext_place *place,
		      uint64_t more, struct ext2_inode *parent,
		      ext2_ino_t *ino, struct balimg_error *err)
{
	if (ext_parent(ext, place, parent, err) < 0)
		return -1;
	if (parent->i_links_count >= LINKS_LIMIT - 1 &&
	    !ext2fs_has_feature_dir_nlink(ext->fs->super))
		return error_set(err, BALIMG_E_NO_SPACE,
				 "the directory holds too many others");
	if (ext_new_inode(ext, place->dir, LINUX_S_IFDIR, ino, err) < 0)
		return -1;
	return ext_need_space(ext, parent, 0, 1, EXT_NAME_BLOCKS + more, NULL,
			      err);
}

/* libext2fs makes a directory without a name here, so that ext_add_name(),
 * which knows when to expand the parent, can give it one. */
int
ext_stage_directory(struct ext_volume *ext, const struct ext_place *place,
		    const struct ext2_inode *parent, ext2_ino_t ino,
		    struct balimg_error *err)
{
	errcode_t failed;

	failed = ext2fs_mkdir(ext->fs, place->dir, ino, NULL);
	if (failed)
		return ext_error(ext, failed, err);
	if (dress(ext, ino, parent, err) < 0)
		return -1;
	return correct_links(ext, place->dir, parent->i_links_count, err);
}

static int
make_directory(struct ext_volume *ext, const struct ext_place *place,
	       const struct ext2_inode *parent, ext2_ino_t ino,
	       const struct ext_inherited *inherited, struct balimg_error *err)
{
	if (ext_stage_directory(ext, place, parent, ino, err) < 0 ||
	    ext_take_over(ext, ino, inherited, err) < 0)
		return -1;
	return ext_link(ext, place->dir, place->name, ino, EXT2_FT_DIR, err);
}

int
ext_mkdir(struct volume *vol, const char *path, struct balimg_error *err)
{
	AUTO_INHERITED struct ext_inherited inherited = { 0 };
	struct ext_volume *ext = ext_of(vol);
	struct ext2_inode parent;
	struct ext_place place;
	ext2_ino_t ino;

	if (ext_begin(ext, err) < 0 ||
	    ext_find(ext, path, false, &place, err) < 0)
		return -1;
	if (place.ino)
		return error_set(err, BALIMG_E_REFUSED, "exists already");
	if (ext_inherit(ext, place.dir, true, &inherited, err) < 0 ||
	    ext_prepare_directory(ext, &place,
				  ext_xattr_blocks(ext, &inherited.lists),
				  &parent, &ino, err) < 0)
		return -1;
	ext_stage(ext);
	return ext_staged(ext, make_directory(ext, &place, &parent, ino,
					      &inherited, err));
}
