/* size.h - sizes as people read them
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CLI_SIZE_H
#define BALIMG_CLI_SIZE_H

#include <stdint.h>

#define SIZE_TEXT 16 /* bytes that a text takes at most */

/* Write "512 B", "1.5 KiB", "40 MiB" into @text, and return it. */
const char *size_text(char text[SIZE_TEXT], uint64_t size);

#endif /* BALIMG_CLI_SIZE_H */
