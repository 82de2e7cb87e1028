/* ext-io.c - libext2fs reads and writes through a source
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * An io_manager opens by name only, so what is to be opened is handed to it
 * through a variable of the calling thread, set for the length of the call.
 * libext2fs asks for bytes rather than blocks by a negative count.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "source/overlay.h"
#include "volume/ext-io.h"

#define PIECE	    65536u /* bytes committed at once */
#define BUDGET_BASE 65536u /* transfers that any operation may make */
#define BUDGET_EACH 16u	   /* and for each block of its own */

static _Thread_local struct ext_io *io_to_open;
static struct struct_io_manager source_io_manager;

static errcode_t
channel_open(const char *name, int flags, io_channel *channel)
{
	io_channel made = calloc(1, sizeof(*made));

	if (!made)
		return EXT2_ET_NO_MEMORY;
	made->magic = EXT2_ET_MAGIC_IO_CHANNEL;
	made->manager = &source_io_manager;
	made->block_size = 1024;
	made->refcount = 1;
	made->flags = flags;
	made->private_data = io_to_open;
	made->name = strdup(name);
	if (!made->name) {
		free(made);
		return EXT2_ET_NO_MEMORY;
	}
	*channel = made;
	return 0;
}

static errcode_t
channel_close(io_channel channel)
{
	if (--channel->refcount > 0)
		return 0;
	free(channel->name);
	free(channel);
	return 0;
}

static errcode_t
channel_set_block_size(io_channel channel, int block_size)
{
	channel->block_size = block_size;
	return 0;
}

/* The bytes that @count blocks (or -@count bytes) from @block on are. */
static errcode_t
to_range(io_channel channel, unsigned long long block, int count,
	 uint64_t *offset, uint64_t *len)
{
	uint64_t block_size = (uint64_t)channel->block_size;

	*len = count < 0 ? (uint64_t) - (int64_t)count :
			   (uint64_t)count * block_size;
	return checked_mul(block, block_size, offset) ? 0 :
							EXT2_ET_BAD_BLOCK_NUM;
}

/* Account for a transfer. */
static errcode_t
spend(struct ext_io *io)
{
	if (!io->budget) {
		error_set(&io->why, BALIMG_E_INVALID,
			  "the file system is damaged: its structure goes in "
			  "circles");
		return EXT2_ET_FILESYSTEM_CORRUPTED;
	}
	io->budget--;
	return 0;
}

static errcode_t
channel_read(io_channel channel, unsigned long long block, int count,
	     void *data)
{
	struct ext_io *io = channel->private_data;
	uint64_t offset, len;
	errcode_t failed = to_range(channel, block, count, &offset, &len);

	if (!failed)
		failed = spend(io);
	if (failed)
		return failed;
	if (source_read(ext_io_view(io), offset, data, (size_t)len, &io->why) <
	    0)
		return EXT2_ET_SHORT_READ;
	return 0;
}

static errcode_t
write_range(struct ext_io *io, uint64_t offset, uint64_t len, const void *data)
{
	errcode_t failed = spend(io);

	if (failed)
		return failed;
	if (!io->staged)
		return EXT2_ET_RO_FILSYS;
	if (source_write(io->staged, offset, data, (size_t)len, &io->why) < 0)
		return EXT2_ET_SHORT_WRITE;
	return 0;
}

static errcode_t
channel_write(io_channel channel, unsigned long long block, int count,
	      const void *data)
{
	uint64_t offset, len;
	errcode_t failed = to_range(channel, block, count, &offset, &len);

	if (failed)
		return failed;
	return write_range(channel->private_data, offset, len, data);
}

static errcode_t
channel_read_old(io_channel channel, unsigned long block, int count,
		 void *data)
{
	return channel_read(channel, block, count, data);
}

static errcode_t
channel_write_old(io_channel channel, unsigned long block, int count,
		  const void *data)
{
	return channel_write(channel, block, count, data);
}

static errcode_t
channel_write_bytes(io_channel channel, unsigned long offset, int count,
		    const void *data)
{
	if (count < 0)
		return EXT2_ET_SHORT_WRITE;
	return write_range(channel->private_data, offset, (uint64_t)count,
			   data);
}

static errcode_t
channel_zero(io_channel channel, unsigned long long block,
	     unsigned long long count)
{
	struct ext_io *io = channel->private_data;
	uint64_t block_size = (uint64_t)channel->block_size;
	uint64_t offset, len;

	if (!checked_mul(block, block_size, &offset) ||
	    !checked_mul(count, block_size, &len))
		return EXT2_ET_BAD_BLOCK_NUM;
	if (!io->staged)
		return EXT2_ET_RO_FILSYS;
	if (source_zero(io->staged, offset, len, &io->why) < 0)
		return EXT2_ET_SHORT_WRITE;
	return 0;
}

/* One epoch per transaction: a flush in between is not a barrier. */
static errcode_t
channel_flush(io_channel channel)
{
	(void)channel;
	return 0;
}

static errcode_t
channel_set_option(io_channel channel, const char *option, const char *arg)
{
	(void)channel;
	(void)option;
	(void)arg;
	return EXT2_ET_INVALID_ARGUMENT;
}

static struct struct_io_manager source_io_manager = {
	.magic = EXT2_ET_MAGIC_IO_MANAGER,
	.name = "balimg source",
	.open = channel_open,
	.close = channel_close,
	.set_blksize = channel_set_block_size,
	.read_blk = channel_read_old,
	.write_blk = channel_write_old,
	.flush = channel_flush,
	.write_byte = channel_write_bytes,
	.set_option = channel_set_option,
	.read_blk64 = channel_read,
	.write_blk64 = channel_write,
	.zeroout = channel_zero,
};

errcode_t
ext_io_open_filesystem(struct ext_io *io, int flags, ext2_filsys *fs)
{
	errcode_t failed;

	ext_io_begin(io, 0);
	io_to_open = io;
	failed = ext2fs_open2("balimg", NULL, flags, 0, 0, &source_io_manager,
			      fs);
	io_to_open = NULL;
	return failed;
}

errcode_t
ext_io_new_filesystem(struct ext_io *io, struct ext2_super_block *param,
		      ext2_filsys *fs)
{
	errcode_t failed;

	io_to_open = io;
	failed = ext2fs_initialize("balimg", EXT2_FLAG_64BITS, param,
				   &source_io_manager, fs);
	io_to_open = NULL;
	return failed;
}

struct source *
ext_io_view(const struct ext_io *io)
{
	return io->staged ? io->staged : io->below;
}

void
ext_io_begin(struct ext_io *io, uint64_t blocks)
{
	/* Blocks of the smallest size: all of the volume, once. */
	io->budget = BUDGET_BASE + source_size(io->below) / 1024 +
		     BUDGET_EACH * blocks;
	io->why = (struct balimg_error){ 0 };
}

int
ext_io_stage(struct ext_io *io, struct balimg_error *err)
{
	if (!io->staged)
		io->staged = overlay_open(io->below, err);
	return io->staged ? 0 : -1;
}

/* ---- commit -------------------------------------------------------- */

static int
copy_record(struct source *staged, const struct overlay_record *record,
	    struct source *below, char *piece, struct balimg_error *err)
{
	uint64_t done;
	size_t now;

	if (record->zero)
		return source_zero(below, record->offset, record->len, err);
	for (done = 0; done < record->len; done += now) {
		now = record->len - done < PIECE ?
			      (size_t)(record->len - done) :
			      PIECE;
		if (overlay_read_record(staged, record, done, piece, now,
					err) < 0 ||
		    source_write(below, record->offset + done, piece, now,
				 err) < 0)
			return -1;
	}
	return 0;
}

int
ext_io_commit(struct ext_io *io, struct balimg_error *err)
{
	AUTO_FREE char *piece = malloc(PIECE);
	AUTO_SOURCE struct source *fresh = overlay_open(io->below, err);
	size_t i;

	if (!fresh)
		return -1;
	if (!piece)
		return error_nomem(err);
	for (i = 0; i < overlay_record_count(io->staged); i++) {
		if (copy_record(io->staged, overlay_get_record(io->staged, i),
				io->below, piece, err) < 0)
			return -1;
	}
	source_close(io->staged);
	io->staged = STEAL(fresh);
	return source_barrier(io->below, err);
}
