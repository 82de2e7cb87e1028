/* test-gzip.c - a gzip file is the same whoever made it, and zlib reads it
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/buffer.h"
#include "base/digest-sink.h"
#include "base/gzip.h"
#include "unit.h"

#define PIECE (128u << 10) /* as gzip.c cuts */

struct kept {
	struct sink head;
	struct buffer bytes;
	size_t limit; /* then fail */
};

static int
keep(struct sink *sink, const void *data, size_t len, struct balimg_error *err)
{
	struct kept *kept = (struct kept *)sink;

	if (kept->bytes.len + len > kept->limit)
		return error_set(err, BALIMG_E_NO_SPACE, "full");
	buffer_add(&kept->bytes, data, len);
	return 0;
}

static char *
make_text(size_t len)
{
	char *text = malloc(len + 1);
	size_t i;

	for (i = 0; i < len; i++)
		text[i] = (char)(i % 61 < 50 ? i * 2654435761u >> 24 : 'a');
	return text;
}

/* Compress in uneven pieces. */
static int
make_gzip(const char *text, size_t len, unsigned threads, struct kept *kept)
{
	struct balimg_error err = { 0 };
	AUTO_GZIP struct gzip *gzip = gzip_open(&kept->head, threads, &err);
	size_t at, now;

	CHECK(gzip != NULL);
	for (at = 0; at < len; at += now) {
		now = len - at < 70001 ? len - at : 70001;
		if (sink_write(gzip_sink(gzip), text + at, now, &err) < 0)
			return -1;
	}
	return gzip_finish(gzip, &err);
}

static void
reads_back(const struct kept *kept, const char *text, size_t len)
{
	z_stream stream = { .next_in = (Bytef *)kept->bytes.data,
			    .avail_in = (uInt)kept->bytes.len };
	char *back = malloc(len + 1);

	CHECK(inflateInit2(&stream, 15 + 16) == Z_OK);
	stream.next_out = (Bytef *)back;
	stream.avail_out = (uInt)len + 1;
	CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
	CHECK(stream.avail_in == 0 && stream.total_out == len);
	CHECK(!memcmp(back, text, len));
	inflateEnd(&stream);
	free(back);
}

static void
test_size(size_t len)
{
	struct kept one = { { keep }, BUFFER_INIT, SIZE_MAX };
	struct kept other = one;
	char *text = make_text(len);

	CHECK(make_gzip(text, len, 1, &one) == 0);
	reads_back(&one, text, len);
	CHECK(make_gzip(text, len, 5, &other) == 0);
	CHECK(one.bytes.len == other.bytes.len);
	CHECK(!memcmp(one.bytes.data, other.bytes.data, one.bytes.len));
	buffer_free(&one.bytes);
	buffer_free(&other.bytes);
	free(text);
}

/* Wherever the sink below fails, the call fails, and all threads end. */
static void
test_failures(void)
{
	struct kept whole = { { keep }, BUFFER_INIT, SIZE_MAX };
	size_t len = 9 * PIECE + 17, limit;
	char *text = make_text(len);

	CHECK(make_gzip(text, len, 2, &whole) == 0);
	for (limit = 0; limit < whole.bytes.len; limit += len / 99) {
		struct kept kept = { { keep }, BUFFER_INIT, limit };

		CHECK(make_gzip(text, len, 2, &kept) == -1);
		buffer_free(&kept.bytes);
	}
	buffer_free(&whole.bytes);
	free(text);
}

static void
test_digest(size_t len)
{
	struct kept kept = { { keep }, BUFFER_INIT, SIZE_MAX };
	struct balimg_error err = { 0 };
	AUTO_DIGEST_SINK struct digest_sink *sink =
		digest_sink_open(DIGEST_SHA256, &kept.head, &err);
	uint8_t sum[SHA256_SIZE], want[SHA256_SIZE];
	char *text = make_text(len);
	size_t at, now;

	CHECK(sink != NULL);
	for (at = 0; at < len; at += now) {
		now = len - at < 99991 ? len - at : 99991;
		CHECK(sink_write(digest_sink_head(sink), text + at, now,
				 &err) == 0);
	}
	CHECK(digest_sink_size(sink) == len);
	digest_sink_finish(sink, sum);
	digest_sha256(text, len, want);
	CHECK(!memcmp(sum, want, sizeof(sum)));
	CHECK(kept.bytes.len == len &&
	      (!len || !memcmp(kept.bytes.data, text, len)));
	buffer_free(&kept.bytes);
	free(text);
}

int
main(void)
{
	static const size_t sizes[] = { 0,	   1,
					PIECE - 1, PIECE,
					PIECE + 1, 2 * PIECE,
					7 * PIECE, 20 * PIECE + 12345 };
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		test_size(sizes[i]);
		test_digest(sizes[i]);
	}
	test_failures();
	return 0;
}
