/* cleanup.h - what a scope acquired, it releases
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * AUTO_FREE is for the tool's own memory, AUTO_TEXT for text that the library
 * returned, AUTO_JSON for a parsed answer, AUTO_FD for descriptors.
 */
#ifndef BALIMG_CLI_CLEANUP_H
#define BALIMG_CLI_CLEANUP_H

#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#include <balimg.h>

static inline void
release_memory(void *ptr)
{
	free(*(void **)ptr);
}

static inline void
release_text(char **text)
{
	balimg_free(*text);
}

static inline void
release_json(json_t **json)
{
	json_decref(*json);
}

static inline void
release_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define AUTO_FREE __attribute__((cleanup(release_memory)))
#define AUTO_TEXT __attribute__((cleanup(release_text)))
#define AUTO_JSON __attribute__((cleanup(release_json)))
#define AUTO_FD	  __attribute__((cleanup(release_fd)))

#endif /* BALIMG_CLI_CLEANUP_H */
