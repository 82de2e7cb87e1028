/* name-set.c - which names came by before
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "bundle/name-set.h"

#define FIRST_ROOM 1024u /* slots */

static uint64_t
key_of(const char *name, size_t len)
{
	uint8_t sum[SHA256_SIZE];
	uint64_t key;

	digest_sha256(name, len, sum);
	key = be64_get(sum);
	return key ? key : 1;
}

/* The slot that has @key, or the free one where it belongs. */
static uint64_t *
find(const struct name_set *set, uint64_t key)
{
	size_t at = (size_t)key & (set->room - 1);

	while (set->slots[at] && set->slots[at] != key)
		at = (at + 1) & (set->room - 1);
	return &set->slots[at];
}

/* Half of the slots stay free, so that the way to one is short. */
static int
grow(struct name_set *set, struct balimg_error *err)
{
	struct name_set larger = {
		.count = set->count,
		.room = set->room ? 2 * set->room : FIRST_ROOM,
	};
	size_t i;

	if (2 * set->count < set->room)
		return 0;
	larger.slots = calloc(larger.room, sizeof(*larger.slots));
	if (!larger.slots)
		return error_nomem(err);
	for (i = 0; i < set->room; i++)
		if (set->slots[i])
			*find(&larger, set->slots[i]) = set->slots[i];
	free(set->slots);
	*set = larger;
	return 0;
}

int
name_set_add(struct name_set *set, const char *name, size_t len, bool *known,
	     struct balimg_error *err)
{
	uint64_t key = key_of(name, len);
	uint64_t *slot;

	if (grow(set, err) < 0)
		return -1;
	slot = find(set, key);
	*known = *slot == key;
	set->count += !*known;
	*slot = key;
	return 0;
}

bool
name_set_has(const struct name_set *set, const char *name)
{
	return set->room && *find(set, key_of(name, strlen(name)));
}

void
name_set_clear(struct name_set *set)
{
	free(set->slots);
}
