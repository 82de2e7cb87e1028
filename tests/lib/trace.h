/* trace.h - what a program did to its files, for power-cut to play back
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A trace is a sequence of struct event, each followed by its @len bytes.
 * Files and folders are known by their inode.  The first event names the
 * image.
 */
#ifndef BALIMG_TESTS_TRACE_H
#define BALIMG_TESTS_TRACE_H

#include <stddef.h>
#include <stdint.h>

enum event_type {
	EVENT_IMAGE = 1, /* id: the image, other: its folder; its name */
	EVENT_NEW,	 /* id: an empty file, which may have been another's */
	EVENT_WRITE,	 /* id, at; the data */
	EVENT_TRUNCATE,	 /* id, at: the new size */
	EVENT_SYNC,	 /* id: a file or a folder */
	EVENT_LINK,	 /* id: folder, other: file; the name */
	EVENT_UNLINK,	 /* id: folder; the name */
	EVENT_RENAME,	 /* id: folder, other: file; old name, NUL, new name */
};

struct event {
	uint64_t type;
	uint64_t id;
	uint64_t other;
	uint64_t at;
	uint64_t len;
};

/* Begin the trace file @path for the image @image; its descriptor or -1. */
int trace_begin(const char *path, const char *image);

/* Note what was done to @fd or to a name; nothing happens if @trace is -1.
 * Nothing fails: a trace that could not be written whole ends early, and
 * power-cut says so. */
void trace_new(int trace, int fd);
void trace_write(int trace, int fd, const void *data, size_t len,
		 uint64_t offset);
void trace_copied(int trace, int fd, size_t len, uint64_t offset);
void trace_truncate(int trace, int fd, uint64_t size);
void trace_sync(int trace, int fd);
void trace_link(int trace, const char *path);
void trace_unlink(int trace, const char *path);
void trace_rename(int trace, const char *from, const char *to);

#endif /* BALIMG_TESTS_TRACE_H */
