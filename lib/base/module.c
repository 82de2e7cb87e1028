/* module.c - open a module
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * It is looked for from where this code is: beside it in a build folder and
 * for one module that needs another, in the library's folder "balimg" in an
 * installation.
 */
#include <config.h>

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "base/module.h"

static void *
open_module(const char *name)
{
	static const char *const places[] = { "", "balimg/" };
	void *module = NULL;
	char path[4096];
	Dl_info self;
	char *end;
	size_t i;

	if (!dladdr(&places, &self) || !strrchr(self.dli_fname, '/'))
		return NULL;
	snprintf(path, sizeof(path), "%s", self.dli_fname);
	end = strrchr(path, '/') + 1;
	for (i = 0; !module && i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(end, sizeof(path) - (size_t)(end - path),
			 "%sbalimg-%s.so", places[i], name);
		module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	}
	return module;
}

const void *
module_calls(const char *name, struct balimg_error *err)
{
	const struct module_door *door = NULL;
	void *module = open_module(name);
	char symbol[64];

	snprintf(symbol, sizeof(symbol), "balimg_module_%s", name);
	if (module)
		door = dlsym(module, symbol);
	if (door && !strcmp(door->version, PACKAGE_VERSION))
		return door->calls;
	if (module)
		dlclose(module);
	error_set(err, BALIMG_E_UNSUPPORTED,
		  "this takes the module balimg-%s.so, which is not there or "
		  "does not fit",
		  name);
	error_hint(err, "install balimg as a whole");
	return NULL;
}
