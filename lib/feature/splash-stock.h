/* splash-stock.h - is a logo the one that the OS came with?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_FEATURE_SPLASH_STOCK_H
#define BALIMG_FEATURE_SPLASH_STOCK_H

#include "volume/volume.h"

/* Is the logo @data at @path of @boot the OS's own?  It is if it is one of
 * those ever shipped, or if the boot fingerprint lists its sum - which is how
 * the device's own update tells, see meta-balena's 1-bootfiles. */
int splash_is_stock(struct volume *boot, const char *path, const void *data,
		    size_t len, bool *stock, struct balimg_error *err)
	MUST_USE;

#endif /* BALIMG_FEATURE_SPLASH_STOCK_H */
