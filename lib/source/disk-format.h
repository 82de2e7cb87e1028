/* disk-format.h - the disk images of virtual machines, by their first bytes
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * qemu-nbd reads and writes them; what is here is what must be known before
 * it may open one.  All three kinds can name other files as the place where
 * their data are: whoever made the image would choose what we read and show.
 * So these are refused before anything else of them is looked at.
 *
 * qcow2: docs/interop/qcow2.txt of QEMU.  VMDK: "Virtual Disk Format 5.0" of
 * VMware; QEMU looks for the descriptor in sector 1.  VDI: the comment at the
 * head of QEMU's block/vdi.c.
 */
#ifndef BALIMG_SOURCE_DISK_FORMAT_H
#define BALIMG_SOURCE_DISK_FORMAT_H

#include "source/source.h"

struct disk_format {
	const char *name;  /* as qemu-nbd calls it: "qcow2", "vmdk", "vdi" */
	const char *title; /* "a qcow2 disk" */
	unsigned offset;   /* of the magic, in bytes */
	const char *magic;
	/* May the image be opened?  See disk_format_check(). */
	int (*check)(struct source *file, bool write,
		     struct balimg_error *err);
};

/* Bytes by which a format is known. */
#define DISK_FORMAT_HEAD 512u

/* The format of a file that begins with @head, which has DISK_FORMAT_HEAD
 * bytes (zeroes beyond the end); NULL if it is none of them. */
const struct disk_format *disk_format_find(const char *head);

/* May the image in @file be opened, or with @write be changed?
 * BALIMG_E_REFUSED if it takes data from other files; BALIMG_E_UNSUPPORTED if
 * it is encrypted, a part of a disk, or cannot be changed; BALIMG_E_INVALID
 * if it is damaged. */
int disk_format_check(const struct disk_format *format, struct source *file,
		      bool write, struct balimg_error *err) MUST_USE;

/* Make the empty file @fd a qcow2 image of @size zeroes, and of as many more
 * as fill the last sector. */
int disk_format_make_qcow2(int fd, uint64_t size, struct balimg_error *err)
	MUST_USE;

#endif /* BALIMG_SOURCE_DISK_FORMAT_H */
