/* disk-image.h - the disk in a qcow2, VMDK or VDI file
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * qemu-nbd, a child of ours, opens the file that is open here already, as the
 * format that was recognised and with no other file behind it, and serves it
 * to one client over a socket that is in no file system.  It ends when that
 * connection does, so it ends with us, however we end.
 */
#ifndef BALIMG_SOURCE_DISK_IMAGE_H
#define BALIMG_SOURCE_DISK_IMAGE_H

#include "source/disk-format.h"

/* The disk in the file @fd of @format, which disk_format_check() has let
 * pass, or that of a file which we made; with @write, a writable one.  The
 * descriptor stays the caller's.  BALIMG_E_UNSUPPORTED if there is no
 * qemu-nbd or no libnbd, BALIMG_E_INVALID if qemu-nbd cannot open it,
 * BALIMG_E_REFUSED if another program (a virtual machine) has it open. */
struct source *disk_image_open(int fd, const char *format, bool write,
			       struct balimg_error *err) MUST_USE;

/* Have all that was written put into the file; it has yet to be synced.
 * Close the source then, for it serves nothing more. */
int disk_image_finish(struct source *source, struct balimg_error *err)
	MUST_USE;

#endif /* BALIMG_SOURCE_DISK_IMAGE_H */
