/* identify.c - name a file system by a few bytes of it
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * One table of magics, where they are and where label and UUID stand.  FAT
 * has no magic and is judged by its boot sector; ext's three are told apart
 * by their features.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "volume/fat-dir.h"

#define HEAD_SIZE 4096u /* bytes read first */
#define PROBE_MAX 512u	/* bytes read of one that lies further in */

enum uuid_form {
	UUID_NONE,
	UUID_BYTES, /* 16 of them */
	UUID_TEXT,
};

struct magic {
	const char *type;
	uint32_t base; /* bytes: where its header begins */
	uint32_t at;   /* within the header, as what follows */
	const char *magic;
	uint32_t len;
	uint32_t label_at;
	uint32_t label_len; /* 0: none */
	uint32_t uuid_at;
	enum uuid_form uuid;
};

static const struct magic magics[] = {
	{ "crypto_LUKS", 0, 0, "LUKS\xba\xbe", 6, 0, 0, 168, UUID_TEXT },
	{ "xfs", 0, 0, "XFSB", 4, 108, 12, 32, UUID_BYTES },
	{ "LVM2_member", 512, 24, "LVM2 001", 8, 0, 0, 0, UUID_NONE },
	{ "squashfs", 0, 0, "hsqs", 4, 0, 0, 0, UUID_NONE },
	{ "ntfs", 0, 3, "NTFS    ", 8, 0, 0, 0, UUID_NONE },
	{ "exfat", 0, 3, "EXFAT   ", 8, 0, 0, 0, UUID_NONE },
	{ "ext", 1024, 56, "\x53\xef", 2, 120, 16, 104, UUID_BYTES },
	{ "f2fs", 1024, 0, "\x10\x20\xf5\xf2", 4, 0, 0, 108, UUID_BYTES },
	{ "swap", 1024, 3062, "SWAPSPACE2", 10, 28, 16, 12, UUID_BYTES },
	{ "iso9660", 32768, 0, "\1CD001", 6, 40, 32, 0, UUID_NONE },
	{ "btrfs", 65536, 64, "_BHRfS_M", 8, 299, 63, 32, UUID_BYTES },
};

/* Copy a label: up to a NUL, without trailing blanks. */
static void
copy_label(const uint8_t *label, size_t len, char *to, size_t room)
{
	size_t n = 0;

	while (n < len && n < room - 1 && label[n])
		n++;
	while (n && label[n - 1] == ' ')
		n--;
	memcpy(to, label, n);
	to[n] = '\0';
}

static void
print_uuid(const uint8_t *uuid, char *to)
{
	size_t i;

	for (i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*to++ = '-';
		snprintf(to, 3, "%02x", uuid[i]);
		to += 2;
	}
}

/* The features that only ext4, or only a journal, needs. */
static const char *
name_ext(const uint8_t *super)
{
	uint32_t compatible = le32_get(super + 92);
	uint32_t incompatible = le32_get(super + 96);
	uint32_t read_only = le32_get(super + 100);

	if ((incompatible & ~0x16u) || (read_only & ~0x7u))
		return incompatible & 0x8 ? "jbd" : "ext4";
	return compatible & 0x4 ? "ext3" : "ext2";
}

/* Two bytes are a weak magic: other file systems' data may hold them. */
static bool
has_magic(const struct magic *magic, const uint8_t *header)
{
	if (memcmp(header + magic->at, magic->magic, magic->len) != 0)
		return false;
	return strcmp(magic->type, "ext") != 0 ||
	       (le32_get(header + 24) <= 6 && le32_get(header) &&
		le32_get(header + 4));
}

static void
describe(const struct magic *magic, const uint8_t *header,
	 struct volume_identity *identity)
{
	const char *type = magic->type;

	if (!strcmp(type, "ext"))
		type = name_ext(header);
	snprintf(identity->type, sizeof(identity->type), "%s", type);
	if (magic->label_len)
		copy_label(header + magic->label_at, magic->label_len,
			   identity->label, sizeof(identity->label));
	if (magic->uuid == UUID_BYTES)
		print_uuid(header + magic->uuid_at, identity->uuid);
	else if (magic->uuid == UUID_TEXT)
		copy_label(header + magic->uuid_at, 36, identity->uuid,
			   sizeof(identity->uuid));
}

/* The header of @magic: in @head, which holds the first @len bytes, or read
 * to @probe; *@header is NULL if the source is too short for one. */
static int
get_header(struct source *source, const struct magic *magic,
	   const uint8_t *head, size_t len, uint8_t *probe,
	   const uint8_t **header, struct balimg_error *err)
{
	*header = NULL;
	if (magic->base < HEAD_SIZE) {
		if (len == HEAD_SIZE)
			*header = head + magic->base;
		return 0;
	}
	if (!range_within(magic->base, PROBE_MAX, source_size(source)))
		return 0;
	*header = probe;
	return source_read(source, magic->base, probe, PROBE_MAX, err);
}

/* The label in the root directory wins over the boot sector's: tools that
 * rename a volume change one, the other, or both. */
static void
find_fat_label(struct source *source, const struct fat_geometry *geo,
	       char *label)
{
	struct volume *vol = volume_fat_ops.open(source, NULL);
	uint8_t root[FAT_SHORT];

	fat_label_print(geo->label, label);
	if (!strcmp(label, "NO NAME"))
		*label = '\0';
	if (vol && fat_root_label(fat_of(vol), root, NULL) > 0)
		fat_label_print(root, label);
	volume_close(vol);
}

static bool
identify_fat(struct source *source, struct volume_identity *identity)
{
	struct fat_geometry geo;

	/* One that is cut short, or damaged further in, still has a name. */
	if (fat_geometry_read(source, &geo, NULL) < 0 &&
	    fat_bid(source) < FAT_BID_SURE)
		return false;
	snprintf(identity->type, sizeof(identity->type), "vfat");
	if (geo.has_serial)
		snprintf(identity->uuid, sizeof(identity->uuid), "%04X-%04X",
			 geo.serial >> 16, geo.serial & 0xffff);
	find_fat_label(source, &geo, identity->label);
	return true;
}

int
volume_identify(struct source *source, struct volume_identity *identity,
		struct balimg_error *err)
{
	uint8_t head[HEAD_SIZE] = { 0 };
	uint8_t probe[PROBE_MAX];
	const uint8_t *header;
	size_t len = HEAD_SIZE;
	size_t i;

	*identity = (struct volume_identity){ 0 };
	if (source_size(source) < len)
		len = (size_t)source_size(source);
	if (source_read(source, 0, head, len, err) < 0)
		return -1;
	for (i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		if (get_header(source, &magics[i], head, len, probe, &header,
			       err) < 0)
			return -1;
		if (!header || !has_magic(&magics[i], header))
			continue;
		describe(&magics[i], header, identity);
		return 0;
	}
	if (identify_fat(source, identity))
		return 0;
	for (i = 0; i < len && !head[i]; i++)
		continue;
	if (i == len)
		snprintf(identity->type, sizeof(identity->type), "zero");
	return 0;
}

#define EXT_SUPERBLOCK 1024u /* where it lies, and its size in bytes */
#define EXT_RECOVER    0x4u  /* an incompatible feature, so to say */

int
volume_needs_replay(struct source *source, bool *replay,
		    struct balimg_error *err)
{
	uint8_t super[EXT_SUPERBLOCK];

	*replay = false;
	if (!range_within(EXT_SUPERBLOCK, sizeof(super), source_size(source)))
		return 0;
	if (source_read(source, EXT_SUPERBLOCK, super, sizeof(super), err) < 0)
		return -1;
	*replay = le16_get(super + 56) == 0xef53 &&
		  (le32_get(super + 96) & EXT_RECOVER);
	return 0;
}
