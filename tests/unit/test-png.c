/* test-png.c - pictures are taken as libpng takes them, within bounds
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The pictures are made here, chunk by chunk; real ones, with the verdict of
 * the program that paints them, are in test-png-real.sh.
 */
#include <config.h>

#include <sys/resource.h>

#include <zlib.h>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/digest.h"
#include "document/png.h"
#include "unit.h"

#define GREY  0
#define RGB   2
#define INDEX 3
#define RGBA  6

static void
add_be32(struct buffer *out, uint32_t value)
{
	uint8_t bytes[4] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16),
			     (uint8_t)(value >> 8), (uint8_t)value };

	buffer_add(out, bytes, sizeof(bytes));
}

static void
add_chunk(struct buffer *png, const char *type, const void *data, size_t len)
{
	uint32_t crc;

	add_be32(png, (uint32_t)len);
	buffer_add(png, type, 4);
	if (len)
		buffer_add(png, data, len);
	crc = digest_crc32(0, type, 4);
	if (len)
		crc = digest_crc32(crc, data, len);
	add_be32(png, crc);
}

static void
add_head(struct buffer *png, uint32_t width, uint32_t height, uint8_t depth,
	 uint8_t color)
{
	struct buffer head = BUFFER_INIT;
	uint8_t rest[5] = { depth, color, 0, 0, 0 };

	buffer_add(png, "\211PNG\r\n\032\n", 8);
	add_be32(&head, width);
	add_be32(&head, height);
	buffer_add(&head, rest, sizeof(rest));
	add_chunk(png, "IHDR", head.data, head.len);
	buffer_free(&head);
}

/* @len bytes at @rows (filter bytes and pixels), zlib's way. */
static void
add_rows(struct buffer *png, const void *rows, size_t len)
{
	uLongf packed_len = compressBound(len);
	AUTO_FREE uint8_t *packed = malloc(packed_len);

	CHECK(packed);
	CHECK(compress2(packed, &packed_len, rows, len, 9) == Z_OK);
	add_chunk(png, "IDAT", packed, packed_len);
}

/* 2 x 2 pixels: red, green; blue, half of white. */
static void
make_small(struct buffer *png)
{
	static const uint8_t rows[] = {
		0, 255, 0, 0,	255, 0,	  255, 0,   255, /* */
		0, 0,	0, 255, 255, 255, 255, 255, 128,
	};

	add_head(png, 2, 2, 8, RGBA);
	add_rows(png, rows, sizeof(rows));
	add_chunk(png, "IEND", NULL, 0);
}

static void
test_small(void)
{
	static const uint8_t want[] = { 255, 0, 0,   255, 0,   255, 0,	 255,
					0,   0, 255, 255, 255, 255, 255, 128 };
	AUTO_BUFFER struct buffer png = BUFFER_INIT;
	struct balimg_error err = { 0 };
	AUTO_FREE uint8_t *pixels = NULL;
	struct png_info info;

	make_small(&png);
	CHECK_OK(png_check(png.data, png.len, &info, &err), err);
	CHECK(info.width == 2 && info.height == 2 && info.bit_depth == 8);
	CHECK(info.alpha && !info.grey && !info.palette && !info.interlaced);
	CHECK_OK(png_check(png.data, png.len, NULL, &err), err);
	pixels = png_decode(png.data, png.len, &info, &err);
	CHECK(pixels && !memcmp(pixels, want, sizeof(want)));

	/* What comes after the end is not looked at. */
	buffer_puts(&png, "trailing bytes");
	CHECK_OK(png_check(png.data, png.len, NULL, &err), err);
}

/* Cut anywhere, or one byte changed anywhere. */
static void
test_damaged(void)
{
	AUTO_BUFFER struct buffer png = BUFFER_INIT;
	struct balimg_error err = { 0 };
	size_t at;
	int bit;

	make_small(&png);
	for (at = 0; at < png.len; at++)
		CHECK_FAILS(png_check(png.data, at, NULL, &err), err,
			    BALIMG_E_INVALID);
	/* Every byte counts: signature, lengths, types, data and CRCs. */
	for (at = 0; at < png.len; at++) {
		for (bit = 0; bit < 8; bit++) {
			png.data[at] = (char)(png.data[at] ^ 1 << bit);
			CHECK(png_check(png.data, png.len, NULL, &err) < 0);
			CHECK(err.code == BALIMG_E_INVALID);
			error_clear(&err);
			png.data[at] = (char)(png.data[at] ^ 1 << bit);
		}
	}
}

/* A chunk that a reader may skip, with a wrong CRC, is skipped. */
static void
test_ancillary(void)
{
	static const uint8_t row[] = { 0, 7 };
	AUTO_BUFFER struct buffer png = BUFFER_INIT;
	struct balimg_error err = { 0 };

	add_head(&png, 1, 1, 8, GREY);
	add_chunk(&png, "tEXt", "Comment\0hello", 13);
	png.data[png.len - 1] ^= 1;
	add_chunk(&png, "gAMA", "\0\0\0\0", 4);
	add_chunk(&png, "zTXt", "Comment\0\0rubbish", 16);
	add_chunk(&png, "quUX", "unknown", 7);
	add_rows(&png, row, sizeof(row));
	add_chunk(&png, "IEND", NULL, 0);
	CHECK_OK(png_check(png.data, png.len, NULL, &err), err);
}

/* A chunk that says it is huge does not get the memory for it. */
static void
test_huge_chunk(void)
{
	static const uint8_t row[] = { 0, 7 };
	AUTO_BUFFER struct buffer png = BUFFER_INIT;
	struct balimg_error err = { 0 };

	add_head(&png, 1, 1, 8, GREY);
	add_be32(&png, 0x7fffffff);
	buffer_puts(&png, "eXIfMM");
	add_rows(&png, row, sizeof(row));
	add_chunk(&png, "IEND", NULL, 0);
	CHECK_FAILS(png_check(png.data, png.len, NULL, &err), err,
		    BALIMG_E_INVALID);
}

/* A palette with a see-through entry; 1 bit of grey. */
static void
test_kinds(void)
{
	static const uint8_t row[] = { 0, 1, 0 };
	static const uint8_t want[] = { 4, 5, 6, 255, 1, 2, 3, 9 };
	static const uint8_t bits[] = { 0, 0x80 };
	AUTO_BUFFER struct buffer palette = BUFFER_INIT;
	AUTO_BUFFER struct buffer grey = BUFFER_INIT;
	struct balimg_error err = { 0 };
	AUTO_FREE uint8_t *pixels = NULL;
	struct png_info info;

	add_head(&palette, 2, 1, 8, INDEX);
	add_chunk(&palette, "PLTE", "\1\2\3\4\5\6", 6);
	add_chunk(&palette, "tRNS", "\11", 1);
	add_rows(&palette, row, sizeof(row));
	add_chunk(&palette, "IEND", NULL, 0);
	pixels = png_decode(palette.data, palette.len, &info, &err);
	CHECK(pixels && !memcmp(pixels, want, sizeof(want)));
	CHECK(info.palette && info.alpha && !info.grey);

	add_head(&grey, 2, 1, 1, GREY);
	add_rows(&grey, bits, sizeof(bits));
	add_chunk(&grey, "IEND", NULL, 0);
	CHECK_OK(png_check(grey.data, grey.len, &info, &err), err);
	CHECK(info.grey && !info.alpha && info.bit_depth == 1);
}

/* @width x @height, all zero. */
static int
check_blank(uint32_t width, uint32_t height, uint8_t depth, uint8_t color,
	    struct balimg_error *err)
{
	AUTO_BUFFER struct buffer png = BUFFER_INIT;
	size_t bits = (size_t)depth * (color == RGB ? 3 : 1);
	size_t len = (1 + (width * bits + 7) / 8) * height;
	AUTO_FREE uint8_t *rows = calloc(1, len);

	CHECK(rows);
	add_head(&png, width, height, depth, color);
	add_rows(&png, rows, len);
	add_chunk(&png, "IEND", NULL, 0);
	return png_check(png.data, png.len, NULL, err);
}

static void
test_limits(void)
{
	struct balimg_error err = { 0 };

	CHECK_OK(check_blank(8192, 1, 8, RGB, &err), err);
	CHECK_OK(check_blank(1, 8192, 16, RGB, &err), err);
	CHECK_FAILS(check_blank(8193, 1, 1, GREY, &err), err,
		    BALIMG_E_REFUSED);
	CHECK_FAILS(check_blank(1, 8193, 1, GREY, &err), err,
		    BALIMG_E_REFUSED);
	CHECK_FAILS(check_blank(1, 1000001, 1, GREY, &err), err,
		    BALIMG_E_INVALID);
	CHECK_FAILS(check_blank(1, 1, 3, GREY, &err), err, BALIMG_E_INVALID);
	CHECK_FAILS(check_blank(1, 1, 8, 5, &err), err, BALIMG_E_INVALID);
}

/* A small file of a large picture needs a row of memory, not all of it. */
static void
test_memory(void)
{
	AUTO_BUFFER struct buffer png = BUFFER_INIT;
	size_t len = (size_t)(1 + 8192 / 8) * 8192;
	uint8_t *rows = calloc(1, len);
	struct rusage before, after;
	struct balimg_error err = { 0 };

	CHECK(rows);
	add_head(&png, 8192, 8192, 1, GREY);
	add_rows(&png, rows, len);
	free(rows);
	add_chunk(&png, "IEND", NULL, 0);
	CHECK(getrusage(RUSAGE_SELF, &before) == 0);
	CHECK_OK(png_check(png.data, png.len, NULL, &err), err);
	CHECK(getrusage(RUSAGE_SELF, &after) == 0);
	CHECK(after.ru_maxrss - before.ru_maxrss < 16 * 1024);
}

int
main(void)
{
	struct balimg_error err = { 0 };

	test_small();
	test_damaged();
	test_ancillary();
	test_huge_chunk();
	test_kinds();
	test_limits();
	test_memory();
	CHECK_FAILS(png_check("", 0, NULL, &err), err, BALIMG_E_INVALID);
	CHECK_FAILS(png_check("\377\330\377\340 a JPEG", 12, NULL, &err), err,
		    BALIMG_E_INVALID);
	return 0;
}
