/* table.h - facts and rows of text in aligned columns
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CLI_TABLE_H
#define BALIMG_CLI_TABLE_H

#include <stddef.h>
#include <stdio.h>

#include "context.h"

/* Print a line that says of what things are told next, the text made safe. */
void table_put_title(const struct context *ctx, const char *title);

/* Print a line of what is told of one thing: "  label   value", the value made
 * safe and wrapped; nothing if it is "". */
void table_put_fact(const struct context *ctx, const char *label,
		    const char *value);

#define TABLE_COLUMNS 8

struct table {
	const char *heads[TABLE_COLUMNS]; /* NULL ends them; a head that
					     begins with '>' is for a column
					     of numbers, aligned right */
	char **cells;
	size_t count;
};

/* Append a cell, row by row; the text is copied and made safe. */
void table_add(struct table *table, const char *text);

/* Print the table, each line indented by @indent, and empty it.  The last
 * column is cut where a terminal ends. */
void table_print(const struct context *ctx, FILE *out, struct table *table,
		 size_t indent);

#endif /* BALIMG_CLI_TABLE_H */
