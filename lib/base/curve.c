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

/* Is the curve one that this libcrypto was built with? */
static bool
is_built_in(int curve)
{
	EC_builtin_curve curves[128];
	size_t count = EC_get_builtin_curves(curves, 128);
	size_t i;

	for (i = 0; i < count && i < 128; i++)
		if (curves[i].nid == curve)
			return true;
	return false;
}

/* Was what a call complained of first what it was given?  Any other
 * complaint, and none at all, means want of memory. */
static bool
was_refused(void)
{
	unsigned long code = ERR_peek_error();

	return ERR_GET_LIB(code) == ERR_LIB_EC && !ERR_COMMON_ERROR(code);
}

/* Converting fails for points off the curve. */
static int
convert_point(const EC_GROUP *group, EC_POINT *at, const uint8_t *point,
	      size_t len, bool *valid, struct balimg_error *err)
{
	ERR_clear_error();
	*valid = EC_POINT_oct2point(group, at, point, len, NULL);
	if (!*valid && !was_refused())
		return error_nomem(err);
	if (*valid)
		*valid = !EC_POINT_is_at_infinity(group, at);
	ERR_clear_error();
	return 0;
}

int
curve_has_point(unsigned bits, const uint8_t *point, size_t len, bool *valid,
		struct balimg_error *err)
{
	int curve = curve_of(bits);
	EC_GROUP *group;
	EC_POINT *at;
	int rc = -1;

	if (!is_built_in(curve))
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "libcrypto has no curve of %u bits here",
				 bits);
	group = EC_GROUP_new_by_curve_name(curve);
	at = group ? EC_POINT_new(group) : NULL;
	if (at)
		rc = convert_point(group, at, point, len, valid, err);
	else
		error_nomem(err);
	EC_POINT_free(at);
	EC_GROUP_free(group);
	return rc;
}
