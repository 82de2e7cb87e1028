/* beside.c - the manifest of an unpacked folder, where it is by custom
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>

#include "api/beside.h"
#include "base/buffer.h"

/* "got/" and "." have names, too. */
char *
beside_manifest(const char *folder, struct balimg_error *err)
{
	AUTO_FREE char *whole = realpath(folder, NULL);
	struct buffer path = BUFFER_INIT;

	if (!whole) {
		error_sys(err, "%s", folder);
		return NULL;
	}
	buffer_printf(&path, "%s.manifest", whole);
	return buffer_take(&path, NULL, err);
}
