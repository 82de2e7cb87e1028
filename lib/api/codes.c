/* codes.c - version, and the words and numbers for each kind of failure
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>

#include "balimg.h"

static const struct {
	const char *name;
	int exit_status;
} codes[] = {
	[BALIMG_OK] = { "ok", 0 },
	[BALIMG_E_USAGE] = { "usage", 2 },
	[BALIMG_E_INVALID] = { "invalid", 3 },
	[BALIMG_E_UNSUPPORTED] = { "unsupported", 3 },
	[BALIMG_E_NOT_FOUND] = { "not-found", 4 },
	[BALIMG_E_REFUSED] = { "refused", 5 },
	[BALIMG_E_IO] = { "io", 6 },
	[BALIMG_E_NO_SPACE] = { "no-space", 6 },
	[BALIMG_E_NO_MEMORY] = { "no-memory", 6 },
	[BALIMG_E_INTERRUPTED] = { "interrupted", 130 },
};

const char *
balimg_version(void)
{
	return PACKAGE_VERSION;
}

static size_t
index_of(enum balimg_code code)
{
	size_t at = (size_t)code;

	return at < sizeof(codes) / sizeof(*codes) ? at : BALIMG_E_IO;
}

const char *
balimg_code_name(enum balimg_code code)
{
	return codes[index_of(code)].name;
}

int
balimg_exit_status(enum balimg_code code)
{
	return codes[index_of(code)].exit_status;
}

void
balimg_free(void *data)
{
	free(data);
}
