/* table.c - facts and rows of text in aligned columns
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdbool.h>
#include <stdlib.h>

#include "cleanup.h"
#include "table.h"
#include "term.h"
#include "text.h"
#include "xalloc.h"

#define LABEL_WIDTH 13

void
table_put_title(const struct context *ctx, const char *title)
{
	printf("%s", term_ink(ctx, stdout, INK_BOLD));
	text_put(stdout, title);
	printf("%s\n", term_ink(ctx, stdout, INK_PLAIN));
}

void
table_put_fact(const struct context *ctx, const char *label, const char *value)
{
	AUTO_FREE char *safe = text_safe(value);

	if (!*value)
		return;
	printf("  %s%-*s%s", term_ink(ctx, stdout, INK_DIM), LABEL_WIDTH,
	       label, term_ink(ctx, stdout, INK_PLAIN));
	text_wrap(stdout, safe, 2 + LABEL_WIDTH, term_width(stdout));
}

void
table_add(struct table *table, const char *text)
{
	table->cells = xreallocarray(table->cells, table->count + 1,
				     sizeof(*table->cells));
	table->cells[table->count++] = text_safe(text);
}

/* How a table is laid out. */
struct layout {
	size_t columns;
	size_t last;		      /* the last column that is shown */
	size_t widths[TABLE_COLUMNS]; /* 0: empty, and so not shown */
	size_t indent;
};

static bool
is_number_column(const struct table *table, size_t column)
{
	return *table->heads[column] == '>';
}

static const char *
head_text(const struct table *table, size_t column)
{
	return table->heads[column] + is_number_column(table, column);
}

static void
lay_out(const struct table *table, struct layout *layout)
{
	size_t i;

	do
		layout->columns++;
	while (layout->columns < TABLE_COLUMNS &&
	       table->heads[layout->columns]);
	for (i = 0; i < table->count; i++) {
		size_t *widest = &layout->widths[i % layout->columns];
		size_t width = text_width(table->cells[i]);

		if (width > *widest)
			*widest = width;
	}
	for (i = 0; i < layout->columns; i++) {
		size_t width = text_width(head_text(table, i));

		if (!layout->widths[i])
			continue;
		layout->last = i;
		if (layout->widths[i] < width)
			layout->widths[i] = width;
	}
}

/* The last column gets what a terminal has left, and 8 columns at least. */
static void
fit(struct layout *layout, FILE *out)
{
	size_t *last = &layout->widths[layout->last];
	size_t used = layout->indent;
	size_t i, room;

	if (!term_is_terminal(out))
		return;
	for (i = 0; i < layout->last; i++)
		used += layout->widths[i] ? layout->widths[i] + 2 : 0;
	room = term_width(out) > used + 8 ? term_width(out) - used : 8;
	if (*last > room)
		*last = room;
}

static void
put_cell(FILE *out, const char *text, size_t width, bool right, bool last)
{
	AUTO_FREE char *cut = text_cut(text, width);
	int pad = (int)(width - text_width(cut));

	fprintf(out, "%*s%s", right ? pad : 0, "", cut);
	if (!last)
		fprintf(out, "%*s", right ? 2 : pad + 2, "");
}

/* Print the cells of one row; @cells NULL: the heads. */
static void
put_row(FILE *out, const struct table *table, const struct layout *layout,
	char **cells)
{
	size_t last = layout->last;
	size_t i;

	/* No blanks at the end of a line. */
	while (cells && last && !*cells[last])
		last--;
	fprintf(out, "%*s", (int)layout->indent, "");
	for (i = 0; i <= last; i++) {
		if (layout->widths[i])
			put_cell(out, cells ? cells[i] : head_text(table, i),
				 layout->widths[i], is_number_column(table, i),
				 i == last);
	}
}

void
table_print(const struct context *ctx, FILE *out, struct table *table,
	    size_t indent)
{
	struct layout layout = { .indent = indent };
	size_t i;

	lay_out(table, &layout);
	fit(&layout, out);
	if (table->count) {
		fputs(term_ink(ctx, out, INK_DIM), out);
		put_row(out, table, &layout, NULL);
		fprintf(out, "%s\n", term_ink(ctx, out, INK_PLAIN));
	}
	for (i = 0; i < table->count; i += layout.columns) {
		put_row(out, table, &layout, table->cells + i);
		fputc('\n', out);
	}
	for (i = 0; i < table->count; i++)
		free(table->cells[i]);
	free(table->cells);
	table->cells = NULL;
	table->count = 0;
}
