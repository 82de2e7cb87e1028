/* curve.c - is this a point of an elliptic curve? ask the module that knows
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "base/curve.h"
#include "base/module.h"

int
curve_has_point(unsigned bits, const uint8_t *point, size_t len, bool *has,
		struct balimg_error *err)
{
	const struct curve_calls *curve = module_calls("curve", err);

	if (!curve)
		return -1;
	*has = curve->has_point(bits, point, len);
	return 0;
}
