/* ext-open.c - the module that opens ext2, ext3 and ext4, by libext2fs
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A journal that was not replayed is no hindrance to reading: what it holds
 * is the newest metadata of a system that lost power, and a fresh image has
 * none.  Writing is another matter, see ext-begin.c.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/module.h"
#include "volume/ext.h"

#define SUPERBLOCK 1024u /* where it lies, and its size in bytes */

/* Offsets in the superblock. */
#define BLOCKS		 4
#define BLOCKS_PER_GROUP 32

#define GROUP_SIZE 32u /* bytes of the smallest group descriptor */

static const struct volume_ops ops;

static int
read_super(struct source *source, uint8_t super[SUPERBLOCK])
{
	if (source_size(source) < 2 * SUPERBLOCK)
		return -1;
	return source_read(source, SUPERBLOCK, super, SUPERBLOCK, NULL);
}

/* May the table of groups lie in the source?  libext2fs believes any number
 * and asks for the memory. */
static bool
is_possible(struct source *source)
{
	uint8_t super[SUPERBLOCK];
	uint32_t per_group;

	if (read_super(source, super) < 0)
		return true; /* it will find the same */
	per_group = le32_get(super + BLOCKS_PER_GROUP);
	return per_group &&
	       (uint64_t)le32_get(super + BLOCKS) / per_group * GROUP_SIZE <=
		       source_size(source);
}

static void
ext_close(struct volume *vol)
{
	struct ext_volume *ext = ext_of(vol);

	if (ext->fs)
		ext2fs_free(ext->fs);
	source_close(ext->io.staged);
	ext_listed_forget(&ext->listed);
	free(ext);
}

static int
open_filesystem(struct ext_volume *ext, struct balimg_error *err)
{
	errcode_t failed;

	if (!is_possible(ext->head.source))
		return error_set(err, BALIMG_E_INVALID,
				 "the superblock of the file system is "
				 "damaged");
	failed = ext_io_open_filesystem(&ext->io, EXT2_FLAG_64BITS, &ext->fs);
	if (failed == EXT2_ET_UNSUPP_FEATURE)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "the ext file system has features that this "
				 "libext2fs does not know");
	return failed ? ext_error(ext, failed, err) : 0;
}

static struct volume *
ext_open(struct source *source, struct balimg_error *err)
{
	AUTO_VOLUME struct volume *vol = NULL;
	struct ext_volume *ext = calloc(1, sizeof(*ext));

	if (!ext) {
		error_nomem(err);
		return NULL;
	}
	vol = &ext->head;
	vol->ops = &ops;
	vol->source = source;
	ext->io.below = source;
	return open_filesystem(ext, err) < 0 ? NULL : STEAL(vol);
}

static int
describe_place(struct ext_volume *ext, const struct ext_place *place,
	       const char *path, struct volume_entry *entry,
	       struct balimg_error *err)
{
	*entry = (struct volume_entry){ 0 };
	if (ext_describe(ext, place->ino, entry, err) < 0)
		return -1;
	return volume_entry_name(entry, path, err);
}

static int
describe_path(struct ext_volume *ext, const char *path, bool follow,
	      struct volume_entry *entry, struct balimg_error *err)
{
	struct ext_place place;

	ext_io_begin(&ext->io, 0);
	if (ext_need(ext, path, follow, &place, err) < 0)
		return -1;
	return describe_place(ext, &place, path, entry, err);
}

static int
ext_stat(struct volume *vol, const char *path, struct volume_entry *entry,
	 struct balimg_error *err)
{
	return describe_path(ext_of(vol), path, true, entry, err);
}

static int
ext_stat_link(struct volume *vol, const char *path, struct volume_entry *entry,
	      struct balimg_error *err)
{
	return describe_path(ext_of(vol), path, false, entry, err);
}

static struct source *
ext_open_file(struct volume *vol, const char *path, struct balimg_error *err)
{
	struct ext_volume *ext = ext_of(vol);
	struct ext_place place;

	ext_io_begin(&ext->io, 0);
	if (ext_need(ext, path, true, &place, err) < 0)
		return NULL;
	return ext_file_open(ext, place.ino, err);
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

static int
ext_flush(struct volume *vol, struct balimg_error *err)
{
	struct ext_volume *ext = ext_of(vol);
	errcode_t failed;

	if (ext->failed)
		return error_set(err, BALIMG_E_USAGE,
				 "an edit of the volume failed");
	if (!ext->edited)
		return 0;
	/* What it writes is known beforehand: bitmaps and descriptors. */
	ext_io_begin(&ext->io, 8 * (uint64_t)ext->fs->group_desc_count);
	failed = ext2fs_flush(ext->fs);
	if (failed)
		return ext_staged(ext, ext_error(ext, failed, err));
	ext->edited = false;
	return ext_staged(ext, ext_io_commit(&ext->io, err));
}

static const struct volume_ops ops = {
	.type = "ext2/3/4",
	.open = ext_open,
	.format = ext_format,
	.close = ext_close,
	.stat = ext_stat,
	.stat_link = ext_stat_link,
	.list = ext_list,
	.list_xattrs = ext_list_xattrs,
	.open_file = ext_open_file,
	.write_from = ext_write_from,
	.remove = ext_remove,
	.mkdir = ext_mkdir,
	.set_mode = ext_set_mode,
	.create = ext_create,
	.dress = ext_dress,
	.link = ext_hard_link,
	.space = ext_space,
	.flush = ext_flush,
	.check = ext_check,
};

MODULE_DOOR(ext, &ops);
