/* folders.c - the folders that the device writes to by fatrw
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>

#include "balenaos/places.h"
#include "check/folders.h"

/* Up to 1.11 config.json has a volume of its own; all else is on boot. */
static const struct {
	bool config;
	const char *path;
} places[] = {
	{ true, "/" },
	{ false, "/" },
	{ false, PLACE_SPLASH_FOLDER },
	{ false, PLACE_CONNECTIONS },
	{ false, "/system-proxy" },
};

/* The volume of places[@which]; NULL with @err clear if it is the same as
 * another's. */
static struct volume *
find_volume(struct os *os, size_t which, size_t *at, struct balimg_error *err)
{
	struct volume *boot = os_boot(os, at, err);
	struct volume *config;

	if (!boot || !places[which].config)
		return boot;
	config = os_config_volume(os, at, err);
	return config == boot ? NULL : config;
}

int
check_next_folder(struct os *os, struct check_folder *folder,
		  struct balimg_error *err)
{
	size_t which;
	bool exists;
	size_t at;

	while (folder->next < sizeof(places) / sizeof(*places)) {
		which = folder->next++;
		folder->path = places[which].path;
		folder->vol = find_volume(os, which, &at, err);
		if (!folder->vol && err->code != BALIMG_OK)
			return -1;
		if (!folder->vol)
			continue;
		if (volume_exists(folder->vol, folder->path, &exists, err) < 0)
			return -1;
		if (!exists)
			continue;
		snprintf(folder->where, sizeof(folder->where), "%s:%s",
			 os_partition_title(os, at), folder->path);
		return 1;
	}
	return 0;
}
