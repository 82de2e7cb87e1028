/* curve.c - is this a point of an elliptic curve? by libcrypto
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

#include "base/curve.h"

static int
curve_of(unsigned bits)
{
	switch (bits) {
	case 256:
		return NID_X9_62_prime256v1;
	case 384:
		return NID_secp384r1;
	case 521:
		return NID_secp521r1;
	default:
		return NID_undef;
	}
}

/* Did the last call of libcrypto fail for want of memory? */
static bool
lacked_memory(void)
{
	return ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE;
}

/* Converting fails for points off the curve. */
static int
convert_point(const EC_GROUP *group, EC_POINT *at, const uint8_t *point,
	      size_t len, bool *valid, struct balimg_error *err)
{
	*valid = EC_POINT_oct2point(group, at, point, len, NULL);
	if (!*valid && lacked_memory())
		return error_nomem(err);
	if (*valid)
		*valid = !EC_POINT_is_at_infinity(group, at);
	return 0;
}

int
curve_has_point(unsigned bits, const uint8_t *point, size_t len, bool *valid,
		struct balimg_error *err)
{
	EC_GROUP *group;
	EC_POINT *at;
	int rc = -1;

	ERR_set_mark();
	group = EC_GROUP_new_by_curve_name(curve_of(bits));
	at = group ? EC_POINT_new(group) : NULL;
	if (at)
		rc = convert_point(group, at, point, len, valid, err);
	else if (lacked_memory())
		error_nomem(err);
	else
		error_set(err, BALIMG_E_UNSUPPORTED,
			  "libcrypto has no curve of %u bits here", bits);
	EC_POINT_free(at);
	EC_GROUP_free(group);
	ERR_pop_to_mark();
	return rc;
}
