/* device.h - the file or block device that holds an image, and its guards
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * One descriptor serves the whole job, and what is asked of a device (size,
 * serial, mounts, holders) is asked of that descriptor, never of the path
 * again, which could have come to mean another disk.
 */
#ifndef BALIMG_SOURCE_DEVICE_H
#define BALIMG_SOURCE_DEVICE_H

#include <sys/stat.h>

#include "source/source.h"

struct backing; /* an open image file or device */

/* Open @path for reading, or, with @write, for a commit in place too: locked
 * against other writers (BALIMG_E_REFUSED at once if taken), still the file
 * the path names after locking, devices with O_EXCL.  Refused with @write: a
 * mounted device or one with holders (or whose partitions are), a file that
 * backs a loop device.  What a file is, its first bytes say.  qcow2, VMDK and
 * VDI images are opened as the disks they hold, see disk-image.h;
 * BALIMG_E_UNSUPPORTED: gzip, zip, xz, zstd, bzip2, 7z, VHDX. */
struct backing *backing_open(const char *path, bool write,
			     struct balimg_error *err) MUST_USE;
void backing_close(struct backing *backing);
DEFINE_AUTO(backing, backing_close)
#define AUTO_BACKING __attribute__((cleanup(cleanup_backing)))

/* Lent for the life of the backing: the source (read only), the descriptor of
 * the file or device, the resolved path, the state at opening. */
struct source *backing_source(const struct backing *backing);
int backing_fd(const struct backing *backing);
const char *backing_path(const struct backing *backing);
const struct stat *backing_stat(const struct backing *backing);

/* "qcow2", "vmdk" or "vdi" if the source is not the file's bytes, but the disk
 * that it is an image of in that format; else NULL. */
const char *backing_format(const struct backing *backing);

bool backing_is_device(const struct backing *backing);
bool backing_is_writable(const struct backing *backing);

/* What tells this device from another in the same slot: serial number or
 * card id; "" for files and devices that have none.  Lent. */
const char *backing_serial(const struct backing *backing);

#endif /* BALIMG_SOURCE_DEVICE_H */
