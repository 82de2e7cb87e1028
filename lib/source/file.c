/* file.c - a source that is an open file or block device
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/os.h"
#include "source/source.h"

struct file {
	struct source head;
	int fd; /* the caller's */
};

static void
file_close(struct source *source)
{
	free(source);
}

static int
file_read(struct source *source, uint64_t offset, void *data, size_t len,
	  struct balimg_error *err)
{
	const struct file *file = (struct file *)source;

	return io_read_at(file->fd, data, len, offset, err);
}

/* The end of the run at @offset that lseek()'s @whence ends; the size when
 * there is no other, or the file system cannot tell. */
static uint64_t
seek_end(const struct file *file, uint64_t offset, int whence)
{
	off_t at = lseek(file->fd, (off_t)offset, whence);

	if (at < 0 || (uint64_t)at > file->head.size)
		return file->head.size;
	return (uint64_t)at;
}

static int
file_extents(struct source *source, uint64_t offset, struct extent *extent,
	     struct balimg_error *err)
{
	const struct file *file = (struct file *)source;
	uint64_t hole = seek_end(file, offset, SEEK_HOLE);
	uint64_t end = hole;

	(void)err; /* what cannot be told apart is data */
	if (hole == offset)
		end = seek_end(file, offset, SEEK_DATA);
	*extent = (struct extent){
		.offset = offset,
		.len = end - offset,
		.kind = hole == offset ? EXTENT_HOLE : EXTENT_DATA,
	};
	return 0;
}

static const struct source_ops file_ops = {
	.kind = "file",
	.close = file_close,
	.read = file_read,
	.extents = file_extents,
};

static int
learn_size(int fd, uint64_t *size, struct balimg_error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_sys(err, "cannot look at the file");
	if (S_ISBLK(st.st_mode))
		return os_device_size(fd, size, err);
	*size = (uint64_t)st.st_size;
	return 0;
}

struct source *
source_file_open(int fd, struct balimg_error *err)
{
	struct file *file;
	uint64_t size;

	if (learn_size(fd, &size, err) < 0)
		return NULL;
	file = malloc(sizeof(*file));
	if (!file) {
		error_nomem(err);
		return NULL;
	}
	*file = (struct file){
		.head = { .ops = &file_ops, .size = size },
		.fd = fd,
	};
	return &file->head;
}
