/* module-linked.c - modules that are linked in
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Takes the place of lib/base/module.c in the tests' programs, so that what
 * they count, fail and sanitize is all in one.
 */
#include <config.h>

#include <string.h>

#include "base/module.h"

extern const struct module_door balimg_module_archive, balimg_module_curve,
	balimg_module_ext, balimg_module_nbd, balimg_module_png;

static const struct {
	const char *name;
	const struct module_door *door;
} modules[] = {
#ifdef HAVE_LIBARCHIVE
	{ "archive", &balimg_module_archive },
#endif
	{ "curve", &balimg_module_curve },     { "ext", &balimg_module_ext },
#ifdef HAVE_LIBNBD
	{ "nbd", &balimg_module_nbd },
#endif
	{ "png", &balimg_module_png },
};

const void *
module_calls(const char *name, struct balimg_error *err)
{
	size_t i;

	for (i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
		if (!strcmp(modules[i].name, name))
			return modules[i].door->calls;
	error_set(err, BALIMG_E_UNSUPPORTED, "no module %s", name);
	return NULL;
}
