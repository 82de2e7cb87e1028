/* ext.c - files of ext2, ext3 and ext4, by libext2fs
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Opened read only.  A journal that was not replayed is no hindrance to
 * reading: what it holds is the newest metadata of a system that lost power,
 * and a fresh image has none.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "volume/ext-io.h"
#include "volume/volume-ops.h"

#define SUPERBLOCK	 1024u /* where it lies, and its size in bytes */
#define SUPERBLOCK_MAGIC 0x38  /* offset of 0xEF53 within it */

struct ext_volume {
	struct volume head;
	ext2_filsys fs;
};

/* An open file of a volume. */
struct ext_file {
	struct source head;
	ext2_file_t file;
};

static struct ext_volume *
ext_of(struct volume *vol)
{
	return (struct ext_volume *)vol;
}

static int
ext_error(errcode_t failed, struct balimg_error *err, const char *path)
{
	switch (failed) {
	case EXT2_ET_NO_MEMORY:
		return error_nomem(err);
	case EXT2_ET_FILE_NOT_FOUND:
	case EXT2_ET_NO_DIRECTORY:
		return error_set(err, BALIMG_E_NOT_FOUND, "%s is not there",
				 path);
	case EXT2_ET_SHORT_READ:
		return error_set(err, BALIMG_E_IO, "cannot read %s", path);
	default:
		return error_set(err, BALIMG_E_INVALID,
				 "the file system is damaged at %s "
				 "(libext2fs error %ld)",
				 path, (long)(failed - EXT2_ET_BASE));
	}
}

static int
ext_bid(struct source *source)
{
	uint8_t super[SUPERBLOCK];

	if (source_size(source) < 2 * SUPERBLOCK ||
	    source_read(source, SUPERBLOCK, super, sizeof(super), NULL) < 0)
		return 0;
	return le16_get(super + SUPERBLOCK_MAGIC) == EXT2_SUPER_MAGIC ? 50 : 0;
}

static void
ext_close(struct volume *vol)
{
	struct ext_volume *ext = ext_of(vol);

	if (ext->fs)
		ext2fs_close_free(&ext->fs);
	free(ext);
}

static struct volume *
ext_open(struct source *source, struct balimg_error *err)
{
	AUTO_VOLUME struct volume *vol = NULL;
	struct ext_volume *ext;
	errcode_t failed;

	ext = calloc(1, sizeof(*ext));
	if (!ext) {
		error_nomem(err);
		return NULL;
	}
	vol = &ext->head;
	vol->ops = &volume_ext_ops;
	vol->source = source;

	failed = ext_io_open_filesystem(source, EXT2_FLAG_64BITS, &ext->fs);
	if (failed == EXT2_ET_UNSUPP_FEATURE ||
	    failed == EXT2_ET_RO_UNSUPP_FEATURE) {
		error_set(err, BALIMG_E_UNSUPPORTED,
			  "the ext file system has features that this "
			  "libext2fs does not know");
		return NULL;
	}
	if (failed) {
		ext_error(failed, err, "the superblock");
		return NULL;
	}
	return STEAL(vol);
}

static int
find_inode(struct ext_volume *ext, const char *path, ext2_ino_t *ino,
	   struct ext2_inode *inode, struct balimg_error *err)
{
	errcode_t failed;

	failed = ext2fs_namei_follow(ext->fs, EXT2_ROOT_INO, EXT2_ROOT_INO,
				     path, ino);
	if (!failed)
		failed = ext2fs_read_inode(ext->fs, *ino, inode);
	return failed ? ext_error(failed, err, path) : 0;
}

static void
describe_inode(const struct ext2_inode *inode, struct volume_entry *entry)
{
	entry->directory = LINUX_S_ISDIR(inode->i_mode);
	entry->size = entry->directory ? 0 : EXT2_I_SIZE(inode);
	entry->modified = (time_t)inode->i_mtime;
}

static int
ext_stat(struct volume *vol, const char *path, struct volume_entry *entry,
	 struct balimg_error *err)
{
	const char *name = strrchr(path, '/') + 1;
	struct ext2_inode inode;
	ext2_ino_t ino;

	if (find_inode(ext_of(vol), path, &ino, &inode, err) < 0)
		return -1;
	describe_inode(&inode, entry);
	entry->name = strdup(*name ? name : "/");
	return entry->name ? 0 : error_nomem(err);
}

/* What a directory walk hands from call to call. */
struct walk {
	struct ext_volume *ext;
	struct volume_listing *listing;
	struct balimg_error *err;
	int result;
};

static int
list_entry(ext2_ino_t dir, int kind, struct ext2_dir_entry *dirent, int offset,
	   int block_size, char *block, void *data)
{
	struct walk *walk = data;
	struct volume_entry entry = { 0 };
	struct ext2_inode inode;
	errcode_t failed;
	char *name;

	(void)dir;
	(void)offset;
	(void)block_size;
	(void)block;
	if (kind != DIRENT_OTHER_FILE)
		return 0;

	failed = ext2fs_read_inode(walk->ext->fs, dirent->inode, &inode);
	if (failed) {
		walk->result = ext_error(failed, walk->err, "an entry");
		return DIRENT_ABORT;
	}
	describe_inode(&inode, &entry);
	name = strndup(dirent->name, (size_t)ext2fs_dirent_name_len(dirent));
	if (!name)
		walk->result = error_nomem(walk->err);
	else
		walk->result = volume_listing_add(walk->listing, name, &entry,
						  walk->err);
	return walk->result < 0 ? DIRENT_ABORT : 0;
}

static int
ext_list(struct volume *vol, const char *path, struct volume_listing *listing,
	 struct balimg_error *err)
{
	struct ext_volume *ext = ext_of(vol);
	struct walk walk = { .ext = ext, .listing = listing, .err = err };
	struct ext2_inode inode;
	errcode_t failed;
	ext2_ino_t ino;

	if (find_inode(ext, path, &ino, &inode, err) < 0)
		return -1;
	if (!LINUX_S_ISDIR(inode.i_mode))
		return error_set(err, BALIMG_E_NOT_FOUND,
				 "%s is not a directory", path);

	failed = ext2fs_dir_iterate2(ext->fs, ino, 0, NULL, list_entry, &walk);
	if (failed)
		return ext_error(failed, err, path);
	return walk.result;
}

static void
file_close(struct source *source)
{
	struct ext_file *file = (struct ext_file *)source;

	if (file->file)
		ext2fs_file_close(file->file);
	free(file);
}

static int
file_read(struct source *source, uint64_t offset, void *data, size_t len,
	  struct balimg_error *err)
{
	struct ext_file *file = (struct ext_file *)source;
	errcode_t failed;
	unsigned got = 0;
	unsigned want;

	failed = ext2fs_file_llseek(file->file, offset, EXT2_SEEK_SET, NULL);
	while (!failed && len) {
		want = len < 1u << 20 ? (unsigned)len : 1u << 20;
		failed = ext2fs_file_read(file->file, data, want, &got);
		if (!failed && !got)
			failed = EXT2_ET_SHORT_READ;
		data = (char *)data + got;
		len -= got;
	}
	return failed ? ext_error(failed, err, "a file's content") : 0;
}

static const struct source_ops file_ops = {
	.kind = "file of an ext volume",
	.close = file_close,
	.read = file_read,
};

static struct source *
ext_open_file(struct volume *vol, const char *path, struct balimg_error *err)
{
	AUTO_SOURCE struct source *source = NULL;
	struct ext_volume *ext = ext_of(vol);
	struct ext2_inode inode;
	struct ext_file *file;
	errcode_t failed;
	ext2_ino_t ino;

	if (find_inode(ext, path, &ino, &inode, err) < 0)
		return NULL;
	if (!LINUX_S_ISREG(inode.i_mode)) {
		error_set(err, BALIMG_E_INVALID, "%s is not a regular file",
			  path);
		return NULL;
	}

	file = calloc(1, sizeof(*file));
	if (!file) {
		error_nomem(err);
		return NULL;
	}
	source = &file->head;
	source->ops = &file_ops;
	source->size = EXT2_I_SIZE(&inode);
	failed = ext2fs_file_open(ext->fs, ino, 0, &file->file);
	if (failed) {
		ext_error(failed, err, path);
		return NULL;
	}
	return STEAL(source);
}

static int
ext_space(struct volume *vol, struct volume_space *space,
	  struct balimg_error *err)
{
	ext2_filsys fs = ext_of(vol)->fs;

	(void)err;
	space->unit = fs->blocksize;
	space->total = ext2fs_blocks_count(fs->super) * space->unit;
	space->free = ext2fs_free_blocks_count(fs->super) * space->unit;
	return 0;
}

const struct volume_ops volume_ext_ops = {
	.type = "ext2/3/4",
	.bid = ext_bid,
	.open = ext_open,
	.close = ext_close,
	.stat = ext_stat,
	.list = ext_list,
	.open_file = ext_open_file,
	.space = ext_space,
};
