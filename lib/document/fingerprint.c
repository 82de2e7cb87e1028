/* fingerprint.c - lists of files and their MD5 sums, as the OS carries them
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "base/digest.h"
#include "document/fingerprint.h"

#define HEX_LEN ((size_t)(2 * MD5_SIZE)) /* digits of a sum */

/* Does the line of @len bytes at @line list @path? */
static bool
lists(const char *line, size_t len, const char *path)
{
	size_t skip;

	if (len < HEX_LEN)
		return false;
	skip = HEX_LEN + strspn(line + HEX_LEN, " ");
	return skip > HEX_LEN && skip < len && len - skip == strlen(path) &&
	       !memcmp(line + skip, path, len - skip);
}

void
fingerprint_update(struct buffer *text, const char *path, const void *data,
		   size_t len, bool *changed)
{
	uint8_t sum[MD5_SIZE];
	char hex[2 * MD5_SIZE + 1];
	size_t at, line;

	*changed = false;
	digest_md5(data ? data : "", len, sum);
	digest_hex(sum, sizeof(sum), hex);
	for (at = 0; at < text->len; at += line + 1) {
		line = strcspn(text->data + at, "\n");
		if (!lists(text->data + at, line, path))
			continue;
		if (!data) {
			buffer_splice(text, at,
				      line + (text->data[at + line] == '\n'),
				      "", 0);
			*changed = true;
		} else if (memcmp(text->data + at, hex, HEX_LEN) != 0) {
			memcpy(text->data + at, hex, HEX_LEN);
			*changed = true;
		}
		return;
	}
}
