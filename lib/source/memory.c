/* memory.c - a source that is bytes in memory
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "source/source.h"

struct memory {
	struct source head;
	const char *data; /* the caller's */
};

static void
memory_close(struct source *source)
{
	free(source);
}

static int
memory_read(struct source *source, uint64_t offset, void *data, size_t len,
	    struct balimg_error *err)
{
	const struct memory *memory = (struct memory *)source;

	(void)err; /* cannot fail */
	memcpy(data, memory->data + offset, len);
	return 0;
}

static const struct source_ops memory_ops = {
	.kind = "memory",
	.close = memory_close,
	.read = memory_read,
};

struct source *
source_memory_open(const void *data, size_t len, struct balimg_error *err)
{
	struct memory *memory = malloc(sizeof(*memory));

	if (!memory) {
		error_nomem(err);
		return NULL;
	}
	*memory = (struct memory){
		.head = { .ops = &memory_ops, .size = len },
		.data = data,
	};
	return &memory->head;
}
