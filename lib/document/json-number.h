/* json-number.h - numbers as text, for what no double holds
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * For the document room alone.  jansson refuses integers beyond 64 bits and
 * reals beyond a double, where the device's jq takes the nearest double; a
 * text is not to become unreadable for one such number.
 */
#ifndef BALIMG_DOCUMENT_JSON_NUMBER_H
#define BALIMG_DOCUMENT_JSON_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/* Would jansson refuse the number of @len bytes at @at for its size?  What is
 * no number is not refused here. */
bool json_number_is_huge(const char *at, size_t len);

/* Replace such a number by a near one of the same length that it takes. */
void json_number_tame(char *at, size_t len);

/* Has the number more digits than a double, or a 64-bit integer, is sure to
 * keep? */
bool json_number_is_long(const char *at, size_t len);

#endif /* BALIMG_DOCUMENT_JSON_NUMBER_H */
