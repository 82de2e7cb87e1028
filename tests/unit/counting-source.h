/* counting-source.h - a file as a source that counts what is read
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * For tests that bound how much of an image is read.
 */
#ifndef BALIMG_TESTS_COUNTING_SOURCE_H
#define BALIMG_TESTS_COUNTING_SOURCE_H

#include <fcntl.h>
#include <unistd.h>

#include "base/io.h"
#include "source/source.h"

struct counting_source {
	struct source source;
	int fd;
	uint64_t bytes; /* read so far */
	unsigned calls;
};

static inline void
counting_close(struct source *source)
{
	(void)source;
}

static inline int
counting_read(struct source *source, uint64_t offset, void *data, size_t len,
	      struct balimg_error *err)
{
	struct counting_source *counting = (struct counting_source *)source;

	counting->bytes += len;
	counting->calls++;
	return io_read_at(counting->fd, data, len, offset, err);
}

/* Open @path; the file stays open as long as the program runs. */
static inline int
counting_open(struct counting_source *counting, const char *path)
{
	static const struct source_ops ops = {
		.kind = "counting file",
		.close = counting_close,
		.read = counting_read,
	};
	off_t size;

	*counting = (struct counting_source){ .source.ops = &ops };
	counting->fd = open(path, O_RDONLY | O_CLOEXEC);
	size = lseek(counting->fd, 0, SEEK_END);
	counting->source.size = size < 0 ? 0 : (uint64_t)size;
	return size < 0 ? -1 : 0;
}

#endif /* BALIMG_TESTS_COUNTING_SOURCE_H */
