/* ext-content.c - put contents into blocks, and leave out zeroes
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A content is walked in pieces of whole blocks; what its source knows to be
 * a hole or zero is not read.  Blocks of zeroes become holes.  One that comes
 * as a stream is met once, so that what was stored of it is judged by a sum.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "volume/ext.h"

#define PIECE (256u * 1024u) /* bytes; a multiple of any block size */

/* A walk over a content. */
struct pieces {
	struct source *content; /* or */
	struct volume_stream *stream;
	uint64_t size; /* of it */
	uint32_t crc;  /* of what came by of a stream */
	uint64_t block_size;
	uint64_t next; /* where the next piece begins */
	uint64_t end;  /* up to where all is data */
	uint64_t at;   /* the piece: where it begins */
	size_t blocks; /* and how many it has */
	char *data;    /* its bytes, zeroes behind the end; owned */
};

static int
begin_pieces(struct pieces *pieces, const struct ext_volume *ext,
	     uint64_t size, struct balimg_error *err)
{
	uint64_t block_size = ext->fs->blocksize;

	*pieces = (struct pieces){
		.size = size,
		.block_size = block_size,
		.data = malloc(size < PIECE ? (size_t)(size + block_size) :
					      PIECE),
	};
	return pieces->data ? 0 : error_nomem(err);
}

static int
begin_content(struct pieces *pieces, const struct ext_volume *ext,
	      struct source *content, struct balimg_error *err)
{
	int result = begin_pieces(pieces, ext, source_size(content), err);

	pieces->content = content;
	return result;
}

static int
begin_stream(struct pieces *pieces, const struct ext_volume *ext,
	     struct volume_stream *stream, struct balimg_error *err)
{
	int result = begin_pieces(pieces, ext, stream->size, err);

	pieces->stream = stream;
	pieces->end = stream->size;
	return result;
}

static void
end_pieces(struct pieces *pieces)
{
	free(pieces->data);
}

#define AUTO_PIECES __attribute__((cleanup(end_pieces)))

/* Go on to where there may be data; a block is skipped only whole. */
static int
skip_holes(struct pieces *pieces, struct balimg_error *err)
{
	uint64_t size = pieces->size;
	struct extent extent;
	uint64_t end;

	while (pieces->next < size && pieces->next >= pieces->end) {
		if (source_extents(pieces->content, pieces->next, &extent,
				   err) < 0)
			return -1;
		end = pieces->next + extent.len;
		if (end < size)
			end -= end % pieces->block_size;
		if (extent.kind != EXTENT_DATA && end > pieces->next)
			pieces->next = end;
		else
			pieces->end = end > pieces->next ?
					      end :
					      pieces->next +
						      pieces->block_size;
	}
	return 0;
}

static int
read_piece(struct pieces *pieces, size_t len, struct balimg_error *err)
{
	if (pieces->content)
		return source_read(pieces->content, pieces->at, pieces->data,
				   len, err);
	if (pieces->stream->read(pieces->stream, pieces->data, len, err) < 0)
		return -1;
	pieces->crc = digest_crc32(pieces->crc, pieces->data, len);
	return 0;
}

/* Read the next piece: 1, 0 at the end, or -1. */
static int
next_piece(struct pieces *pieces, struct balimg_error *err)
{
	uint64_t size = pieces->size;
	uint64_t left;
	size_t len, full;

	if (skip_holes(pieces, err) < 0)
		return -1;
	if (pieces->next >= size)
		return 0;
	pieces->at = pieces->next;
	left = (pieces->end < size ? pieces->end : size) - pieces->at;
	len = left < PIECE ? (size_t)left : PIECE;
	if (read_piece(pieces, len, err) < 0)
		return -1;
	pieces->blocks =
		(size_t)((len + pieces->block_size - 1) / pieces->block_size);
	full = pieces->blocks * (size_t)pieces->block_size;
	memset(pieces->data + len, 0, full - len);
	pieces->next = pieces->at + full;
	return 1;
}

static const char *
block_data(const struct pieces *pieces, size_t number)
{
	return pieces->data + number * pieces->block_size;
}

static bool
is_hole(const struct pieces *pieces, size_t number)
{
	return bytes_are_zero(block_data(pieces, number),
			      (size_t)pieces->block_size);
}

int
ext_count_blocks(struct ext_volume *ext, struct source *content,
		 uint64_t *count, struct balimg_error *err)
{
	AUTO_PIECES struct pieces pieces;
	size_t i;
	int more;

	*count = 0;
	if (begin_content(&pieces, ext, content, err) < 0)
		return -1;
	while ((more = next_piece(&pieces, err)) > 0) {
		for (i = 0; i < pieces.blocks; i++)
			*count += !is_hole(&pieces, i);
	}
	return more;
}

/* ---- content within the inode -------------------------------------- */

/* libext2fs moves it out when asked to write, if only nothing, behind it. */
#define BEHIND (1u << 20) /* bytes; more than any inode holds */

int
ext_leave_inode(struct ext_volume *ext, ext2_ino_t ino,
		struct ext2_inode *inode, struct balimg_error *err)
{
	ext2_file_t file;
	errcode_t failed, closed;

	if (!(inode->i_flags & EXT4_INLINE_DATA_FL))
		return 0;
	failed = ext2fs_file_open(ext->fs, ino, EXT2_FILE_WRITE, &file);
	if (failed)
		return ext_error(ext, failed, err);
	failed = ext2fs_file_llseek(file, BEHIND, EXT2_SEEK_SET, NULL);
	if (!failed)
		failed = ext2fs_file_write(file, "", 0, NULL);
	closed = ext2fs_file_close(file);
	if (failed || closed)
		return ext_error(ext, failed ? failed : closed, err);
	if (ext_read_inode(ext, ino, inode, err) < 0)
		return -1;
	if (inode->i_flags & EXT4_INLINE_DATA_FL)
		return ext_error(ext, EXT2_ET_INLINE_DATA_NO_BLOCK, err);
	return 0;
}

/* ---- storing ------------------------------------------------------- */

/* Write @count blocks of the piece, from number @from on, to where the file
 * has them. */
static int
write_blocks(struct ext_volume *ext, ext2_ino_t ino, struct ext2_inode *inode,
	     const struct pieces *pieces, size_t from, size_t count,
	     struct balimg_error *err)
{
	uint64_t offset = pieces->at + from * pieces->block_size;
	const char *data = block_data(pieces, from);
	uint64_t left = count * pieces->block_size;
	struct ext_stretch stretch;

	for (; left;
	     left -= stretch.len, offset += stretch.len, data += stretch.len) {
		if (ext_find_stretch(ext, ino, inode, offset, left, &stretch,
				     err) < 0)
			return -1;
		if (!stretch.at)
			return ext_error(ext, EXT2_ET_BLOCK_ALLOC_FAIL, err);
		if (source_write(ext->io.staged, stretch.at, data,
				 (size_t)stretch.len, err) < 0)
			return -1;
	}
	return 0;
}

/* Allocate the file's @count blocks from @first on, where it has none: with
 * extents together, which writes the inode once, not for each of them. */
static int
allocate(struct ext_volume *ext, ext2_ino_t ino, struct ext2_inode *inode,
	 blk64_t first, size_t count, struct balimg_error *err)
{
	errcode_t failed = 0;
	blk64_t to;

	if (inode->i_flags & EXT4_EXTENTS_FL)
		failed = ext2fs_fallocate(ext->fs, EXT2_FALLOCATE_FORCE_INIT,
					  ino, inode, ~UINT64_C(0), first,
					  count);
	else
		for (; !failed && count; count--, first++)
			failed = ext2fs_bmap2(ext->fs, ino, inode, NULL,
					      BMAP_ALLOC, first, NULL, &to);
	return failed ? ext_error(ext, failed, err) : 0;
}

static int
store_piece(struct ext_volume *ext, ext2_ino_t ino, struct ext2_inode *inode,
	    const struct pieces *pieces, struct balimg_error *err)
{
	blk64_t first = pieces->at / pieces->block_size;
	size_t i, count;

	for (i = 0; i < pieces->blocks; i += count) {
		for (count = 0;
		     i + count < pieces->blocks && !is_hole(pieces, i + count);
		     count++)
			continue;
		if (!count) {
			count = 1;
			continue;
		}
		if (allocate(ext, ino, inode, first + i, count, err) < 0 ||
		    write_blocks(ext, ino, inode, pieces, i, count, err) < 0)
			return -1;
	}
	return 0;
}

static int
store_pieces(struct ext_volume *ext, ext2_ino_t ino, struct ext2_inode *inode,
	     struct pieces *pieces, struct balimg_error *err)
{
	errcode_t failed;
	int more;

	/* An extent tree wants to know how long the file will be. */
	failed = ext2fs_inode_size_set(ext->fs, inode,
				       (ext2_off64_t)pieces->size);
	if (!failed)
		failed = ext2fs_write_inode(ext->fs, ino, inode);
	if (failed)
		return ext_error(ext, failed, err);
	while ((more = next_piece(pieces, err)) > 0) {
		if (store_piece(ext, ino, inode, pieces, err) < 0)
			return -1;
	}
	/* Blocks that it has gained since it was written last. */
	failed = more < 0 ? 0 : ext2fs_write_inode(ext->fs, ino, inode);
	return failed ? ext_error(ext, failed, err) : more;
}

int
ext_store(struct ext_volume *ext, ext2_ino_t ino, struct ext2_inode *inode,
	  struct source *content, struct balimg_error *err)
{
	AUTO_PIECES struct pieces pieces;

	if (begin_content(&pieces, ext, content, err) < 0)
		return -1;
	return store_pieces(ext, ino, inode, &pieces, err);
}

/* Does the file hold as many bytes, with the same sum? */
static int
check_sum(struct ext_volume *ext, ext2_ino_t ino, const struct pieces *stored,
	  struct balimg_error *err)
{
	AUTO_SOURCE struct source *file = ext_file_open(ext, ino, err);
	uint64_t at, left = stored->size;
	uint32_t crc = 0;
	size_t now;

	if (!file)
		return -1;
	if (source_size(file) != stored->size)
		return ext_say_unlike(err);
	for (at = 0; left; at += now, left -= now) {
		now = left < PIECE ? (size_t)left : PIECE;
		if (source_read(file, at, stored->data, now, err) < 0)
			return -1;
		crc = digest_crc32(crc, stored->data, now);
	}
	return crc == stored->crc ? 0 : ext_say_unlike(err);
}

int
ext_store_stream(struct ext_volume *ext, ext2_ino_t ino,
		 struct ext2_inode *inode, struct volume_stream *stream,
		 struct balimg_error *err)
{
	AUTO_PIECES struct pieces pieces;

	if (begin_stream(&pieces, ext, stream, err) < 0 ||
	    store_pieces(ext, ino, inode, &pieces, err) < 0)
		return -1;
	return check_sum(ext, ino, &pieces, err);
}

int
ext_say_unlike(struct balimg_error *err)
{
	return error_set(err, BALIMG_E_IO,
			 "what was written does not read back the same");
}
