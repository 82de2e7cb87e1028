/* xalloc.c - memory, or the end of the program
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <balimg.h>

#include "xalloc.h"

void
out_of_memory(void)
{
	fputs("balimg: out of memory\n", stderr);
	exit(balimg_exit_status(BALIMG_E_NO_MEMORY));
}

void *
xreallocarray(void *ptr, size_t count, size_t size)
{
	void *grown = NULL;

	if (count <= SIZE_MAX / size)
		grown = realloc(ptr, count ? count * size : size);
	if (!grown)
		out_of_memory();
	return grown;
}

void *
xcalloc(size_t count, size_t size)
{
	void *fresh = calloc(count ? count : 1, size);

	if (!fresh)
		out_of_memory();
	return fresh;
}

char *
xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		out_of_memory();
	return text;
}

json_t *
xjson(json_t *json)
{
	if (!json)
		out_of_memory();
	return json;
}
