/* parts.c - the partitions of an image, as a table and as a picture
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "cleanup.h"
#include "parts.h"
#include "size.h"
#include "table.h"
#include "term.h"
#include "text.h"
#include "xalloc.h"

#define BAR_MAX 100 /* columns; wider says no more */

static const char *
part_title(const json_t *part)
{
	static const char *const keys[] = { "label", "name", "role" };
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (*answer_string(part, keys[i]))
			return answer_string(part, keys[i]);
	}
	return "";
}

/* What is in it, else what the table says that it is for. */
static const char *
part_type(const json_t *part)
{
	const char *type = answer_string(part, "fileSystem");

	if (!strcmp(type, "zero"))
		return "empty";
	return *type ? type : answer_string(part, "type");
}

static void
add_size(struct table *table, const json_t *size)
{
	char text[SIZE_TEXT] = "";

	if (json_is_integer(size))
		size_text(text, (uint64_t)json_integer_value(size));
	table_add(table, text);
}

void
parts_print(const struct context *ctx, const json_t *partitions, size_t indent)
{
	struct table table = { .heads = { ">#", "NAME", "ROLE", "TYPE",
					  ">SIZE", ">FREE" } };
	const json_t *part;
	size_t i;

	json_array_foreach(partitions, i, part) {
		long long number = answer_number(part, "number");
		AUTO_FREE char *text = NULL;

		text = number ? xasprintf("%lld", number) : xasprintf("-");
		table_add(&table, text);
		table_add(&table, part_title(part));
		table_add(&table, answer_string(part, "role"));
		table_add(&table, part_type(part));
		add_size(&table, json_object_get(part, "size"));
		add_size(&table, json_object_get(part, "free"));
	}
	table_print(ctx, stdout, &table, indent);
}

/* ---- the bar ------------------------------------------------------- */

/* A box of the bar: a partition, or free space between them. */
struct box {
	char *number; /* above */
	char *title;  /* within, safe */
	uint64_t size;
	size_t width; /* without borders */
	enum ink ink;
};

struct bar {
	struct box *boxes;
	size_t count;
};

static void
free_bar(struct bar *bar)
{
	size_t i;

	for (i = 0; i < bar->count; i++) {
		free(bar->boxes[i].number);
		free(bar->boxes[i].title);
	}
	free(bar->boxes);
}

#define AUTO_BAR __attribute__((cleanup(free_bar)))

static enum ink
role_ink(const char *role)
{
	static const struct {
		const char *role;
		enum ink ink;
	} inks[] = {
		{ "boot", INK_GREEN },	{ "rootA", INK_BLUE },
		{ "rootB", INK_CYAN },	{ "state", INK_MAGENTA },
		{ "data", INK_YELLOW },
	};
	size_t i;

	for (i = 0; i < sizeof(inks) / sizeof(*inks); i++) {
		if (!strcmp(inks[i].role, role))
			return inks[i].ink;
	}
	return INK_PLAIN;
}

static struct box *
add_box(struct bar *bar, uint64_t size)
{
	struct box *box;

	bar->boxes = xreallocarray(bar->boxes, bar->count + 1,
				   sizeof(*bar->boxes));
	box = &bar->boxes[bar->count++];
	*box = (struct box){ .size = size };
	return box;
}

static void
add_free(struct bar *bar, uint64_t size, uint64_t whole)
{
	struct box *box;

	if (size < whole / 32)
		return;
	box = add_box(bar, size);
	box->number = xasprintf("%s", "");
	box->title = xasprintf("%s", "free");
	box->ink = INK_DIM;
}

static void
add_part(struct bar *bar, const json_t *part)
{
	struct box *box = add_box(bar, (uint64_t)answer_number(part, "size"));
	const char *role = answer_string(part, "role");
	long long number = answer_number(part, "number");

	box->number = number ? xasprintf("%lld", number) : xasprintf("%s", "");
	box->title = text_safe(*role ? role : part_title(part));
	box->ink = role_ink(role);
}

/* An extended partition is where others are. */
static bool
holds_next(const json_t *partitions, size_t at)
{
	const json_t *part = json_array_get(partitions, at);
	const json_t *next;
	long long start = answer_number(part, "start");
	size_t i;

	json_array_foreach(partitions, i, next) {
		long long other = answer_number(next, "start");

		if (i != at && other > start &&
		    other < start + answer_number(part, "size"))
			return true;
	}
	return false;
}

static int
compare_starts(const void *a, const void *b)
{
	const json_t *const *one = a;
	const json_t *const *other = b;
	long long first = answer_number(*one, "start");
	long long second = answer_number(*other, "start");

	return (first > second) - (first < second);
}

/* In the order of the disk, which need not be that of the numbers. */
static void
make_boxes(struct bar *bar, const json_t *partitions, uint64_t size)
{
	AUTO_FREE const json_t **parts = NULL;
	size_t count = 0;
	uint64_t end = 0;
	size_t i;

	parts = xcalloc(json_array_size(partitions), sizeof(*parts));
	for (i = 0; i < json_array_size(partitions); i++) {
		if (!holds_next(partitions, i))
			parts[count++] = json_array_get(partitions, i);
	}
	qsort(parts, count, sizeof(*parts), compare_starts);
	for (i = 0; i < count; i++) {
		uint64_t start = (uint64_t)answer_number(parts[i], "start");

		if (start > end)
			add_free(bar, start - end, size);
		add_part(bar, parts[i]);
		end = start + bar->boxes[bar->count - 1].size;
	}
	if (size > end)
		add_free(bar, size - end, size);
}

/* Give every box what its title and @padding take; returns the sum. */
static size_t
fit_titles(struct bar *bar, size_t padding)
{
	size_t sum = 0;
	size_t i;

	for (i = 0; i < bar->count; i++) {
		bar->boxes[i].width = text_width(bar->boxes[i].title) +
				      padding;
		if (bar->boxes[i].width < 3)
			bar->boxes[i].width = 3;
		sum += bar->boxes[i].width;
	}
	return sum;
}

/* Share @rest among the boxes by their sizes. */
static void
share_rest(struct bar *bar, size_t rest)
{
	size_t given = 0;
	uint64_t whole = 0;
	size_t i;

	for (i = 0; i < bar->count; i++)
		whole += bar->boxes[i].size;
	for (i = 0; i < bar->count; i++) {
		size_t share = (size_t)((double)rest *
					(double)bar->boxes[i].size /
					(double)(whole ? whole : 1));

		if (i + 1 == bar->count)
			share = rest - given;
		bar->boxes[i].width += share;
		given += share;
	}
}

/* Every box gets what its title takes, and a share of the rest by its size;
 * where there is too little, titles go without blanks around them, and at
 * last are cut. */
static void
share_width(struct bar *bar, size_t width)
{
	size_t inner = width - (bar->count + 1); /* without the borders */
	size_t least, i;

	least = fit_titles(bar, 2);
	if (least > inner)
		least = fit_titles(bar, 0);
	if (least <= inner) {
		share_rest(bar, inner - least);
		return;
	}
	for (i = 0; i < bar->count; i++)
		bar->boxes[i].width = inner / bar->count +
				      (i < inner % bar->count);
}

static void
repeat(const char *text, size_t times)
{
	while (times--)
		fputs(text, stdout);
}

/* What the bar is drawn with. */
struct pen {
	const char *line, *side;
	const char *top[3], *bottom[3]; /* left, between, right */
};

static void
draw_edge(const struct bar *bar, const struct pen *pen,
	  const char *const corners[3], bool numbers, size_t indent)
{
	size_t i;

	printf("%*s", (int)indent, "");
	for (i = 0; i < bar->count; i++) {
		const struct box *box = &bar->boxes[i];
		size_t used = numbers ? strlen(box->number) : 0;

		fputs(corners[i ? 1 : 0], stdout);
		if (used + 1 > box->width)
			used = 0;
		if (used) {
			fputs(pen->line, stdout);
			fputs(box->number, stdout);
			used++;
		}
		repeat(pen->line, box->width - used);
	}
	printf("%s\n", corners[2]);
}

static void
draw_titles(const struct context *ctx, const struct bar *bar,
	    const struct pen *pen, size_t indent)
{
	size_t i;

	printf("%*s", (int)indent, "");
	for (i = 0; i < bar->count; i++) {
		const struct box *box = &bar->boxes[i];
		AUTO_FREE char *title = text_cut(box->title, box->width);
		size_t left = (box->width - text_width(title)) / 2;

		fputs(pen->side, stdout);
		repeat(" ", left);
		printf("%s%s%s", term_ink(ctx, stdout, box->ink), title,
		       term_ink(ctx, stdout, INK_PLAIN));
		repeat(" ", box->width - left - text_width(title));
	}
	printf("%s\n", pen->side);
}

void
parts_draw(const struct context *ctx, const json_t *partitions, uint64_t size,
	   size_t indent)
{
	static const struct pen box_pen = {
		"─", "│", { "┌", "┬", "┐" }, { "└", "┴", "┘" }
	};
	static const struct pen ascii_pen = {
		"-", "|", { "+", "+", "+" }, { "+", "+", "+" }
	};
	const struct pen *pen = text_is_utf8() ? &box_pen : &ascii_pen;
	AUTO_BAR struct bar bar = { 0 };
	size_t width = term_width(stdout);

	make_boxes(&bar, partitions, size);
	width = (width > BAR_MAX ? BAR_MAX : width) - indent;
	if (!bar.count || 2 * bar.count + 1 > width)
		return;
	share_width(&bar, width);
	draw_edge(&bar, pen, pen->top, true, indent);
	draw_titles(ctx, &bar, pen, indent);
	draw_edge(&bar, pen, pen->bottom, false, indent);
}
