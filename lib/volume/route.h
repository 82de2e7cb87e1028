/* route.h - what is left of a path that is being followed
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * It is kept as text, in front of which the text of a symbolic link is put
 * when one is met.  For the engines, which look up its names one after the
 * other.
 */
#ifndef BALIMG_VOLUME_ROUTE_H
#define BALIMG_VOLUME_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct route {
	char *left;	/* owned */
	size_t skip;	/* bytes of it that are done */
	unsigned links; /* met so far */
};

int route_begin(struct route *route, const char *path,
		struct balimg_error *err) MUST_USE;
void route_clear(struct route *route);

/* Take the next name off what is left; its length, 0 at the end. */
size_t route_next_name(struct route *route, const char **name);

/* Is there no name after the one that was taken? */
bool route_is_last(const struct route *route);

/* Put @text, that of a symbolic link, in front of what is left.
 * BALIMG_E_INVALID at more links than Linux follows. */
int route_enter_link(struct route *route, const char *text,
		     struct balimg_error *err) MUST_USE;

#endif /* BALIMG_VOLUME_ROUTE_H */
