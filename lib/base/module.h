/* module.h - parts of the library that are loaded when first needed
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Loading and binding libext2fs, libpng, libhogweed and libarchive takes
 * longer than a small edit, which needs none of them.  So the code that does
 * is in modules, one for each, called balimg-NAME.so.  A module has a door, an
 * object that leads to its table of calls.
 */
#ifndef BALIMG_BASE_MODULE_H
#define BALIMG_BASE_MODULE_H

#include "base/error.h"

struct module_door {
	const char *version; /* of balimg: modules of another do not fit */
	const void *calls;
};

/* Define the door of module @name, which leads to @table. */
#define MODULE_DOOR(name, table)                                           \
	extern __attribute__((visibility("default")))                      \
	const struct module_door balimg_module_##name;                     \
	const struct module_door balimg_module_##name = { PACKAGE_VERSION, \
							  (table) }

/* The table of calls of module @name, lent for good; NULL with
 * BALIMG_E_UNSUPPORTED if it is not installed. */
const void *module_calls(const char *name, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_BASE_MODULE_H */
