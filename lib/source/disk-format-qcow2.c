/* disk-format-qcow2.c - qcow2 images: may they be opened, and an empty one
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <inttypes.h>

#include "base/bytes.h"
#include "base/io.h"
#include "source/disk-format-private.h"

/* Offsets, integers big-endian. */
#define QCOW2_VERSION	     4
#define QCOW2_BACKING	     8 /* where its name lies */
#define QCOW2_BACKING_LEN    16
#define QCOW2_CLUSTER_BITS   20
#define QCOW2_SIZE	     24
#define QCOW2_CRYPT	     32
#define QCOW2_L1_ENTRIES     36
#define QCOW2_L1	     40
#define QCOW2_TABLE	     48 /* of the blocks of counts */
#define QCOW2_TABLE_CLUSTERS 56
#define QCOW2_V2_SIZE	     72
#define QCOW2_FEATURES	     72 /* incompatible ones */
#define QCOW2_COUNT_BITS     96 /* as a power of two */
#define QCOW2_HEADER_LEN     100
#define QCOW2_V3_SIZE	     104

#define QCOW2_CORRUPT	(UINT64_C(1) << 1)
#define QCOW2_DATA_FILE (UINT64_C(1) << 2)

/* QEMU's own limits, in bytes. */
#define QCOW2_TABLE_LIMIT (8u << 20)
#define QCOW2_L1_LIMIT	  (UINT64_C(32) << 20)

#define COUNT_BITS 4u /* where the header does not say: 2^4 */

/* ---- may it be opened? --------------------------------------------- */

/* Counts of references are kept in blocks, which a table lists. */
struct counts {
	uint64_t cluster; /* bytes */
	uint64_t table;	  /* where it lies */
	uint64_t blocks;  /* as many as it has room for */
	uint32_t bits;	  /* of a count, as a power of two */
};

/* The last block that is there: its number, and where it lies.  0 in *@at if
 * there is none. */
static int
find_last_block(struct source *file, const struct counts *counts,
		uint64_t *number, uint64_t *at, struct balimg_error *err)
{
	uint8_t raw[4096];
	uint64_t i = counts->blocks, first;

	for (*at = 0; i && !*at;) {
		first = (i - 1) / (sizeof(raw) / 8) * (sizeof(raw) / 8);
		if (!range_within(counts->table + first * 8, (i - first) * 8,
				  source_size(file)))
			return disk_report_cut(err);
		if (source_read(file, counts->table + first * 8, raw,
				(size_t)(i - first) * 8, err) < 0)
			return -1;
		for (; i > first && !*at; i--)
			*at = be64_get(raw + (i - 1 - first) * 8);
	}
	*number = i;
	return 0;
}

/* The clusters behind the end of the file that have a count are data that
 * were lost: QEMU would take them for zeroes. */
static int
check_end(struct source *file, const struct counts *counts,
	  struct balimg_error *err)
{
	AUTO_FREE uint8_t *block = malloc(counts->cluster);
	uint64_t number, at, bit, last;

	if (!block)
		return error_nomem(err);
	if (find_last_block(file, counts, &number, &at, err) < 0)
		return -1;
	if (!at)
		return 0;
	if (!range_within(at, counts->cluster, source_size(file)))
		return disk_report_cut(err);
	if (source_read(file, at, block, counts->cluster, err) < 0)
		return -1;
	for (bit = counts->cluster * 8; bit; bit--)
		if (block[(bit - 1) / 8] >> (bit - 1) % 8)
			break;
	if (!bit)
		return 0;
	last = number * (counts->cluster * 8 >> counts->bits) +
	       ((bit - 1) >> counts->bits);
	if (last <= (source_size(file) - 1) / counts->cluster)
		return 0;
	disk_report_cut(err);
	return error_hint(err, "if it is whole, qemu-img check -r all mends "
			       "it");
}

static int
check_counts(struct source *file, const uint8_t *raw, uint32_t bits,
	     struct balimg_error *err)
{
	uint32_t shift = be32_get(raw + QCOW2_CLUSTER_BITS);
	uint64_t clusters = be32_get(raw + QCOW2_TABLE_CLUSTERS);
	struct counts counts = {
		.table = be64_get(raw + QCOW2_TABLE),
		.bits = bits,
	};

	if (shift < 9 || shift > 21 || bits > 6 ||
	    clusters > QCOW2_TABLE_LIMIT >> shift ||
	    !range_within(counts.table, clusters << shift, INT64_MAX))
		return error_set(err, BALIMG_E_INVALID,
				 "its header is damaged");
	counts.cluster = UINT64_C(1) << shift;
	counts.blocks = clusters * counts.cluster / 8;
	return check_end(file, &counts, err);
}

int
disk_check_qcow2(struct source *file, bool write, struct balimg_error *err)
{
	uint8_t raw[QCOW2_V3_SIZE] = { 0 };
	uint64_t features = 0;
	uint32_t version, bits = COUNT_BITS;

	if (disk_read_header(file, 0, raw, QCOW2_V2_SIZE, err) < 0)
		return -1;
	version = be32_get(raw + QCOW2_VERSION);
	if (version != 2 && version != 3)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "its version is %" PRIu32 ", not 2 or 3",
				 version);
	if (version == 3) {
		if (disk_read_header(file, 0, raw, sizeof(raw), err) < 0)
			return -1;
		features = be64_get(raw + QCOW2_FEATURES);
		bits = be32_get(raw + QCOW2_COUNT_BITS);
	}
	if (be64_get(raw + QCOW2_BACKING) || be32_get(raw + QCOW2_BACKING_LEN))
		return disk_refuse_other_file("it has a backing file", err);
	if (features & QCOW2_DATA_FILE)
		return disk_refuse_other_file("its data are in another file",
					      err);
	if (be32_get(raw + QCOW2_CRYPT))
		return error_set(err, BALIMG_E_UNSUPPORTED, "it is encrypted");
	if (be64_get(raw + QCOW2_SIZE) > INT64_MAX)
		return error_set(err, BALIMG_E_INVALID,
				 "no disk is as large as it says");
	if (write && features & QCOW2_CORRUPT) {
		error_set(err, BALIMG_E_INVALID, "it is marked as damaged");
		return error_hint(err, "qemu-img check -r all mends it");
	}
	return check_counts(file, raw, bits, err);
}

/* ---- an empty one -------------------------------------------------- */

/* In clusters: the header, the table of counts, one block of them, the L1
 * table.  qemu-nbd makes more as data come. */
#define CLUSTER_BITS 16u
#define CLUSTER	     (UINT64_C(1) << CLUSTER_BITS)
/* An L1 entry has a cluster of 8-byte L2 entries, a cluster each. */
#define L1_REACH     (CLUSTER / 8 * CLUSTER)

static int
write_counts(int fd, uint64_t clusters, struct balimg_error *err)
{
	AUTO_FREE uint8_t *counts = calloc(1, CLUSTER);
	uint8_t table[8];
	uint64_t i;

	if (!counts)
		return error_nomem(err);
	be64_put(table, 2 * CLUSTER);
	for (i = 0; i < clusters; i++)
		be16_put(counts + 2 * i, 1);
	if (io_write_at(fd, table, sizeof(table), CLUSTER, err) < 0)
		return -1;
	return io_write_at(fd, counts, CLUSTER, 2 * CLUSTER, err);
}

int
disk_format_make_qcow2(int fd, uint64_t size, struct balimg_error *err)
{
	uint64_t entries = size / L1_REACH + (size % L1_REACH != 0);
	uint64_t clusters = 3 + (entries * 8 + CLUSTER - 1) / CLUSTER;
	uint8_t header[QCOW2_V3_SIZE] = "QFI\xfb";

	/* QEMU counts in sectors. */
	size += -size % 512;
	if (entries > QCOW2_L1_LIMIT / 8)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "a qcow2 disk cannot be that large");
	be32_put(header + QCOW2_VERSION, 3);
	be32_put(header + QCOW2_CLUSTER_BITS, CLUSTER_BITS);
	be64_put(header + QCOW2_SIZE, size);
	be32_put(header + QCOW2_L1_ENTRIES, (uint32_t)entries);
	be64_put(header + QCOW2_L1, 3 * CLUSTER);
	be64_put(header + QCOW2_TABLE, CLUSTER);
	be32_put(header + QCOW2_TABLE_CLUSTERS, 1);
	be32_put(header + QCOW2_COUNT_BITS, COUNT_BITS);
	be32_put(header + QCOW2_HEADER_LEN, QCOW2_V3_SIZE);
	if (write_counts(fd, clusters, err) < 0 ||
	    io_write_at(fd, header, sizeof(header), 0, err) < 0)
		return -1;
	if (ftruncate(fd, (off_t)(clusters * CLUSTER)) < 0)
		return error_sys(err, "cannot make a qcow2 disk");
	return 0;
}
