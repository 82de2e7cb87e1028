/* os-linux.h - what only Linux has
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BASE_OS_LINUX_H
#define BALIMG_BASE_OS_LINUX_H

#include <stdint.h>

#include "base/error.h"

/* A file of @size bytes, all of them a hole, that lives in memory and
 * vanishes with its descriptor.  Returns the descriptor, or -1. */
int linux_memory_file(uint64_t size, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_BASE_OS_LINUX_H */
