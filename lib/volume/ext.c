/* ext.c - know an ext2, ext3 or ext4 when it is seen
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is in it is for the module that has libext2fs, balimg-ext.so; its table
 * of calls is the volume_ops of what it opened.
 */
#include <config.h>

#include "base/bytes.h"
#include "base/module.h"
#include "volume/volume-ops.h"

#define SUPERBLOCK 1024u /* where it lies, and its size in bytes */
#define MAGIC_AT   56u	 /* in the superblock */
#define MAGIC	   0xef53u
#define BID	   50

static int
ext_bid(struct source *source)
{
	uint8_t magic[2];

	if (source_size(source) < 2 * (uint64_t)SUPERBLOCK ||
	    source_read(source, SUPERBLOCK + MAGIC_AT, magic, sizeof(magic),
			NULL) < 0)
		return 0;
	return le16_get(magic) == MAGIC ? BID : 0;
}

static struct volume *
ext_open(struct source *source, struct balimg_error *err)
{
	const struct volume_ops *module = module_calls("ext", err);

	return module ? module->open(source, err) : NULL;
}

static int
ext_format(struct source *source, const struct volume_format *format,
	   struct balimg_error *err)
{
	const struct volume_ops *module = module_calls("ext", err);

	return module ? module->format(source, format, err) : -1;
}

const struct volume_ops volume_ext_ops = {
	.type = "ext2/3/4",
	.bid = ext_bid,
	.open = ext_open,
	.format = ext_format,
};
