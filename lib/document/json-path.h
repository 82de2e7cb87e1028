/* json-path.h - dotted paths, part by part, without allocating
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * For the document room alone.  A part is lent from the path as written,
 * escapes included; it is compared to keys in that form.
 */
#ifndef BALIMG_DOCUMENT_JSON_PATH_H
#define BALIMG_DOCUMENT_JSON_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

struct json_part {
	const char *at; /* NULL before the first and after the last */
	size_t len;
	const char *rest; /* the path from the next part on, NULL if none */
};

/* The first part of @path; of "", one that is over. */
struct json_part json_part_first(const char *path);

/* The part after @part, over (at == NULL) if it was the last. */
struct json_part json_part_next(struct json_part part);

/* Does @part, its escapes undone, name @key? */
bool json_part_is(struct json_part part, const char *key, size_t key_len);

/* Is @part a decimal number without leading zeros?  Sets *@index. */
bool json_part_index(struct json_part part, size_t *index);

/* Append the key that @part names. */
void json_part_key(struct json_part part, struct buffer *key);

#endif /* BALIMG_DOCUMENT_JSON_PATH_H */
