/* disk-format.c - the disk images of virtual machines, by their first bytes
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <inttypes.h>

#include "base/bytes.h"
#include "source/disk-format-private.h"

int
disk_read_header(struct source *file, uint64_t offset, void *data, size_t len,
		 struct balimg_error *err)
{
	if (!range_within(offset, len, source_size(file)))
		return error_set(err, BALIMG_E_INVALID,
				 "its header is cut short");
	return source_read(file, offset, data, len, err);
}

int
disk_report_cut(struct balimg_error *err)
{
	return error_set(err, BALIMG_E_INVALID,
			 "it is cut short: the file ends before its data do");
}

int
disk_refuse_other_file(const char *what, struct balimg_error *err)
{
	error_set(err, BALIMG_E_REFUSED,
		  "%s, which balimg does not follow: an image could name any "
		  "file",
		  what);
	return error_hint(err, "if you trust it, make one image of all: "
			       "qemu-img convert -O qcow2 IMAGE NEW.qcow2");
}

/* ---- VMDK ---------------------------------------------------------- */

/* Offsets, integers little-endian. */
#define VMDK_CAPACITY	12 /* sectors */
#define VMDK_DESCRIPTOR 28 /* its sector */
#define VMDK_HEADER	79
#define VMDK_COMPRESS	77 /* 16 bits: how grains are compressed */

#define SECTOR		 512u
#define VMDK_TEXT_ROOM	 (20u * SECTOR) /* as much as QEMU looks at */
#define VMDK_TEXT	 "# Disk DescriptorFile"
#define VMDK_NO_PARENT	 "parentCID=ffffffff"
#define VMDK_PARENT	 "parentCID="
#define VMDK_PARENT_NAME "parentFileNameHint"

/* The image's text, which says what it consists of. */
static int
read_descriptor(struct source *file, const uint8_t *header, char *text,
		struct balimg_error *err)
{
	uint64_t len = source_size(file) - SECTOR;

	if (len > VMDK_TEXT_ROOM)
		len = VMDK_TEXT_ROOM;
	text[len] = '\0';
	if (source_read(file, SECTOR, text, (size_t)len, err) < 0)
		return -1;
	if (le64_get(header + VMDK_DESCRIPTOR) == 1 &&
	    !strncmp(text, VMDK_TEXT, strlen(VMDK_TEXT)))
		return 0;
	error_set(err, BALIMG_E_UNSUPPORTED,
		  "it is one part of a VMDK disk in many files");
	return error_hint(err, "make one image of all: qemu-img convert -O "
			       "qcow2 DISK.vmdk NEW.qcow2");
}

static int
check_vmdk(struct source *file, bool write, struct balimg_error *err)
{
	AUTO_FREE char *text = malloc(VMDK_TEXT_ROOM + 1);
	uint8_t header[SECTOR];
	const char *parent;

	if (!text)
		return error_nomem(err);
	if (disk_read_header(file, 0, header, sizeof(header), err) < 0 ||
	    read_descriptor(file, header, text, err) < 0)
		return -1;
	if (!le64_get(header + VMDK_CAPACITY))
		return disk_refuse_other_file("its data are in other files",
					      err);
	parent = strstr(text, VMDK_PARENT);
	if (strstr(text, VMDK_PARENT_NAME) ||
	    (parent &&
	     strncasecmp(parent, VMDK_NO_PARENT, strlen(VMDK_NO_PARENT)) != 0))
		return disk_refuse_other_file("it has a parent", err);
	if (write && le16_get(header + VMDK_COMPRESS)) {
		error_set(err, BALIMG_E_UNSUPPORTED,
			  "it is compressed (stream-optimized), and cannot be "
			  "changed in place");
		return error_hint(err, "write a copy: -o NEW.img, or "
				       "-o NEW.qcow2");
	}
	return 0;
}

static int
check_vmdk_text(struct source *file, bool write, struct balimg_error *err)
{
	(void)file;
	(void)write;
	return disk_refuse_other_file("its data are in other files", err);
}

/* ---- VDI ----------------------------------------------------------- */

/* Offsets, integers little-endian. */
#define VDI_VERSION 68
#define VDI_TYPE    76
#define VDI_DATA    344 /* where the blocks begin */
#define VDI_BLOCK   376 /* bytes */
#define VDI_BLOCKS  388 /* as many as are there */
#define VDI_PARENTS 424 /* two UUIDs: of the image it builds on, if any */
#define VDI_HEADER  512u

#define VDI_VERSION_1_1 0x00010001u
#define VDI_DYNAMIC	1u
#define VDI_STATIC	2u

static int
check_vdi(struct source *file, bool write, struct balimg_error *err)
{
	uint8_t raw[VDI_HEADER];
	uint64_t blocks;
	uint32_t type;

	(void)write;
	if (disk_read_header(file, 0, raw, sizeof(raw), err) < 0)
		return -1;
	if (le32_get(raw + VDI_VERSION) != VDI_VERSION_1_1)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "its version is not 1.1");
	type = le32_get(raw + VDI_TYPE);
	if ((type != VDI_DYNAMIC && type != VDI_STATIC) ||
	    !bytes_are_zero(raw + VDI_PARENTS, 32))
		return disk_refuse_other_file("it has a parent", err);
	blocks = le32_get(raw + VDI_BLOCKS);
	if (blocks &&
	    le32_get(raw + VDI_DATA) +
			    (blocks - 1) * le32_get(raw + VDI_BLOCK) >=
		    source_size(file))
		return disk_report_cut(err);
	return 0;
}

/* ---- all of them --------------------------------------------------- */

static const struct disk_format formats[] = {
	{ "qcow2", "a qcow2 disk", 0, "QFI\xfb", disk_check_qcow2 },
	{ "vmdk", "a VMDK disk", 0, "KDMV", check_vmdk },
	{ "vmdk", "a VMDK disk", 0, VMDK_TEXT, check_vmdk_text },
	{ "vdi", "a VDI disk", 64, "\x7f\x10\xda\xbe", check_vdi },
};

const struct disk_format *
disk_format_find(const char *head)
{
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (!memcmp(head + formats[i].offset, formats[i].magic,
			    strlen(formats[i].magic)))
			return &formats[i];
	return NULL;
}

int
disk_format_check(const struct disk_format *format, struct source *file,
		  bool write, struct balimg_error *err)
{
	if (format->check(file, write, err) < 0)
		return error_wrap(err, "%s", format->title);
	return 0;
}
