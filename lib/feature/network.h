/* network.h - NetworkManager profiles that the OS copies at boot
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every file in the boot volume's system-connections/ goes to
 * NetworkManager, which ignores some names: samples end in ".ignore".
 */
#ifndef BALIMG_FEATURE_NETWORK_H
#define BALIMG_FEATURE_NETWORK_H

#include <jansson.h>

#include "feature/customize.h"

#define NETWORK_LIMIT (256u << 10) /* bytes of a profile, at most */

/* The edits. */
int network_add(struct customization *c, const struct edit *edit,
		struct balimg_error *err) MUST_USE;
int network_wifi(struct customization *c, const struct edit *edit,
		 struct balimg_error *err) MUST_USE;
int network_remove(struct customization *c, const struct edit *edit,
		   struct balimg_error *err) MUST_USE;

/* Store the profile @text under @name; @network_add and @network_wifi. */
int network_put(struct customization *c, const char *name, const char *text,
		size_t len, struct balimg_error *err) MUST_USE;

/* [{"file", "id", "type", "ssid", "ignored", "reason", "text"}]: ignored is
 * true for names that NetworkManager does not read, with the reason; id, type
 * and ssid are null where a file does not tell; text is the profile, its
 * secrets hidden unless @flags has BALIMG_SHOW_SECRETS. */
json_t *network_list(struct os *os, unsigned flags, struct balimg_error *err)
	MUST_USE;

#endif /* BALIMG_FEATURE_NETWORK_H */
