/* os.h - what every system can do, but each in its own way
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Plain names for calls that POSIX lacks; os-linux.c holds them for Linux.
 */
#ifndef BALIMG_BASE_OS_H
#define BALIMG_BASE_OS_H

#include <stdint.h>

#include "base/error.h"

/* A new empty file in @folder, mode 0600, open for reading and writing, that
 * has no name and vanishes when closed.  Returns the descriptor or -1. */
int os_open_scratch(const char *folder, struct balimg_error *err) MUST_USE;

/* A file of @size bytes, all of them a hole, that lives in memory and
 * vanishes with its descriptor.  Returns the descriptor, or -1. */
int os_memory_file(uint64_t size, struct balimg_error *err) MUST_USE;

/* The size in bytes of the block device open as @fd. */
int os_device_size(int fd, uint64_t *size, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_BASE_OS_H */
