/* trace-source.c - a writable source that remembers what was written when
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "trace-source.h"

struct trace {
	struct source source; /* first */
	uint8_t *bytes;
	struct trace_record *records;
	size_t count;
	unsigned epoch;
	size_t fail_at;
	uint64_t bytes_read;
};

static struct trace *
trace_of(const struct source *source)
{
	return (struct trace *)(uintptr_t)source;
}

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static int
trace_read(struct source *source, uint64_t offset, void *data, size_t len,
	   struct balimg_error *err)
{
	struct trace *trace = trace_of(source);

	(void)err;
	trace->bytes_read += len;
	memcpy(data, trace->bytes + offset, len);
	return 0;
}

static int
keep(struct trace *trace, uint64_t offset, const void *data, size_t len,
     struct balimg_error *err)
{
	struct trace_record *record;

	if (trace->fail_at && !--trace->fail_at)
		return error_set(err, BALIMG_E_IO, "the test wants a failure");
	trace->records = realloc(trace->records,
				 (trace->count + 1) * sizeof(*record));
	if (!trace->records)
		die("realloc");
	record = &trace->records[trace->count++];
	record->epoch = trace->epoch;
	record->offset = offset;
	record->len = len;
	record->data = malloc(len);
	if (!record->data)
		die("malloc");
	memcpy(record->data, data, len);
	memcpy(trace->bytes + offset, data, len);
	return 0;
}

static int
trace_write(struct source *source, uint64_t offset, const void *data,
	    size_t len, struct balimg_error *err)
{
	return keep(trace_of(source), offset, data, len, err);
}

static int
trace_zero(struct source *source, uint64_t offset, uint64_t len,
	   struct balimg_error *err)
{
	AUTO_FREE uint8_t *zeroes = calloc(1, len);

	if (!zeroes)
		die("calloc");
	return keep(trace_of(source), offset, zeroes, len, err);
}

static int
trace_barrier(struct source *source, struct balimg_error *err)
{
	(void)err;
	trace_of(source)->epoch++;
	return 0;
}

void
trace_reset(struct source *source)
{
	struct trace *trace = trace_of(source);
	size_t i;

	for (i = 0; i < trace->count; i++)
		free(trace->records[i].data);
	free(trace->records);
	trace->records = NULL;
	trace->count = 0;
	trace->epoch = 0;
}

static void
trace_close(struct source *source)
{
	struct trace *trace = trace_of(source);

	trace_reset(source);
	munmap(trace->bytes, source->size);
	free(trace);
}

static const struct source_ops trace_ops = {
	.kind = "trace",
	.close = trace_close,
	.read = trace_read,
	.write = trace_write,
	.zero = trace_zero,
	.barrier = trace_barrier,
};

struct source *
trace_open(const char *path, enum trace_kind kind)
{
	struct trace *trace = calloc(1, sizeof(*trace));
	AUTO_FD int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat st;

	if (!trace || fd < 0 || fstat(fd, &st) < 0)
		die(path);
	trace->source.ops = &trace_ops;
	trace->source.size = (uint64_t)st.st_size;
	trace->bytes = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE,
			    kind == TRACE_SHARED ? MAP_SHARED : MAP_PRIVATE,
			    fd, 0);
	if (trace->bytes == MAP_FAILED)
		die(path);
	return &trace->source;
}

size_t
trace_count(const struct source *source)
{
	return trace_of(source)->count;
}

const struct trace_record *
trace_get(const struct source *source, size_t at)
{
	return &trace_of(source)->records[at];
}

unsigned
trace_epoch(const struct source *source)
{
	return trace_of(source)->epoch;
}

void
trace_fail_at(struct source *source, size_t at)
{
	trace_of(source)->fail_at = at;
}

uint64_t
trace_bytes_read(const struct source *source)
{
	return trace_of(source)->bytes_read;
}
