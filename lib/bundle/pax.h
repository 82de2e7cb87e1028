/* pax.h - the records of a tar file's extended headers
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A record is "LENGTH KEY=VALUE\n", LENGTH in decimal digits counting all of
 * it; see pax in POSIX.1-2008.
 */
#ifndef BALIMG_BUNDLE_PAX_H
#define BALIMG_BUNDLE_PAX_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Neither ends with a NUL. */
struct pax_record {
	const char *key, *value;
	size_t key_len, len;
};

/* The record at *@at, which moves behind it; false at @end, or where there is
 * none.  The byte at @end is NUL. */
bool pax_next(const char **at, const char *end, struct pax_record *record);

static inline bool
pax_is(const struct pax_record *record, const char *key)
{
	return record->key_len == strlen(key) &&
	       !memcmp(record->key, key, record->key_len);
}

#endif /* BALIMG_BUNDLE_PAX_H */
