/* io.h - whole reads and writes, and the clock
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BASE_IO_H
#define BALIMG_BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/error.h"

/* Read exactly @len bytes at @offset; the file ending early is
 * BALIMG_E_INVALID.  Interrupted and short calls are continued. */
int io_read_at(int fd, void *data, size_t len, uint64_t offset,
	       struct balimg_error *err) MUST_USE;

/* Write all @len bytes at @offset. */
int io_write_at(int fd, const void *data, size_t len, uint64_t offset,
		struct balimg_error *err) MUST_USE;

/* Write all @len bytes at the file position (pipes, too). */
int io_write(int fd, const void *data, size_t len, struct balimg_error *err)
	MUST_USE;

/* Go back to byte @offset, to read on from there once more; a pipe cannot. */
int io_rewind(int fd, int64_t offset, struct balimg_error *err) MUST_USE;

/* Send all @len bytes over the socket @fd; false if the other side is gone. */
bool io_send(int fd, const void *data, size_t len) MUST_USE;

/* Receive exactly @len bytes.  @wait, if not NULL, is called with @waiting
 * before each part; it returns false to give up, as does this call then. */
bool io_receive(int fd, void *data, size_t len, bool (*wait)(void *waiting),
		void *waiting) MUST_USE;

/* A new file, open for reading and writing, that has no name and vanishes when
 * closed: in @folder, or, if that is NULL or will not have it, in TMPDIR or
 * /var/tmp.  Returns the descriptor or -1. */
int io_open_scratch(const char *folder, struct balimg_error *err) MUST_USE;

/* Bring the file's data to the medium. */
int io_sync(int fd, struct balimg_error *err) MUST_USE;

/* The same, but not what only the file's times need: cheaper where the size
 * stays as it was. */
int io_sync_data(int fd, struct balimg_error *err) MUST_USE;

/* Bring the names in the folder that holds @path to the medium. */
int io_sync_folder(const char *path, struct balimg_error *err) MUST_USE;

/* Seconds since 1970 UTC: SOURCE_DATE_EPOCH if set to a number, so that the
 * same command makes the same bytes, else the clock. */
time_t io_now(void);

#endif /* BALIMG_BASE_IO_H */
