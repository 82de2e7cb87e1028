/* png-decode.c - the module that decodes pictures, by libpng
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * libpng leaves by longjmp(): what it may leave behind lies in a struct
 * decoder, which the function that jumps never changes the pointer to, and
 * is released by its caller.  plymouth asks libpng for 8 bits per channel
 * with alpha and reads to the end; so do we, within the limits that libpng
 * has when nobody sets any, but the picture's size.  Warnings do not count:
 * a damaged ancillary chunk is skipped there, too.
 */
#include <config.h>

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "base/cleanup.h"
#include "base/module.h"
#include "document/png.h"

#define SIDE_MAX       8192u	/* pixels */
#define CHUNK_MAX      8000000u /* bytes of an ancillary chunk in memory */
#define CHUNK_COUNT    1000u	/* ancillary chunks kept */
#define SIGNATURE_SIZE 8u

/* No allocation for a picture within the limits above is larger; but a chunk
 * can ask for as much as its length says, which no bytes need to follow. */
#define ALLOCATION_MAX (16u * 1024 * 1024)

struct decoder {
	png_structp png;
	png_infop info;
	const uint8_t *data; /* the file */
	size_t len, at;
	uint8_t *pixels; /* all rows if @keep, else one to write over */
	bool keep;
	bool nomem; /* an allocation failed */
	struct png_info picture;
	struct balimg_error *err;
};

/* The error's text is libpng's; jump back to decode_picture(). */
static void
fail(png_structp png, png_const_charp message)
{
	struct decoder *decoder = png_get_error_ptr(png);

	if (decoder->nomem)
		error_nomem(decoder->err);
	else
		error_set(decoder->err, BALIMG_E_INVALID,
			  "the picture is damaged: %s", message);
	png_longjmp(png, 1);
}

static void
pass_over(png_structp png, png_const_charp message)
{
	(void)png;
	(void)message;
}

static png_voidp
allocate(png_structp png, png_alloc_size_t size)
{
	struct decoder *decoder = png_get_mem_ptr(png);
	void *data;

	if (size > ALLOCATION_MAX)
		return NULL;
	data = malloc(size);
	if (!data)
		decoder->nomem = true;
	return data;
}

static void
release(png_structp png, png_voidp data)
{
	(void)png;
	free(data);
}

static void
read_bytes(png_structp png, png_bytep data, size_t len)
{
	struct decoder *decoder = png_get_io_ptr(png);

	if (len > decoder->len - decoder->at)
		png_error(png, "the file is cut short");
	memcpy(data, decoder->data + decoder->at, len);
	decoder->at += len;
}

static void
describe(struct decoder *decoder)
{
	struct png_info *picture = &decoder->picture;
	int depth, color, interlace;

	png_get_IHDR(decoder->png, decoder->info, &picture->width,
		     &picture->height, &depth, &color, &interlace, NULL, NULL);
	picture->bit_depth = (unsigned)depth;
	picture->alpha = (color & PNG_COLOR_MASK_ALPHA) ||
			 png_get_valid(decoder->png, decoder->info,
				       PNG_INFO_tRNS);
	picture->palette = color & PNG_COLOR_MASK_PALETTE;
	picture->grey = !(color & PNG_COLOR_MASK_COLOR);
	picture->interlaced = interlace != PNG_INTERLACE_NONE;
}

/* Have every kind of picture come out as RGBA of 8 bits. */
static void
ask_for_rgba(struct decoder *decoder)
{
	png_structp png = decoder->png;

	if (decoder->picture.palette)
		png_set_palette_to_rgb(png);
	if (decoder->picture.grey && decoder->picture.bit_depth < 8)
		png_set_expand_gray_1_2_4_to_8(png);
	if (png_get_valid(png, decoder->info, PNG_INFO_tRNS))
		png_set_tRNS_to_alpha(png);
	if (decoder->picture.bit_depth == 16)
		png_set_strip_16(png);
	if (decoder->picture.bit_depth < 8)
		png_set_packing(png);
	if (decoder->picture.grey)
		png_set_gray_to_rgb(png);
	png_set_filler(png, 0xff, PNG_FILLER_AFTER);
}

static void
make_room(struct decoder *decoder)
{
	size_t row = png_get_rowbytes(decoder->png, decoder->info);
	size_t rows = decoder->keep ? decoder->picture.height : 1;

	if (row != (size_t)decoder->picture.width * 4)
		png_error(decoder->png, "its rows have an unexpected length");
	decoder->pixels = calloc(rows, row);
	if (!decoder->pixels) {
		decoder->nomem = true;
		png_error(decoder->png, "out of memory");
	}
}

static void
read_rows(struct decoder *decoder, int passes)
{
	size_t row = (size_t)decoder->picture.width * 4;
	uint32_t y;

	for (; passes > 0; passes--)
		for (y = 0; y < decoder->picture.height; y++)
			png_read_row(decoder->png,
				     decoder->pixels +
					     (decoder->keep ? y * row : 0),
				     NULL);
}

static int
check_size(const struct png_info *picture, struct balimg_error *err)
{
	if (picture->width <= SIDE_MAX && picture->height <= SIDE_MAX)
		return 0;
	return error_set(err, BALIMG_E_REFUSED,
			 "the picture has %u x %u pixels, over %u",
			 picture->width, picture->height, SIDE_MAX);
}

/* Everything that may jump. */
static int
decode_picture(struct decoder *decoder)
{
	int passes;

	if (setjmp(png_jmpbuf(decoder->png)))
		return -1;
	png_set_user_limits(decoder->png, 1000000, 1000000);
	png_set_chunk_malloc_max(decoder->png, CHUNK_MAX);
	png_set_chunk_cache_max(decoder->png, CHUNK_COUNT);
	png_set_read_fn(decoder->png, decoder, read_bytes);

	png_read_info(decoder->png, decoder->info);
	describe(decoder);
	if (check_size(&decoder->picture, decoder->err) < 0)
		return -1;
	ask_for_rgba(decoder);
	passes = png_set_interlace_handling(decoder->png);
	png_read_update_info(decoder->png, decoder->info);
	make_room(decoder);
	read_rows(decoder, passes);
	png_read_end(decoder->png, NULL);
	return 0;
}

static int
decode(struct decoder *decoder)
{
	int rc = -1;

	if (decoder->len < SIGNATURE_SIZE ||
	    png_sig_cmp(decoder->data, 0, SIGNATURE_SIZE) != 0)
		return error_set(decoder->err, BALIMG_E_INVALID,
				 "this is not a PNG file");

	decoder->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, decoder,
						fail, pass_over, decoder,
						allocate, release);
	if (decoder->png)
		decoder->info = png_create_info_struct(decoder->png);
	if (decoder->info)
		rc = decode_picture(decoder);
	else
		error_nomem(decoder->err);
	png_destroy_read_struct(&decoder->png, &decoder->info, NULL);
	return rc;
}

static int
check(const void *data, size_t len, struct png_info *info,
      struct balimg_error *err)
{
	struct decoder decoder = { .data = data, .len = len, .err = err };
	int rc = decode(&decoder);

	free(decoder.pixels);
	if (rc == 0 && info)
		*info = decoder.picture;
	return rc;
}

static uint8_t *
decode_whole(const void *data, size_t len, struct png_info *info,
	     struct balimg_error *err)
{
	struct decoder decoder = {
		.data = data, .len = len, .keep = true, .err = err
	};

	if (decode(&decoder) < 0) {
		free(decoder.pixels);
		return NULL;
	}
	if (info)
		*info = decoder.picture;
	return decoder.pixels;
}

static const struct png_calls calls = {
	.check = check,
	.decode = decode_whole,
};

MODULE_DOOR(png, &calls);
