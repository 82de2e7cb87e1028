/* beside.h - the manifest of an unpacked folder, where it is by custom
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_API_BESIDE_H
#define BALIMG_API_BESIDE_H

#include "base/cleanup.h"
#include "base/error.h"

/* The path of the file beside @folder, which is there, with ".manifest" added
 * to its name; new. */
char *beside_manifest(const char *folder, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_API_BESIDE_H */
