/* curve-hogweed.c - the module that knows points of curves, by hogweed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <nettle/ecc-curve.h>
#include <nettle/ecc.h>

#include "base/curve.h"
#include "base/module.h"

#define UNCOMPRESSED 4 /* the first octet */

static const struct ecc_curve *
find_curve(unsigned bits)
{
	switch (bits) {
	case 256:
		return nettle_get_secp_256r1();
	case 384:
		return nettle_get_secp_384r1();
	case 521:
		return nettle_get_secp_521r1();
	default:
		return NULL;
	}
}

static bool
has_point(unsigned bits, const uint8_t *point, size_t len)
{
	const struct ecc_curve *curve = find_curve(bits);
	size_t half = (bits + 7) / 8;
	struct ecc_point at;
	mpz_t x, y;
	bool found;

	if (!curve || len != 1 + 2 * half || point[0] != UNCOMPRESSED)
		return false;
	nettle_mpz_init_set_str_256_u(x, half, point + 1);
	nettle_mpz_init_set_str_256_u(y, half, point + 1 + half);
	ecc_point_init(&at, curve);
	found = ecc_point_set(&at, x, y);
	ecc_point_clear(&at);
	mpz_clear(y);
	mpz_clear(x);
	return found;
}

static const struct curve_calls calls = { .has_point = has_point };

MODULE_DOOR(curve, &calls);
