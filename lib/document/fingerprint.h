/* fingerprint.h - lists of files and their MD5 sums, as the OS carries them
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A line has 32 hexadecimal digits, blanks, and a path, as of md5sum.  The
 * updater of 1.x refuses a root in which a listed file is another one.
 */
#ifndef BALIMG_DOCUMENT_FINGERPRINT_H
#define BALIMG_DOCUMENT_FINGERPRINT_H

#include <stdbool.h>

#include "base/buffer.h"

/* In @text, put the sum of @path, which begins with a slash, up to date with
 * the @len bytes of @data; NULL @data: it is listed no more.  *@changed: was
 * it listed, and with another sum? */
void fingerprint_update(struct buffer *text, const char *path,
			const void *data, size_t len, bool *changed);

#endif /* BALIMG_DOCUMENT_FINGERPRINT_H */
