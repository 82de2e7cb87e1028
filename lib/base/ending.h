/* ending.h - how names end
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BASE_ENDING_H
#define BALIMG_BASE_ENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Does @name end in @ending, or is it just that? */
static inline bool
ends_in(const char *name, const char *ending)
{
	size_t len = strlen(name), end = strlen(ending);

	return len >= end && !strcmp(name + len - end, ending);
}

/* Bytes of @name before @ending; 0 if it does not end so, or is just that. */
static inline size_t
stem_length(const char *name, const char *ending)
{
	return ends_in(name, ending) ? strlen(name) - strlen(ending) : 0;
}

#endif /* BALIMG_BASE_ENDING_H */
