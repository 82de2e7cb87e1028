/* route.c - what is left of a path that is being followed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "volume/route.h"

#define LINKS_MAX 40 /* symbolic links on the way */

int
route_begin(struct route *route, const char *path, struct balimg_error *err)
{
	*route = (struct route){ .left = strdup(path) };
	return route->left ? 0 : error_nomem(err);
}

void
route_clear(struct route *route)
{
	free(route->left);
	*route = (struct route){ 0 };
}

size_t
route_next_name(struct route *route, const char **name)
{
	size_t len;

	route->skip += strspn(route->left + route->skip, "/");
	*name = route->left + route->skip;
	len = strcspn(*name, "/");
	route->skip += len;
	return len;
}

bool
route_is_last(const struct route *route)
{
	const char *left = route->left + route->skip;

	return !left[strspn(left, "/")];
}

int
route_enter_link(struct route *route, const char *text,
		 struct balimg_error *err)
{
	AUTO_BUFFER struct buffer left = BUFFER_INIT;
	char *path;

	if (++route->links > LINKS_MAX)
		return error_set(err, BALIMG_E_INVALID,
				 "more than %d symbolic links", LINKS_MAX);
	buffer_printf(&left, "%s/%s", text, route->left + route->skip);
	path = buffer_take(&left, NULL, err);
	if (!path)
		return -1;
	free(route->left);
	route->left = path;
	route->skip = 0;
	return 0;
}
