/* nested.c - a tar file within a tar file, maybe compressed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bundle/nested.h"

/* ---- the bytes of a member ----------------------------------------- */

la_ssize_t
stream_next(struct stream *stream, const void **piece)
{
	static const char zeroes[65536];
	size_t now;
	la_int64_t at;
	int rc;

	while (!stream->held_len && stream->at >= stream->held_at) {
		const void *data = NULL;
		size_t len = 0;

		at = (la_int64_t)stream->at;
		rc = archive_read_data_block(stream->archive, &data, &len,
					     &at);
		/* The end says where it is: a hole may come before it. */
		if (rc == ARCHIVE_EOF && at <= (la_int64_t)stream->at)
			return 0;
		if (rc < ARCHIVE_WARN || at < (la_int64_t)stream->at)
			return ARCHIVE_FATAL;
		stream->held = data;
		stream->held_len = len;
		stream->held_at = (uint64_t)at;
	}
	now = stream->held_len;
	*piece = stream->held;
	if (stream->at < stream->held_at) {
		uint64_t gap = stream->held_at - stream->at;

		now = gap < sizeof(zeroes) ? (size_t)gap : sizeof(zeroes);
		*piece = zeroes;
	} else {
		stream->held_len = 0;
	}
	stream->at += now;
	return (la_ssize_t)now;
}

/* ---- compression --------------------------------------------------- */

static void
support_filters(struct archive *archive)
{
	archive_read_support_filter_gzip(archive);
	archive_read_support_filter_bzip2(archive);
	archive_read_support_filter_xz(archive);
	archive_read_support_filter_zstd(archive);
}

struct archive *
nested_new_reader(void)
{
	struct archive *archive = archive_read_new();

	if (!archive)
		return NULL;
	support_filters(archive);
	archive_read_support_format_tar(archive);
	return archive;
}

/* libarchive's name of a filter as the suffix that people know. */
void
nested_tell_compression(struct archive *archive, char name[8])
{
	static const struct {
		int filter;
		const char *name;
	} names[] = {
		{ ARCHIVE_FILTER_GZIP, "gz" },
		{ ARCHIVE_FILTER_BZIP2, "bz2" },
		{ ARCHIVE_FILTER_XZ, "xz" },
		{ ARCHIVE_FILTER_ZSTD, "zst" },
	};
	size_t i;

	snprintf(name, 8, "none");
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (archive_filter_code(archive, 0) == names[i].filter)
			snprintf(name, 8, "%s", names[i].name);
}

/* ---- the readers --------------------------------------------------- */

/* Let @archive, which reads from @within, fail as that does. */
static la_ssize_t
pass_failure(struct archive *archive, struct archive *within)
{
	const char *why = archive_error_string(within);

	if (archive)
		archive_set_error(archive, EINVAL, "%s",
				  why ? why : "no reason given");
	return ARCHIVE_FATAL;
}

static la_ssize_t
read_stored(struct archive *archive, void *data, const void **piece)
{
	struct nested *nested = data;
	la_ssize_t got = stream_next(&nested->outer_bytes, piece);

	if (got <= 0)
		return got ? pass_failure(archive,
					  nested->outer_bytes.archive) :
			     0;
	if (nested->sums)
		digest_add(&nested->stored_sum, *piece, (size_t)got);
	nested->stored += (uint64_t)got;
	*nested->done += (uint64_t)got;
	if (progress_report(nested->progress, "reading", *nested->done, 0,
			    nested->err) < 0)
		return ARCHIVE_FATAL;
	return got;
}

static la_ssize_t
read_plain(struct archive *archive, void *data, const void **piece)
{
	struct nested *nested = data;
	la_ssize_t got = stream_next(&nested->plain_bytes, piece);
	const char *bytes;

	if (got <= 0)
		return got ? pass_failure(archive, nested->plain) : 0;
	bytes = *piece;
	nested->unpacked += (uint64_t)got;
	if (nested->unpacked > ARCHIVE_LIMIT) {
		error_set(nested->err, BALIMG_E_INVALID,
			  "unpacks to more than %llu GiB, as no root file "
			  "system does",
			  ARCHIVE_LIMIT >> 30);
		return ARCHIVE_FATAL;
	}
	if (nested->sums && nested->packed)
		digest_add(&nested->plain_sum, bytes, (size_t)got);
	if (nested->tap &&
	    sink_write(nested->tap, bytes, (size_t)got, nested->err) < 0)
		return ARCHIVE_FATAL;
	if (nested->text.len < nested->text_room &&
	    (nested->text.len || *bytes == '{'))
		buffer_add(&nested->text, bytes, (size_t)got);
	if (nested->text.failed) {
		error_nomem(nested->err);
		return ARCHIVE_FATAL;
	}
	return got;
}

static int
open_entries(struct nested *nested, struct archive **fault,
	     struct balimg_error *err)
{
	nested->entries = archive_read_new();
	if (!nested->entries)
		return error_nomem(err);
	archive_read_support_format_tar(nested->entries);
	archive_read_support_format_empty(nested->entries);
	if (archive_read_open(nested->entries, nested, NULL, read_plain,
			      NULL) < ARCHIVE_WARN)
		*fault = nested->entries;
	return err && err->code ? -1 : 0;
}

int
nested_open(struct nested *nested, struct archive *outer,
	    struct archive **fault, struct balimg_error *err)
{
	struct archive_entry *entry;

	*fault = NULL;
	nested->err = err;
	digest_begin(&nested->stored_sum, DIGEST_SHA256);
	digest_begin(&nested->plain_sum, DIGEST_SHA256);
	nested->plain = archive_read_new();
	if (!nested->plain)
		return error_nomem(err);
	nested->outer_bytes = (struct stream){ .archive = outer };
	nested->plain_bytes = (struct stream){ .archive = nested->plain };
	support_filters(nested->plain);
	archive_read_support_format_raw(nested->plain);
	archive_read_support_format_empty(nested->plain);
	if (archive_read_open(nested->plain, nested, NULL, read_stored, NULL) <
		    ARCHIVE_WARN ||
	    archive_read_next_header(nested->plain, &entry) < ARCHIVE_WARN) {
		*fault = nested->plain;
		return err && err->code ? -1 : 0;
	}
	nested_tell_compression(nested->plain, nested->compression);
	nested->packed = strcmp(nested->compression, "none") != 0;
	return open_entries(nested, fault, err);
}

int
nested_finish(struct nested *nested, uint8_t stored[SHA256_SIZE],
	      uint8_t plain[SHA256_SIZE])
{
	const void *piece = NULL;

	while (read_plain(NULL, nested, &piece) > 0)
		continue;
	while (read_stored(NULL, nested, &piece) > 0)
		continue;
	digest_finish(&nested->stored_sum, stored);
	if (nested->packed)
		digest_finish(&nested->plain_sum, plain);
	else
		memcpy(plain, stored, SHA256_SIZE);
	return nested->err && nested->err->code ? -1 : 0;
}

void
nested_close(struct nested *nested)
{
	archive_read_free(nested->entries);
	archive_read_free(nested->plain);
	buffer_free(&nested->text);
}
