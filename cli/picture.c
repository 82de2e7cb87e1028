/* picture.c - a picture, drawn in the characters of a terminal
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The picture is made smaller to a grid of spots, two to a character, one
 * above the other, as characters are about twice as high as wide.  In colour
 * the upper spot is the ink of a half block, and the lower one its paper.
 */
#include <config.h>

#include "picture.h"
#include "term.h"
#include "text.h"

#define MAX_ACROSS 60u /* spots; the picture stays smaller than a window */
#define MAX_DOWN   48u
#define HALF_BLOCK "\342\226\200" /* its upper half */

struct picture {
	const uint8_t *pixels;
	uint32_t width, height;
	uint32_t across, down; /* spots; down is even */
};

struct spot {
	unsigned red, green, blue; /* 0 to 255 */
};

/* @value times @part of @whole, to the nearest, at least 1. */
static uint32_t
scale(uint32_t value, uint32_t part, uint32_t whole)
{
	uint64_t scaled = ((uint64_t)value * part + whole / 2) / whole;

	return scaled ? (uint32_t)scaled : 1;
}

/* Choose how many spots; never more than there are pixels. */
static void
choose_size(struct picture *picture, size_t columns)
{
	uint32_t across = columns < MAX_ACROSS ? (uint32_t)columns :
						 MAX_ACROSS;

	if (across > picture->width)
		across = picture->width;
	picture->across = across;
	picture->down = scale(picture->height, across, picture->width);
	if (picture->down > MAX_DOWN) {
		picture->down = MAX_DOWN;
		picture->across = scale(picture->width, MAX_DOWN,
					picture->height);
	}
	picture->down += picture->down % 2;
}

/* The pixels [*@from, *@to) that the spot @at of @spots stands for. */
static void
find_range(uint32_t at, uint32_t spots, uint32_t pixels, uint32_t *from,
	   uint32_t *to)
{
	*from = (uint32_t)((uint64_t)at * pixels / spots);
	*to = (uint32_t)((uint64_t)(at + 1) * pixels / spots);
	if (*to == *from)
		(*to)++;
}

/* The mean of what a spot stands for, on white paper. */
static struct spot
get_spot(const struct picture *picture, uint32_t x, uint32_t y)
{
	uint64_t sum[3] = { 0, 0, 0 };
	uint32_t left, right, top, bottom, row, column;
	uint64_t count;
	size_t i;

	find_range(x, picture->across, picture->width, &left, &right);
	find_range(y, picture->down, picture->height, &top, &bottom);
	for (row = top; row < bottom; row++) {
		for (column = left; column < right; column++) {
			const uint8_t *at =
				picture->pixels +
				((size_t)row * picture->width + column) * 4;

			for (i = 0; i < 3; i++)
				sum[i] += at[i] * at[3] +
					  255u * (255u - at[3]);
		}
	}
	count = (uint64_t)(right - left) * (bottom - top) * 255;
	return (struct spot){ (unsigned)(sum[0] / count),
			      (unsigned)(sum[1] / count),
			      (unsigned)(sum[2] / count) };
}

static void
draw_colors(FILE *out, struct spot upper, struct spot lower)
{
	fprintf(out, "\033[38;2;%u;%u;%um\033[48;2;%u;%u;%um" HALF_BLOCK,
		upper.red, upper.green, upper.blue, lower.red, lower.green,
		lower.blue);
}

/* How bright it looks, 0 to 255; weights of ITU-R BT.601, in hundredths. */
static unsigned
weigh(struct spot spot)
{
	return (30 * spot.red + 59 * spot.green + 11 * spot.blue) / 100;
}

static void
draw_density(FILE *out, struct spot upper, struct spot lower)
{
	static const char signs[] = "@%#*+=-:. ";
	unsigned bright = weigh(upper) + weigh(lower); /* to 510 */

	putc(signs[bright * (sizeof(signs) - 2) / 510], out);
}

void
picture_draw(const struct context *ctx, FILE *out, const uint8_t *pixels,
	     uint32_t width, uint32_t height)
{
	struct picture picture = { pixels, width, height, 0, 0 };
	bool colors = text_is_utf8() && term_has_color(ctx, out);
	uint32_t x, y;

	choose_size(&picture, term_width(out));
	for (y = 0; y < picture.down; y += 2) {
		for (x = 0; x < picture.across; x++) {
			struct spot upper = get_spot(&picture, x, y);
			struct spot lower = get_spot(&picture, x, y + 1);

			if (colors)
				draw_colors(out, upper, lower);
			else
				draw_density(out, upper, lower);
		}
		fprintf(out, "%s\n", term_ink(ctx, out, INK_PLAIN));
	}
}
