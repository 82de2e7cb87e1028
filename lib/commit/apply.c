/* apply.c - an overlay file goes into the image, or what it replaced goes back
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "base/io.h"
#include "commit/apply.h"

#define BATCH_SIZE (256u * 1024u) /* bytes */

struct apply {
	const struct overlay_file *file;
	int fd;
	bool back; /* old bytes, not new ones */
	const struct progress *progress;
	uint64_t total;
	uint64_t written;
	/* Bytes for one write, and where in the image they go. */
	uint64_t offset;
	size_t len;
	char batch[BATCH_SIZE];
};

static void
tell(const struct apply *apply)
{
	int stop = progress_report(apply->progress, "writing", apply->written,
				   apply->total, NULL);

	(void)stop; /* too late */
}

static int
flush(struct apply *apply, struct balimg_error *err)
{
	if (!apply->len)
		return 0;
	if (io_write_at(apply->fd, apply->batch, apply->len, apply->offset,
			err) < 0)
		return -1;
	apply->written += apply->len;
	apply->len = 0;
	tell(apply);
	return 0;
}

static int
add_entry(struct apply *apply, const struct overlay_entry *entry,
	  struct balimg_error *err)
{
	uint64_t skip;
	size_t now;
	int result;

	if (apply->offset + apply->len != entry->offset &&
	    flush(apply, err) < 0)
		return -1;
	for (skip = 0; skip < entry->len; skip += now) {
		if (apply->len == sizeof(apply->batch) &&
		    flush(apply, err) < 0)
			return -1;
		if (!apply->len)
			apply->offset = entry->offset + skip;
		now = sizeof(apply->batch) - apply->len;
		if (now > entry->len - skip)
			now = (size_t)(entry->len - skip);
		result = (apply->back ? overlay_file_read_old :
					overlay_file_read_new)(
			apply->file, entry, skip, apply->batch + apply->len,
			now, err);
		if (result < 0)
			return -1;
		apply->len += now;
	}
	return 0;
}

/* The first entry behind those of @entry @at's epoch. */
static size_t
epoch_end(const struct overlay_file *file, size_t at)
{
	unsigned epoch = file->entries[at].epoch;

	while (at < file->count && file->entries[at].epoch == epoch)
		at++;
	return at;
}

static int
apply_epoch(struct apply *apply, size_t first, size_t end,
	    struct balimg_error *err)
{
	size_t i;

	for (i = first; i < end; i++)
		if (add_entry(apply, &apply->file->entries[i], err) < 0)
			return -1;
	if (flush(apply, err) < 0)
		return -1;
	return io_sync_data(apply->fd, err);
}

static struct apply *
apply_new(const struct overlay_file *file, int fd, struct balimg_error *err)
{
	struct apply *apply = malloc(sizeof(*apply));
	size_t i;

	if (!apply) {
		error_nomem(err);
		return NULL;
	}
	apply->file = file;
	apply->fd = fd;
	apply->back = false;
	apply->progress = NULL;
	apply->total = 0;
	apply->written = 0;
	apply->offset = 0;
	apply->len = 0;
	for (i = 0; i < file->count; i++)
		apply->total += file->entries[i].len;
	return apply;
}

int
apply_forward(const struct overlay_file *file, int fd,
	      const struct progress *progress, unsigned *epoch,
	      uint64_t *written, struct balimg_error *err)
{
	AUTO_FREE struct apply *apply = apply_new(file, fd, err);
	size_t at, end;

	if (!apply)
		return -1;
	apply->progress = progress;
	for (at = 0; at < file->count; at = end) {
		*epoch = file->entries[at].epoch;
		end = epoch_end(file, at);
		if (apply_epoch(apply, at, end, err) < 0)
			return -1;
	}
	if (written)
		*written = apply->written;
	return 0;
}

static bool
is_old_kept(const struct overlay_file *file)
{
	size_t i;

	for (i = 0; i < file->count; i++)
		if (file->entries[i].old == OLD_NOT_KEPT)
			return false;
	return true;
}

int
apply_backward(const struct overlay_file *file, int fd, unsigned epoch,
	       struct balimg_error *err)
{
	AUTO_FREE struct apply *apply = apply_new(file, fd, err);
	size_t first, end = 0;

	if (!apply)
		return -1;
	if (!is_old_kept(file))
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "too much was replaced to be kept");
	apply->back = true;
	while (end < file->count && file->entries[end].epoch <= epoch)
		end++;
	for (; end; end = first) {
		first = end - 1;
		while (first && file->entries[first - 1].epoch ==
					file->entries[end - 1].epoch)
			first--;
		if (apply_epoch(apply, first, end, err) < 0)
			return -1;
	}
	return 0;
}
