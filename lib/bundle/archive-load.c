/* archive-load.c - open the module that has libarchive
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * It is looked for from where this library is: beside it in a build folder,
 * in its folder "balimg" in an installation.
 */
#include <config.h>

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "bundle/archive.h"

#define MODULE "balimg-archive.so"

static void *
open_module(void)
{
	static const char *const places[] = { MODULE, "balimg/" MODULE };
	void *module = NULL;
	char path[4096];
	Dl_info self;
	char *name;
	size_t i;

	if (!dladdr(&places, &self) || !strrchr(self.dli_fname, '/'))
		return NULL;
	snprintf(path, sizeof(path), "%s", self.dli_fname);
	name = strrchr(path, '/') + 1;
	for (i = 0; !module && i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(name, sizeof(path) - (size_t)(name - path), "%s",
			 places[i]);
		module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	}
	return module;
}

const struct archive_calls *
archive_load(struct balimg_error *err)
{
	const struct archive_calls *calls = NULL;
	void *module = open_module();

	if (module)
		calls = dlsym(module, ARCHIVE_CALLS);
	if (calls && !strcmp(calls->version, PACKAGE_VERSION))
		return calls;
	if (module)
		dlclose(module);
	error_set(err, BALIMG_E_UNSUPPORTED,
		  "this takes the module " MODULE
		  ", which is not there or does not fit");
	error_hint(err, "install balimg as a whole, built with libarchive");
	return NULL;
}
