/* xalloc.h - memory, or the end of the program
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Only the tool may give up on a failed allocation: it then says so and exits
 * with status 6.  The library never does.
 */
#ifndef BALIMG_CLI_XALLOC_H
#define BALIMG_CLI_XALLOC_H

#include <jansson.h>
#include <stddef.h>

/* Say that memory ran out, and exit. */
void out_of_memory(void) __attribute__((noreturn));

/* Like reallocarray(), calloc() and asprintf(), but never NULL; @size must not
 * be 0. */
void *xreallocarray(void *ptr, size_t count, size_t size);
void *xcalloc(size_t count, size_t size);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* @json itself, which must not be NULL for want of memory. */
json_t *xjson(json_t *json);

#endif /* BALIMG_CLI_XALLOC_H */
