/* curve.h - is this a point of an elliptic curve? by libcrypto
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BASE_CURVE_H
#define BALIMG_BASE_CURVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* *@valid: do the @len octets at @point encode a point, other than infinity,
 * of the NIST curve of @bits (256, 384, 521)?  -1 when libcrypto cannot tell.
 */
int curve_has_point(unsigned bits, const uint8_t *point, size_t len,
		    bool *valid, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_BASE_CURVE_H */
