/* pax.c - the records of a tar file's extended headers
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>

#include "bundle/pax.h"

bool
pax_next(const char **at, const char *end, struct pax_record *record)
{
	const char *key, *equals;
	char *digits_end;
	unsigned long len;

	if (*at >= end)
		return false;
	len = strtoul(*at, &digits_end, 10);
	key = digits_end + 1;
	if (*digits_end != ' ' || len > (unsigned long)(end - *at) ||
	    *at + len <= key)
		return false;
	equals = memchr(key, '=', (size_t)(*at + len - key));
	if (!equals || equals == *at + len - 1)
		return false;
	*record = (struct pax_record){
		.key = key,
		.value = equals + 1,
		.key_len = (size_t)(equals - key),
		.len = (size_t)(*at + len - 1 - (equals + 1)),
	};
	*at += len;
	return true;
}
