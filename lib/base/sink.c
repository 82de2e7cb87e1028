/* sink.c - where bytes go, one after the other
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "base/io.h"
#include "base/sink.h"

static int
write_to_file(struct sink *sink, const void *data, size_t len,
	      struct balimg_error *err)
{
	return io_write(((struct sink_file *)sink)->fd, data, len, err);
}

struct sink_file
sink_to_file(int fd)
{
	return (struct sink_file){ { write_to_file }, fd };
}
