/* apply-root.c - a root file system, as the updaters up to 2.4 install it
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "bundle/apply-private.h"

int
apply_root(struct apply *apply, struct balimg_error *err)
{
	(void)apply;
	return error_set(err, BALIMG_E_UNSUPPORTED,
			 "a root file system cannot be installed");
}
