/* apply-choose.c - what the updaters of old releases leave out
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "bundle/apply-private.h"

/* Up to 2.4, names "resin-boot" and "quirks" are skipped wherever they are,
 * and so are FIFOs. */
static bool
is_skipped(const char *path)
{
	static const char *const names[] = { "resin-boot", "quirks" };
	size_t i, len;

	for (; *path; path += len, path += *path == '/') {
		len = strcspn(path, "/");
		for (i = 0; i < 2; i++)
			if (len == strlen(names[i]) &&
			    !strncmp(path, names[i], len))
				return true;
	}
	return false;
}

int
apply_choose_plain(const struct apply_nodes *nodes,
		   const struct tree_entry *entry, const char **path,
		   struct balimg_error *err)
{
	size_t len = strlen(nodes->only);

	*path = entry->path;
	if (len) {
		if (strncmp(*path, nodes->only, len) != 0 ||
		    (*path)[len] != '/')
			*path = NULL;
		else
			*path += len + 1;
	} else if (is_skipped(*path)) {
		*path = NULL;
	}
	if (!*path || nodes->form == FORM_TAR)
		return 0;
	if (entry->type == TREE_FIFO) {
		*path = NULL;
		return 0;
	}
	if (entry->type == TREE_CHAR || entry->type == TREE_BLOCK ||
	    entry->type == TREE_SOCKET)
		return error_set(err, BALIMG_E_INVALID,
				 "%s is a device or socket, at which the "
				 "device's updater would stop",
				 entry->path);
	return 0;
}
