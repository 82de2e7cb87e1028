/* fuzz-disk-format.c - any bytes as the disk image of a virtual machine
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whatever else an image is, one that takes data from other files must not
 * pass.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "fuzz.h"
#include "source/disk-format.h"

static bool
names_other_files(const char *format, const uint8_t *data, size_t size)
{
	static const uint8_t no_parents[32];
	size_t len;

	if (!strcmp(format, "qcow2"))
		return size < 72 || be64_get(data + 8) ||
		       be32_get(data + 16) ||
		       (be32_get(data + 4) == 3 &&
			(size < 104 || be64_get(data + 72) & 4));
	if (!strcmp(format, "vdi"))
		return size < 512 ||
		       memcmp(data + 424, no_parents, sizeof(no_parents)) != 0;
	/* QEMU looks for the parent in so much. */
	len = size < 512 ? 0 : strnlen((const char *)data + 512, size - 512);
	if (len > 20 * 512)
		len = 20 * 512;
	return !len || !le64_get(data + 12) || memcmp(data, "KDMV", 4) != 0 ||
	       memmem(data + 512, len, "parentFileNameHint=", 19) != NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_SOURCE struct source *file = NULL;
	char head[DISK_FORMAT_HEAD] = { 0 };
	const struct disk_format *format;
	struct balimg_error err = { 0 };

	memcpy(head, data, size < sizeof(head) ? size : sizeof(head));
	format = disk_format_find(head);
	if (!format)
		return 0;
	file = source_memory_open(data, size, &err);
	if (!file)
		return 0;
	if (disk_format_check(format, file, false, &err) < 0) {
		if (!err.code || !err.message[0])
			abort();
		return 0;
	}
	if (names_other_files(format->name, data, size))
		abort();
	return 0;
}
