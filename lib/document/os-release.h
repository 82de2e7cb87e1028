/* os-release.h - NAME=value lines of /etc/os-release
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_DOCUMENT_OS_RELEASE_H
#define BALIMG_DOCUMENT_OS_RELEASE_H

#include <stddef.h>

#include "base/error.h"

/* The value of @name in @text, quotes and backslashes undone as a shell
 * would, the last assignment winning; to be freed.  NULL with @err clear if
 * it is not set. */
char *os_release_get(const char *text, size_t len, const char *name,
		     struct balimg_error *err) MUST_USE;

#endif /* BALIMG_DOCUMENT_OS_RELEASE_H */
