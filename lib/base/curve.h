/* curve.h - is this a point of an elliptic curve? by hogweed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BASE_CURVE_H
#define BALIMG_BASE_CURVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Do the @len octets at @point encode, uncompressed (SEC 1, 2.3.3), a point
 * other than infinity of the NIST curve of @bits (256, 384, 521)? */
bool curve_has_point(unsigned bits, const uint8_t *point, size_t len);

#endif /* BALIMG_BASE_CURVE_H */
