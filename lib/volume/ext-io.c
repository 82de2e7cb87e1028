/* ext-io.c - libext2fs reads and writes through a source
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * An io_manager opens by name only, so the source to be opened is handed to
 * it through a variable of the calling thread, set for the length of the
 * call.  libext2fs asks for bytes rather than blocks by a negative count.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "volume/ext-io.h"

static _Thread_local struct source *source_to_open;
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
	made->private_data = source_to_open;
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

static errcode_t
channel_read(io_channel channel, unsigned long long block, int count,
	     void *data)
{
	uint64_t offset, len;
	errcode_t failed = to_range(channel, block, count, &offset, &len);

	if (failed)
		return failed;
	if (source_read(channel->private_data, offset, data, (size_t)len,
			NULL) < 0)
		return EXT2_ET_SHORT_READ;
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
	if (source_write(channel->private_data, offset, data, (size_t)len,
			 NULL) < 0)
		return EXT2_ET_SHORT_WRITE;
	return 0;
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
	if (count < 0 || source_write(channel->private_data, offset, data,
				      (size_t)count, NULL) < 0)
		return EXT2_ET_SHORT_WRITE;
	return 0;
}

static errcode_t
channel_zero(io_channel channel, unsigned long long block,
	     unsigned long long count)
{
	uint64_t block_size = (uint64_t)channel->block_size;
	uint64_t offset, len;

	if (!checked_mul(block, block_size, &offset) ||
	    !checked_mul(count, block_size, &len))
		return EXT2_ET_BAD_BLOCK_NUM;
	if (source_zero(channel->private_data, offset, len, NULL) < 0)
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
ext_io_open_filesystem(struct source *source, int flags, ext2_filsys *fs)
{
	errcode_t failed;

	source_to_open = source;
	failed = ext2fs_open2("balimg", NULL, flags, 0, 0, &source_io_manager,
			      fs);
	source_to_open = NULL;
	return failed;
}
