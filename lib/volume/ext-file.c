/* ext-file.c - the content of a file as a source
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Nothing is remembered of the file but its number, so that reads and writes
 * agree with whatever else is edited.  The size stays as it was at opening.
 * Writes into holes allocate blocks, after looking for room; zeroes written
 * into holes leave them.  A barrier is none: all of a volume is one epoch.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "volume/ext.h"

struct ext_file {
	struct source head; /* first */
	struct ext_volume *ext;
	ext2_ino_t ino;
	bool touched; /* its times are set */
};

static struct ext_file *
file_of(struct source *source)
{
	return (struct ext_file *)source;
}

static void
file_close(struct source *source)
{
	free(source);
}

/* Prepare to look at or change @len bytes of the file. */
static int
begin(struct ext_file *file, uint64_t len, struct ext2_inode *inode,
      struct balimg_error *err)
{
	ext_io_begin(&file->ext->io, len / file->ext->fs->blocksize);
	if (ext_read_inode(file->ext, file->ino, inode, err) < 0)
		return -1;
	if (!inode->i_links_count)
		return error_set(err, BALIMG_E_USAGE, "the file was removed");
	return 0;
}

/* ---- reading ------------------------------------------------------- */

static int
read_inline(struct ext_file *file, struct ext2_inode *inode, uint64_t offset,
	    void *data, size_t len, struct balimg_error *err)
{
	AUTO_FREE char *text = NULL;
	errcode_t failed;
	size_t have;

	failed = ext2fs_inline_data_size(file->ext->fs, file->ino, &have);
	if (failed)
		return ext_error(file->ext, failed, err);
	text = malloc(have);
	if (!text)
		return error_nomem(err);
	failed = ext2fs_inline_data_get(file->ext->fs, file->ino, inode, text,
					&have);
	if (failed)
		return ext_error(file->ext, failed, err);
	if (!range_within(offset, len, have))
		return error_set(err, BALIMG_E_INVALID,
				 "the file system is damaged: a file's "
				 "content is cut short");
	memcpy(data, text + offset, len);
	return 0;
}

static int
file_read(struct source *source, uint64_t offset, void *data, size_t len,
	  struct balimg_error *err)
{
	struct ext_file *file = file_of(source);
	struct ext_volume *ext = file->ext;
	struct ext2_inode inode;
	struct ext_stretch stretch;
	char *to = data;

	if (begin(file, len, &inode, err) < 0)
		return -1;
	if (inode.i_flags & EXT4_INLINE_DATA_FL)
		return read_inline(file, &inode, offset, data, len, err);
	while (len) {
		if (ext_find_stretch(ext, file->ino, &inode, offset, len,
				     &stretch, err) < 0)
			return -1;
		if (!stretch.at)
			memset(to, 0, (size_t)stretch.len);
		else if (source_read(ext_io_view(&ext->io), stretch.at, to,
				     (size_t)stretch.len, err) < 0)
			return -1;
		to += stretch.len;
		offset += stretch.len;
		len -= (size_t)stretch.len;
	}
	return 0;
}

#define EXTENT_LIMIT (16u << 20) /* bytes mapped at once for an extent */

static int
file_extents(struct source *source, uint64_t offset, struct extent *extent,
	     struct balimg_error *err)
{
	struct ext_file *file = file_of(source);
	uint64_t limit = source->size - offset;
	struct ext2_inode inode;
	struct ext_stretch stretch;

	if (limit > EXTENT_LIMIT)
		limit = EXTENT_LIMIT;
	if (begin(file, limit, &inode, err) < 0)
		return -1;
	*extent = (struct extent){ offset, source->size - offset,
				   EXTENT_DATA };
	if (inode.i_flags & EXT4_INLINE_DATA_FL)
		return 0;
	if (ext_find_stretch(file->ext, file->ino, &inode, offset, limit,
			     &stretch, err) < 0)
		return -1;
	extent->kind = EXTENT_HOLE;
	extent->len = stretch.len;
	if (!stretch.at)
		return 0;
	if (source_extents(ext_io_view(&file->ext->io), stretch.at, extent,
			   err) < 0)
		return -1;
	extent->offset = offset;
	if (extent->len > stretch.len)
		extent->len = stretch.len;
	return 0;
}

/* ---- writing ------------------------------------------------------- */

/* Blocks that writing these bytes would allocate. */
static int
count_holes(struct ext_file *file, struct ext2_inode *inode, uint64_t offset,
	    uint64_t len, uint64_t *count, struct balimg_error *err)
{
	uint64_t block_size = file->ext->fs->blocksize;
	struct ext_stretch stretch;

	for (*count = 0; len; len -= stretch.len, offset += stretch.len) {
		if (ext_find_stretch(file->ext, file->ino, inode, offset, len,
				     &stretch, err) < 0)
			return -1;
		if (!stretch.at)
			*count += (offset % block_size + stretch.len +
				   block_size - 1) /
				  block_size;
	}
	return 0;
}

/* Give the hole that @offset lies in a block of zeroes. */
static int
fill_hole(struct ext_file *file, struct ext2_inode *inode, uint64_t offset,
	  struct balimg_error *err)
{
	struct ext_volume *ext = file->ext;
	uint64_t block_size = ext->fs->blocksize;
	blk64_t number = offset / block_size;
	errcode_t failed;
	blk64_t block;
	int flags;

	failed = ext2fs_bmap2(ext->fs, file->ino, inode, NULL, BMAP_ALLOC,
			      number, &flags, &block);
	if (!failed && flags & BMAP_RET_UNINIT)
		failed = ext2fs_bmap2(ext->fs, file->ino, inode, NULL,
				      BMAP_SET, number, NULL, &block);
	if (failed)
		return ext_error(ext, failed, err);
	return source_zero(ext->io.staged, block * block_size, block_size,
			   err);
}

/* Write, holes and all; NULL @data: zeroes, which leave holes. */
static int
put(struct ext_file *file, struct ext2_inode *inode, uint64_t offset,
    const char *data, uint64_t len, struct balimg_error *err)
{
	struct source *staged = file->ext->io.staged;
	struct ext_stretch stretch;
	int result;

	while (len) {
		if (ext_find_stretch(file->ext, file->ino, inode, offset, len,
				     &stretch, err) < 0)
			return -1;
		if (!stretch.at && data) {
			if (fill_hole(file, inode, offset, err) < 0)
				return -1;
			continue;
		}
		if (data)
			result = source_write(staged, stretch.at, data,
					      (size_t)stretch.len, err);
		else
			result = stretch.at ? source_zero(staged, stretch.at,
							  stretch.len, err) :
					      0;
		if (result < 0)
			return -1;
		if (data)
			data += stretch.len;
		offset += stretch.len;
		len -= stretch.len;
	}
	return 0;
}

static int
touch_once(struct ext_file *file, struct balimg_error *err)
{
	if (file->touched)
		return 0;
	file->touched = true;
	return ext_touch(file->ext, file->ino, err);
}

/* Read the inode of a file that may be written, its content in blocks. */
static int
begin_write(struct ext_file *file, uint64_t offset, uint64_t len, bool zero,
	    struct ext2_inode *inode, struct balimg_error *err)
{
	struct ext_volume *ext = file->ext;
	uint64_t holes = 0;

	if (ext_begin(ext, err) < 0 || begin(file, len, inode, err) < 0 ||
	    ext_check_inode(ext, file->ino, inode, err) < 0)
		return -1;
	if (inode->i_flags & EXT4_INLINE_DATA_FL) {
		if (ext_need_space(ext, inode, source_size(&file->head), 1, 1,
				   NULL, err) < 0)
			return -1;
		ext_stage(ext);
		return ext_staged(ext,
				  ext_leave_inode(ext, file->ino, inode, err));
	}
	if (zero)
		return 0;
	if (count_holes(file, inode, offset, len, &holes, err) < 0)
		return -1;
	/* Each may split an extent. */
	return holes ? ext_need_space(ext, inode, source_size(&file->head),
				      holes, 2, NULL, err) :
		       0;
}

static int
change(struct ext_file *file, uint64_t offset, const char *data, uint64_t len,
       struct balimg_error *err)
{
	struct ext2_inode inode;
	int result;

	if (begin_write(file, offset, len, !data, &inode, err) < 0)
		return -1;
	ext_stage(file->ext);
	result = put(file, &inode, offset, data, len, err);
	if (result == 0)
		result = touch_once(file, err);
	return ext_staged(file->ext, result);
}

static int
file_write(struct source *source, uint64_t offset, const void *data,
	   size_t len, struct balimg_error *err)
{
	return change(file_of(source), offset, data, len, err);
}

static int
file_zero(struct source *source, uint64_t offset, uint64_t len,
	  struct balimg_error *err)
{
	return change(file_of(source), offset, NULL, len, err);
}

static int
file_barrier(struct source *source, struct balimg_error *err)
{
	(void)source;
	(void)err;
	return 0;
}

static const struct source_ops read_ops = {
	.kind = "file of an ext volume",
	.close = file_close,
	.read = file_read,
	.extents = file_extents,
};

static const struct source_ops write_ops = {
	.kind = "file of an ext volume",
	.close = file_close,
	.read = file_read,
	.write = file_write,
	.zero = file_zero,
	.barrier = file_barrier,
	.extents = file_extents,
};

struct source *
ext_file_open(struct ext_volume *ext, ext2_ino_t ino, struct balimg_error *err)
{
	struct ext2_inode inode;
	struct ext_file *file;

	if (ext_read_inode(ext, ino, &inode, err) < 0)
		return NULL;
	if (!LINUX_S_ISREG(inode.i_mode)) {
		error_set(err, BALIMG_E_INVALID, "is not a regular file");
		return NULL;
	}
	if (inode.i_flags & EXT4_ENCRYPT_FL) {
		error_set(err, BALIMG_E_UNSUPPORTED, "is encrypted");
		return NULL;
	}
	file = calloc(1, sizeof(*file));
	if (!file) {
		error_nomem(err);
		return NULL;
	}
	file->head.ops = source_is_writable(ext->head.source) ? &write_ops :
								&read_ops;
	file->head.size = EXT2_I_SIZE(&inode);
	file->ext = ext;
	file->ino = ino;
	return &file->head;
}
