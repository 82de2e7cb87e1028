/* curve.h - is this a point of an elliptic curve?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BASE_CURVE_H
#define BALIMG_BASE_CURVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* *@has: do the @len octets at @point encode, uncompressed (SEC 1, 2.3.3), a
 * point other than infinity of the NIST curve of @bits (256, 384, 521)?
 * BALIMG_E_UNSUPPORTED if the module that knows is not installed. */
int curve_has_point(unsigned bits, const uint8_t *point, size_t len, bool *has,
		    struct balimg_error *err) MUST_USE;

/* What the module, balimg-curve.so, gives. */
struct curve_calls {
	bool (*has_point)(unsigned bits, const uint8_t *point, size_t len);
};

#endif /* BALIMG_BASE_CURVE_H */
