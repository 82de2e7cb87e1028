/* os.h - what every system can do, but each in its own way
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Plain names for calls that POSIX lacks; os-linux.c holds them for Linux.
 */
#ifndef BALIMG_BASE_OS_H
#define BALIMG_BASE_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/error.h"

/* A new empty file in @folder, mode 0600, open for reading and writing, that
 * has no name and vanishes when closed.  Returns the descriptor or -1. */
int os_open_scratch(const char *folder, struct balimg_error *err) MUST_USE;

/* A new empty file in @folder, open for reading and writing, that has no name
 * until os_link_file() gives it one.  Returns the descriptor, or -1 with
 * errno set; where the file system cannot, a named file has to serve. */
int os_open_nameless(const char *folder, mode_t mode) MUST_USE;

/* Give the file open as @fd, from os_open_nameless(), the name @path; never
 * replaces a file (EEXIST).  Returns 0, or -1 with errno set. */
int os_link_file(int fd, const char *path) MUST_USE;

/* rename(), but never replacing a file (EEXIST). */
int os_rename_new(const char *from, const char *to) MUST_USE;

/* The mode bits that new files of this process are not to have; those of the
 * group and of others where the system does not tell.  Unlike umask(), safe
 * with threads. */
mode_t os_umask(void);

/* When the file was made, in nanoseconds since 1970, or 0 if the file system
 * does not tell: with the inode it names a file for good, also after a
 * reboot has numbered the devices anew. */
uint64_t os_file_birth(int fd);

/* Have blocks allocated for [@offset, @offset + @len) of @fd, whose bytes and
 * size stay as they are.  Success where the file system cannot promise that:
 * then it is found out when writing. */
int os_reserve_space(int fd, uint64_t offset, uint64_t len,
		     struct balimg_error *err) MUST_USE;

/* Make the empty file @to share all blocks of the file @from; false if the
 * file system cannot. */
bool os_clone_file(int from, int to);

/* Copy up to @len bytes at @offset, between files at the same offset, without
 * their passing through us.  Returns the number copied; 0 if that cannot be
 * done here, or at the end of @from. */
size_t os_copy_range(int from, int to, uint64_t offset, size_t len);

/* Give the file @to the extended attributes of the file @from, its access
 * list among them; those that only the system sets (security.*) where it
 * lets us. */
int os_copy_attributes(int from, int to, struct balimg_error *err) MUST_USE;

/* A socket that listens, for another program, and a connection to it that
 * waits to be accepted, and is the first, whoever else may try.  They are in
 * no file system: nothing is left behind, whatever happens. */
int os_connected_listener(int *listener, int *connection,
			  struct balimg_error *err) MUST_USE;

/* A file of @size bytes, all of them a hole, that lives in memory and
 * vanishes with its descriptor.  Returns the descriptor, or -1. */
int os_memory_file(uint64_t size, struct balimg_error *err) MUST_USE;

/* The size in bytes of the block device open as @fd. */
int os_device_size(int fd, uint64_t *size, struct balimg_error *err) MUST_USE;

/* Who uses the block device @device, or one of its partitions, so that it
 * must not be written: *@why gets "mounted at /mnt", "held by dm-0", "swap
 * space".  False if nobody does that can be found out. */
bool os_device_in_use(dev_t device, char *why, size_t size);

/* The same for a regular file: "behind loop0", "swap space". */
bool os_file_in_use(const struct stat *file, char *why, size_t size);

/* How many processors may run us at once; at least 1. */
unsigned os_processors(void);

/* What gets an extended attribute, lent for the call. */
typedef int os_xattr_taker(void *data, const char *name, const void *value,
			   size_t len, struct balimg_error *err);

/* Give @take those of @name in the directory open as @folder, a link's own if
 * it is one; none where the file system has none, and none that we may not
 * read. */
int os_read_xattrs(int folder, const char *name, os_xattr_taker *take,
		   void *data, struct balimg_error *err) MUST_USE;

/* Set one of @name in the directory open as @folder, a link's own if it is
 * one. */
int os_write_xattr(int folder, const char *name, const char *attribute,
		   const void *value, size_t len, struct balimg_error *err)
	MUST_USE;

/* The device of these numbers. */
dev_t os_device(uint32_t upper, uint32_t lower);

/* The two numbers of a device node. */
void os_device_numbers(dev_t device, uint32_t *major_out, uint32_t *minor_out);

/* The serial number or card id of the block device @device, followed by
 * "-partN" for a partition; "" if it has none. */
void os_device_serial(dev_t device, char *serial, size_t size);

#endif /* BALIMG_BASE_OS_H */
