/* size.c - sizes as people read them
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>

#include "size.h"

const char *
size_text(char text[SIZE_TEXT], uint64_t size)
{
	static const char units[] = "KMGTPE";
	double value = (double)size;
	size_t unit = 0;

	if (size < 1024) {
		snprintf(text, SIZE_TEXT, "%u B", (unsigned)size);
		return text;
	}
	for (value /= 1024; value >= 1023.95 && units[unit + 1]; value /= 1024)
		unit++;
	if (value < 9.95 && value - (double)(unsigned)value > 0.05)
		snprintf(text, SIZE_TEXT, "%.1f %ciB", value, units[unit]);
	else
		snprintf(text, SIZE_TEXT, "%.0f %ciB", value, units[unit]);
	return text;
}
