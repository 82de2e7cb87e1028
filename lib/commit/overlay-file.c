/* overlay-file.c - an overlay file that is open for reading
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The file may come from anyone.  The sum only proves it whole, so every
 * number in it is checked when it is opened; later calls trust the entries.
 */
#include <config.h>

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/io.h"
#include "commit/overlay-format.h"

void
overlay_file_close(struct overlay_file *file)
{
	if (!file)
		return;
	cleanup_fd(&file->fd);
	free(file->name);
	free(file->entries);
	free(file);
}

int
overlay_file_set_name(struct overlay_file *file, const char *name,
		      struct balimg_error *err)
{
	char *copy = strdup(name);

	if (!copy)
		return error_nomem(err);
	free(file->name);
	file->name = copy;
	return 0;
}

const char *
overlay_file_name(const struct overlay_file *file)
{
	return file->name;
}

static int
measure(struct overlay_file *file, struct balimg_error *err)
{
	struct stat st;

	if (fstat(file->fd, &st) < 0)
		return error_sys(err, "cannot look at the overlay file");
	file->size = (uint64_t)st.st_size;
	if (!S_ISREG(st.st_mode) ||
	    file->size < OVERLAY_HEADER_SIZE + OVERLAY_TRAILER_SIZE)
		return error_set(err, BALIMG_E_INVALID,
				 "is no undo file or journal, or cut short");
	return 0;
}

/* The sum covers everything before it, this part of the trailer included. */
static int
verify(const struct overlay_file *file, const uint8_t *trailer,
       struct balimg_error *err)
{
	AUTO_FREE char *piece = malloc(OVERLAY_PIECE);
	uint64_t end = file->size - OVERLAY_TRAILER_SIZE + TRAILER_SHA256;
	uint8_t sum[SHA256_SIZE];
	struct digest digest;
	uint64_t at;
	size_t now;

	if (!piece)
		return error_nomem(err);
	digest_begin(&digest, DIGEST_SHA256);
	for (at = 0; at < end; at += now) {
		now = end - at < OVERLAY_PIECE ? (size_t)(end - at) :
						 OVERLAY_PIECE;
		if (io_read_at(file->fd, piece, now, at, err) < 0)
			return -1;
		digest_add(&digest, piece, now);
	}
	digest_finish(&digest, sum);
	if (memcmp(sum, trailer + TRAILER_SHA256, sizeof(sum)) != 0)
		return error_set(err, BALIMG_E_INVALID,
				 "is damaged: its checksum does not match");
	return 0;
}

static int
parse_header(struct overlay_file *file, const uint8_t *raw,
	     struct balimg_error *err)
{
	uint32_t version = le32_get(raw + HEADER_VERSION);
	uint32_t kind = le32_get(raw + HEADER_KIND);

	if (version != OVERLAY_VERSION || kind > KIND_DEVICE)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "was written by another version of balimg");
	file->device = kind == KIND_DEVICE;
	file->image_size = le64_get(raw + HEADER_SIZE_BEFORE);
	if (le64_get(raw + HEADER_SIZE_AFTER) != file->image_size)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "changes the size of the image");
	memcpy(file->serial, raw + HEADER_SERIAL, HEADER_SERIAL_SIZE);
	return 0;
}

/* Bytes that lie between header and index, or nowhere if not @stored. */
static bool
is_place(uint64_t at, uint64_t len, bool stored, uint64_t index)
{
	if (!stored)
		return at == 0;
	return at >= OVERLAY_HEADER_SIZE && range_within(at, len, index);
}

static bool
parse_entry(const struct overlay_file *file, const uint8_t *raw,
	    uint64_t index, struct overlay_entry *entry)
{
	uint32_t flags = le32_get(raw + ENTRY_FLAGS);
	uint32_t old = flags & (FLAG_OLD_ZERO | FLAG_OLD_KEPT);

	*entry = (struct overlay_entry){
		.epoch = le32_get(raw + ENTRY_EPOCH),
		.offset = le64_get(raw + ENTRY_OFFSET),
		.len = le64_get(raw + ENTRY_LEN),
		.zero = flags & FLAG_ZERO,
		.data_at = le64_get(raw + ENTRY_DATA),
		.old_at = le64_get(raw + ENTRY_OLD),
	};
	if (old == FLAG_OLD_ZERO)
		entry->old = OLD_ZERO;
	else
		entry->old = old ? OLD_KEPT : OLD_NOT_KEPT;

	return flags <= (FLAG_ZERO | FLAG_OLD_KEPT) &&
	       old != (FLAG_OLD_ZERO | FLAG_OLD_KEPT) && entry->len &&
	       entry->offset % OVERLAY_GRANULE == 0 &&
	       range_within(entry->offset, entry->len, file->image_size) &&
	       (entry->len % OVERLAY_GRANULE == 0 ||
		entry->offset + entry->len == file->image_size) &&
	       is_place(entry->data_at, entry->len, !entry->zero, index) &&
	       is_place(entry->old_at, entry->len, entry->old == OLD_KEPT,
			index);
}

/* Epochs come without gaps, and within one the entries in order. */
static bool
may_follow(const struct overlay_entry *before,
	   const struct overlay_entry *entry)
{
	if (!before)
		return entry->epoch == 0;
	if (entry->epoch == before->epoch)
		return entry->offset >= before->offset + before->len;
	return entry->epoch == before->epoch + 1 &&
	       entry->epoch < OVERLAY_MAX_EPOCHS;
}

static int
parse_entries(struct overlay_file *file, const uint8_t *raw, uint64_t index,
	      uint64_t crcs, struct balimg_error *err)
{
	uint64_t end = file->size - OVERLAY_TRAILER_SIZE;
	struct overlay_entry *entry;
	size_t i;

	for (i = 0; i < file->count; i++) {
		entry = &file->entries[i];
		if (!parse_entry(file, raw + i * ENTRY_SIZE, index, entry) ||
		    !may_follow(i ? entry - 1 : NULL, entry) ||
		    entry_granules(entry) > (end - crcs) / CRC_SIZE)
			return error_set(err, BALIMG_E_INVALID,
					 "is malformed: entry %zu", i);
		entry->crc_at = crcs;
		crcs += entry_granules(entry) * CRC_SIZE;
	}
	if (crcs != end)
		return error_set(err, BALIMG_E_INVALID,
				 "is malformed: checksums of old data");
	return 0;
}

static int
read_index(struct overlay_file *file, const uint8_t *trailer,
	   struct balimg_error *err)
{
	AUTO_FREE uint8_t *raw = NULL;
	uint64_t index = le64_get(trailer + TRAILER_INDEX);
	uint64_t len = le64_get(trailer + TRAILER_INDEX_LEN);
	uint64_t count = le64_get(trailer + TRAILER_COUNT);
	uint64_t end = file->size - OVERLAY_TRAILER_SIZE;

	if (index < OVERLAY_HEADER_SIZE || index > end || len != end - index ||
	    count > OVERLAY_MAX_ENTRIES || count > len / ENTRY_SIZE)
		return error_set(err, BALIMG_E_INVALID,
				 "is malformed: its index");

	file->count = (size_t)count;
	file->entries = calloc(file->count + 1, sizeof(*file->entries));
	raw = malloc(file->count * ENTRY_SIZE + 1);
	if (!file->entries || !raw)
		return error_nomem(err);
	if (io_read_at(file->fd, raw, file->count * ENTRY_SIZE, index, err) <
	    0)
		return -1;
	return parse_entries(file, raw, index, index + count * ENTRY_SIZE,
			     err);
}

static int
load(struct overlay_file *file, struct balimg_error *err)
{
	uint8_t header[OVERLAY_HEADER_SIZE];
	uint8_t trailer[OVERLAY_TRAILER_SIZE];

	if (measure(file, err) < 0 ||
	    io_read_at(file->fd, header, sizeof(header), 0, err) < 0 ||
	    io_read_at(file->fd, trailer, sizeof(trailer),
		       file->size - sizeof(trailer), err) < 0)
		return -1;
	if (memcmp(header, OVERLAY_MAGIC, OVERLAY_MAGIC_SIZE) != 0 ||
	    memcmp(trailer + TRAILER_MAGIC, OVERLAY_MAGIC,
		   OVERLAY_MAGIC_SIZE) != 0)
		return error_set(err, BALIMG_E_INVALID,
				 "is no undo file or journal, or cut short");
	if (verify(file, trailer, err) < 0 ||
	    parse_header(file, header, err) < 0)
		return -1;
	return read_index(file, trailer, err);
}

struct overlay_file *
overlay_file_open(int fd, struct balimg_error *err)
{
	AUTO_OVERLAY_FILE struct overlay_file *file = NULL;
	AUTO_FD int taken = fd;

	file = calloc(1, sizeof(*file));
	if (!file) {
		error_nomem(err);
		return NULL;
	}
	file->fd = STEAL_FD(taken);
	return load(file, err) < 0 ? NULL : STEAL(file);
}

int
overlay_file_read_new(const struct overlay_file *file,
		      const struct overlay_entry *entry, uint64_t skip,
		      void *data, size_t len, struct balimg_error *err)
{
	if (entry->zero) {
		memset(data, 0, len);
		return 0;
	}
	return io_read_at(file->fd, data, len, entry->data_at + skip, err);
}

int
overlay_file_read_old(const struct overlay_file *file,
		      const struct overlay_entry *entry, uint64_t skip,
		      void *data, size_t len, struct balimg_error *err)
{
	if (entry->old == OLD_ZERO) {
		memset(data, 0, len);
		return 0;
	}
	if (entry->old == OLD_NOT_KEPT)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "the data that were replaced were too many "
				 "to be kept");
	return io_read_at(file->fd, data, len, entry->old_at + skip, err);
}

static int
replay_entry(const struct overlay_file *file,
	     const struct overlay_entry *entry, struct source *overlay,
	     char *piece, struct balimg_error *err)
{
	uint64_t skip;
	size_t now;

	if (entry->zero)
		return source_zero(overlay, entry->offset, entry->len, err);
	for (skip = 0; skip < entry->len; skip += now) {
		now = entry->len - skip < OVERLAY_PIECE ?
			      (size_t)(entry->len - skip) :
			      OVERLAY_PIECE;
		if (overlay_file_read_new(file, entry, skip, piece, now, err) <
			    0 ||
		    source_write(overlay, entry->offset + skip, piece, now,
				 err) < 0)
			return -1;
	}
	return 0;
}

int
overlay_file_replay(struct overlay_file *file, struct source *overlay,
		    struct balimg_error *err)
{
	AUTO_FREE char *piece = malloc(OVERLAY_PIECE);
	const struct overlay_entry *entry;
	size_t i;

	if (!piece)
		return error_nomem(err);
	if (source_size(overlay) != file->image_size)
		return error_set(err, BALIMG_E_INVALID,
				 "is for an image of %" PRIu64 " bytes",
				 file->image_size);
	for (i = 0; i < file->count; i++) {
		entry = &file->entries[i];
		if (i && entry->epoch != entry[-1].epoch &&
		    source_barrier(overlay, err) < 0)
			return -1;
		if (replay_entry(file, entry, overlay, piece, err) < 0)
			return -1;
	}
	return 0;
}
