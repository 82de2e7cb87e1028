/* overlay-file-write.c - an overlay becomes a file
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Written once from front to back, summed on the way.  The inverse of an
 * overlay is the same with two things exchanged, what a record brings and
 * what it replaces, and with the epochs in reverse order.
 */
#include <config.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/digest.h"
#include "base/io.h"
#include "commit/overlay-format.h"

struct writer {
	struct overlay_file *file; /* what will be returned */
	struct source *overlay;
	const struct overlay_record **records; /* in the order of the file */
	bool inverse;
	uint64_t old_room;
	struct digest digest;
	struct buffer crcs;
	uint64_t at; /* bytes so far */
	size_t used; /* of them, not yet written */
	char out[OVERLAY_PIECE];
	char piece[OVERLAY_PIECE];
};

static void
writer_free(struct writer *writer)
{
	if (!writer)
		return;
	overlay_file_close(writer->file);
	buffer_free(&writer->crcs);
	free(writer->records);
	free(writer);
}
DEFINE_AUTO(writer, writer_free)
#define AUTO_WRITER __attribute__((cleanup(cleanup_writer)))

static int
flush(struct writer *writer, struct balimg_error *err)
{
	size_t len = writer->used;

	writer->used = 0;
	return io_write_at(writer->file->fd, writer->out, len,
			   writer->at - len, err);
}

static int
put_unsummed(struct writer *writer, const void *data, size_t len,
	     struct balimg_error *err)
{
	const char *from = data;
	size_t now;

	for (; len; from += now, len -= now) {
		now = sizeof(writer->out) - writer->used;
		if (now > len)
			now = len;
		memcpy(writer->out + writer->used, from, now);
		writer->used += now;
		writer->at += now;
		if (writer->used == sizeof(writer->out) &&
		    flush(writer, err) < 0)
			return -1;
	}
	return 0;
}

static int
put(struct writer *writer, const void *data, size_t len,
    struct balimg_error *err)
{
	digest_add(&writer->digest, data, len);
	return put_unsummed(writer, data, len, err);
}

static int
put_zeroes(struct writer *writer, uint64_t len, struct balimg_error *err)
{
	static const char zeroes[4096];
	size_t now;

	for (; len; len -= now) {
		now = len < sizeof(zeroes) ? (size_t)len : sizeof(zeroes);
		if (put(writer, zeroes, now, err) < 0)
			return -1;
	}
	return 0;
}

/* The bytes that @record brings (@old: replaces), in the direction of the
 * file. */
static int
read_side(const struct writer *writer, const struct overlay_record *record,
	  bool old, uint64_t skip, void *data, size_t len,
	  struct balimg_error *err)
{
	if (old != writer->inverse)
		return overlay_read_before(writer->overlay, record->epoch,
					   record->offset + skip, data, len,
					   err);
	return overlay_read_record(writer->overlay, record, skip, data, len,
				   err);
}

static void
add_crcs(struct writer *writer, const char *data, size_t len)
{
	uint8_t crc[CRC_SIZE];
	size_t now;

	for (; len; data += now, len -= now) {
		now = len < OVERLAY_GRANULE ? len : OVERLAY_GRANULE;
		le32_put(crc, digest_crc32(0, data, now));
		buffer_add(&writer->crcs, crc, sizeof(crc));
	}
}

/* Write one side of @record if @keep, except if all of it is zero; *@zero
 * and *@at say which and where.  The old side's CRCs are taken. */
static int
put_side(struct writer *writer, const struct overlay_record *record, bool old,
	 bool keep, bool *zero, uint64_t *at, struct balimg_error *err)
{
	uint64_t skip;
	size_t now;

	*zero = true;
	*at = 0;
	for (skip = 0; skip < record->len; skip += now) {
		now = record->len - skip < OVERLAY_PIECE ?
			      (size_t)(record->len - skip) :
			      OVERLAY_PIECE;
		if (read_side(writer, record, old, skip, writer->piece, now,
			      err) < 0)
			return -1;
		if (old)
			add_crcs(writer, writer->piece, now);
		if (*zero && !bytes_are_zero(writer->piece, now)) {
			*zero = false;
			*at = keep ? writer->at : 0;
			if (keep && put_zeroes(writer, skip, err) < 0)
				return -1;
		}
		if (!*zero && keep && put(writer, writer->piece, now, err) < 0)
			return -1;
	}
	return 0;
}

static int
put_data(struct writer *writer, struct balimg_error *err)
{
	struct overlay_entry *entry;
	size_t i;

	for (i = 0; i < writer->file->count; i++) {
		entry = &writer->file->entries[i];
		if (put_side(writer, writer->records[i], false, true,
			     &entry->zero, &entry->data_at, err) < 0)
			return -1;
	}
	return 0;
}

static int
put_old(struct writer *writer, struct balimg_error *err)
{
	struct overlay_entry *entry;
	bool keep, zero;
	size_t i;

	for (i = 0; i < writer->file->count; i++) {
		entry = &writer->file->entries[i];
		keep = entry->len <= writer->old_room;
		entry->crc_at = writer->crcs.len; /* from the first CRC */
		if (put_side(writer, writer->records[i], true, keep, &zero,
			     &entry->old_at, err) < 0)
			return -1;
		if (zero)
			entry->old = OLD_ZERO;
		else
			entry->old = keep ? OLD_KEPT : OLD_NOT_KEPT;
		if (entry->old == OLD_KEPT)
			writer->old_room -= entry->len;
	}
	return 0;
}

static int
put_entry(struct writer *writer, const struct overlay_entry *entry,
	  struct balimg_error *err)
{
	uint8_t raw[ENTRY_SIZE] = { 0 };
	uint32_t flags = entry->zero ? FLAG_ZERO : 0;

	if (entry->old == OLD_ZERO)
		flags |= FLAG_OLD_ZERO;
	if (entry->old == OLD_KEPT)
		flags |= FLAG_OLD_KEPT;
	le32_put(raw + ENTRY_EPOCH, entry->epoch);
	le32_put(raw + ENTRY_FLAGS, flags);
	le64_put(raw + ENTRY_OFFSET, entry->offset);
	le64_put(raw + ENTRY_LEN, entry->len);
	le64_put(raw + ENTRY_DATA, entry->data_at);
	le64_put(raw + ENTRY_OLD, entry->old_at);
	return put(writer, raw, sizeof(raw), err);
}

static int
put_index(struct writer *writer, struct balimg_error *err)
{
	AUTO_FREE char *crcs = NULL;
	struct overlay_file *file = writer->file;
	size_t i, len;

	for (i = 0; i < file->count; i++)
		if (put_entry(writer, &file->entries[i], err) < 0)
			return -1;
	crcs = buffer_take(&writer->crcs, &len, err);
	if (!crcs)
		return -1;
	for (i = 0; i < file->count; i++)
		file->entries[i].crc_at += writer->at;
	return put(writer, crcs, len, err);
}

static int
put_header(struct writer *writer, struct balimg_error *err)
{
	const struct overlay_file *file = writer->file;
	uint8_t raw[OVERLAY_HEADER_SIZE] = { 0 };

	memcpy(raw, OVERLAY_MAGIC, OVERLAY_MAGIC_SIZE);
	le32_put(raw + HEADER_VERSION, OVERLAY_VERSION);
	le32_put(raw + HEADER_KIND, file->device ? KIND_DEVICE : KIND_FILE);
	le64_put(raw + HEADER_SIZE_BEFORE, file->image_size);
	le64_put(raw + HEADER_SIZE_AFTER, file->image_size);
	memcpy(raw + HEADER_SERIAL, file->serial, HEADER_SERIAL_SIZE);
	return put(writer, raw, sizeof(raw), err);
}

static int
put_trailer(struct writer *writer, uint64_t index, struct balimg_error *err)
{
	uint8_t raw[OVERLAY_TRAILER_SIZE] = { 0 };

	le64_put(raw + TRAILER_INDEX, index);
	le64_put(raw + TRAILER_INDEX_LEN, writer->at - index);
	le64_put(raw + TRAILER_COUNT, writer->file->count);
	memcpy(raw + TRAILER_MAGIC, OVERLAY_MAGIC, OVERLAY_MAGIC_SIZE);

	if (put(writer, raw, TRAILER_SHA256, err) < 0)
		return -1;
	digest_finish(&writer->digest, raw + TRAILER_SHA256);
	if (put_unsummed(writer, raw + TRAILER_SHA256,
			 sizeof(raw) - TRAILER_SHA256, err) < 0)
		return -1;
	writer->file->size = writer->at;
	return flush(writer, err);
}

/* Let record @from of the overlay be number @at of the file. */
static void
place_record(struct writer *writer, size_t from, size_t at, unsigned last)
{
	const struct overlay_record *record =
		overlay_get_record(writer->overlay, from);

	writer->records[at] = record;
	writer->file->entries[at] = (struct overlay_entry){
		.epoch = writer->inverse ? last - record->epoch :
					   record->epoch,
		.offset = record->offset,
		.len = record->len,
	};
}

/* The first record of the epoch whose records end before @end. */
static size_t
epoch_start(struct source *overlay, size_t end)
{
	unsigned epoch = overlay_get_record(overlay, --end)->epoch;

	while (end && overlay_get_record(overlay, end - 1)->epoch == epoch)
		end--;
	return end;
}

/* Choose the order of the records: the inverse has the last epoch first, the
 * records of one as they are. */
static int
order_records(struct writer *writer, struct balimg_error *err)
{
	struct overlay_file *file = writer->file;
	size_t count = overlay_record_count(writer->overlay);
	size_t first, end, i, at;
	unsigned last;

	file->count = count;
	file->entries = calloc(count + 1, sizeof(*file->entries));
	writer->records = calloc(count + 1, sizeof(*writer->records));
	if (!file->entries || !writer->records)
		return error_nomem(err);
	if (!count)
		return 0;

	last = overlay_get_record(writer->overlay, count - 1)->epoch;
	if (count > OVERLAY_MAX_ENTRIES || last >= OVERLAY_MAX_EPOCHS)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "too many separate changes for one commit");
	for (end = count; end; end = first) {
		first = epoch_start(writer->overlay, end);
		at = writer->inverse ? count - end : first;
		for (i = first; i < end; i++)
			place_record(writer, i, at++, last);
	}
	return 0;
}

static struct writer *
writer_new(int fd, struct source *overlay, const struct backing *backing,
	   struct balimg_error *err)
{
	AUTO_WRITER struct writer *writer = calloc(1, sizeof(*writer));
	struct overlay_file *file = calloc(1, sizeof(*file));

	if (!writer || !file) {
		free(file);
		error_nomem(err);
		return NULL;
	}
	writer->overlay = overlay;
	writer->file = file;
	file->image_size = source_size(overlay);
	file->device = backing_is_device(backing);
	snprintf(file->serial, sizeof(file->serial), "%s",
		 backing_serial(backing));
	file->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (file->fd < 0) {
		error_sys(err, "cannot duplicate a descriptor");
		return NULL;
	}
	digest_begin(&writer->digest, DIGEST_SHA256);
	return STEAL(writer);
}

struct overlay_file *
overlay_file_make(int fd, struct source *overlay,
		  const struct backing *backing, bool inverse,
		  uint64_t old_room, struct balimg_error *err)
{
	AUTO_WRITER struct writer *writer = writer_new(fd, overlay, backing,
						       err);
	uint64_t index;

	if (!writer)
		return NULL;
	writer->inverse = inverse;
	writer->old_room = old_room;
	if (order_records(writer, err) < 0 || put_header(writer, err) < 0 ||
	    put_data(writer, err) < 0 || put_old(writer, err) < 0)
		return NULL;
	index = writer->at;
	if (put_index(writer, err) < 0 || put_trailer(writer, index, err) < 0)
		return NULL;
	return STEAL(writer->file);
}

int
overlay_file_write(int fd, struct source *overlay,
		   const struct backing *backing, bool all_old,
		   struct balimg_error *err)
{
	AUTO_OVERLAY_FILE struct overlay_file *file = overlay_file_make(
		fd, overlay, backing, false,
		all_old ? UINT64_MAX : OVERLAY_OLD_ROOM, err);

	return file ? 0 : -1;
}

int
overlay_file_write_undo(int fd, struct source *overlay,
			const struct backing *backing,
			struct balimg_error *err)
{
	AUTO_OVERLAY_FILE struct overlay_file *file = overlay_file_make(
		fd, overlay, backing, true, OVERLAY_OLD_ROOM, err);

	return file ? 0 : -1;
}
