/* address.c - IMAGE:PART/PATH, a file inside an image
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>
#include <unistd.h>

#include "address.h"
#include "xalloc.h"

void
address_split(char *word, char **image, char **inside)
{
	char *whole = xasprintf("%s", word);
	char *first = strchr(word, ':');
	char *colon;

	*image = whole;
	*inside = word + strlen(word);
	if (!first || access(whole, F_OK) == 0)
		return;

	/* The image is what exists in front of a colon; file names may hold
	 * colons themselves. */
	for (colon = first; colon; colon = strchr(colon + 1, ':')) {
		whole[colon - word] = '\0';
		if (access(whole, F_OK) == 0) {
			*inside = colon + 1;
			return;
		}
		whole[colon - word] = ':';
	}
	whole[first - word] = '\0';
	*inside = first + 1;
}

void
address_inside(const char *inside, char **part, const char **path)
{
	const char *slash = strchr(inside, '/');

	if (!slash) {
		*part = xasprintf("%s", inside);
		*path = "/";
		return;
	}
	*part = xasprintf("%.*s", (int)(slash - inside), inside);
	*path = slash;
}

void
address_trim(char *inside)
{
	char *path = strchr(inside, '/');
	size_t len = path ? strlen(path) : 0;

	if (len > 2 && path[len - 1] == '/' && path[len - 2] != '/')
		path[len - 1] = '\0';
}
