/* name-set.h - which names came by before
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Eight bytes of each name's SHA-256 are kept, not the name: a tree may have
 * millions.  That two names are taken for one does not happen by chance.
 */
#ifndef BALIMG_BUNDLE_NAME_SET_H
#define BALIMG_BUNDLE_NAME_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"

/* All zero to begin with. */
struct name_set {
	uint64_t *slots; /* 0: free */
	size_t count;
	size_t room; /* slots, a power of two */
};

/* Take in the @len bytes at @name.  *@known: were they there before? */
int name_set_add(struct name_set *set, const char *name, size_t len,
		 bool *known, struct balimg_error *err) MUST_USE;

/* Is @name there? */
bool name_set_has(const struct name_set *set, const char *name);

void name_set_clear(struct name_set *set);
#define AUTO_NAME_SET __attribute__((cleanup(name_set_clear)))

#endif /* BALIMG_BUNDLE_NAME_SET_H */
