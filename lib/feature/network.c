/* network.c - NetworkManager profiles that the OS copies at boot
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "balenaos/fatrw.h"
#include "balenaos/places.h"
#include "document/keyfile.h"
#include "feature/network.h"

/* ---- names --------------------------------------------------------- */

/* Can a FAT directory hold a file of this name, and nothing but a file? */
static int
check_name(const char *name, struct balimg_error *err)
{
	size_t len = strlen(name);
	const char *at;

	if (!len || len > 200)
		return error_set(err, BALIMG_E_INVALID,
				 "a file name has 1 to 200 bytes");
	for (at = name; *at; at++) {
		if ((unsigned char)*at < ' ' || strchr("\"*/:<>?\\|\177", *at))
			return error_set(err, BALIMG_E_INVALID,
					 "the file name %s holds a character "
					 "that a FAT volume does not take",
					 name);
	}
	if (name[len - 1] == '.' || name[len - 1] == ' ' || name[0] == ' ')
		return error_set(err, BALIMG_E_INVALID,
				 "the file name \"%s\" begins or ends in a "
				 "blank or dot",
				 name);
	return 0;
}

/* Refuse a name that would leave the profile unread. */
static int
need_read_name(struct customization *c, const char *name,
	       struct balimg_error *err)
{
	const char *reason;

	if (check_name(name, err) < 0)
		return -1;
	if (keyfile_name_is_read(name, &reason))
		return 0;
	error_set(err, BALIMG_E_REFUSED,
		  "NetworkManager would ignore a file named %s: %s", name,
		  reason);
	error_hint(err, "name it without a suffix, or .nmconnection");
	return customize_overrides(c, name, err) ? 0 : -1;
}

/* "/system-connections/NAME", to be freed */
static char *
file_path(const char *name, struct balimg_error *err)
{
	struct buffer path = BUFFER_INIT;

	buffer_printf(&path, "%s/%s", PLACE_CONNECTIONS, name);
	return buffer_take(&path, NULL, err);
}

/* The boot volume of an OS that has NetworkManager. */
static struct volume *
find_boot(struct customization *c, size_t *at, struct balimg_error *err)
{
	struct volume *boot = os_boot(c->os, at, err);

	if (!boot || customize_needs(c->os, "NetworkManager profiles",
				     SINCE_SYSTEM_CONNECTIONS, err) < 0)
		return NULL;
	return boot;
}

/* ---- add ----------------------------------------------------------- */

static int
refuse_wep(const struct keyfile *keyfile, struct balimg_error *err)
{
	if (!keyfile_uses_wep(keyfile))
		return 0;
	error_set(err, BALIMG_E_REFUSED,
		  "WEP protects nothing, and newer devices cannot join it");
	return error_hint(err, "set the network to WPA2 or WPA3");
}

/* Judge the profile as NetworkManager would. */
static int
check_profile(struct customization *c, const char *name, const char *text,
	      size_t len, struct balimg_error *err)
{
	AUTO_KEYFILE struct keyfile *keyfile = keyfile_parse(text, len, err);

	if (!keyfile)
		return error_wrap(err, "%s", name);
	if ((keyfile_check(keyfile, err) < 0 ||
	     refuse_wep(keyfile, err) < 0) &&
	    !customize_overrides(c, name, err))
		return error_wrap(err, "%s", name);
	keyfile_advise(keyfile, c->plan, name);
	return 0;
}

static int
need_folder(struct volume *boot, struct balimg_error *err)
{
	bool exists;

	if (volume_exists(boot, PLACE_CONNECTIONS, &exists, err) < 0)
		return -1;
	return exists ? 0 : volume_mkdir(boot, PLACE_CONNECTIONS, err);
}

/* Read the file if it is there, else *@text is NULL. */
static int
read_if_any(struct volume *boot, const char *path, char **text, size_t *len,
	    struct balimg_error *err)
{
	*text = NULL;
	*len = 0;
	if (volume_read_file(boot, path, NETWORK_LIMIT, text, len, err) < 0) {
		if (!error_is(err, BALIMG_E_NOT_FOUND))
			return -1;
		error_clear(err);
	}
	return 0;
}

/* Record the change, with what may be seen of it. */
static int
record(struct customization *c, const char *where, const char *old,
       size_t old_len, const char *new, size_t new_len,
       struct balimg_error *err)
{
	AUTO_FREE char *old_shown = NULL;
	AUTO_FREE char *new_shown = NULL;

	if (old) {
		old_shown = keyfile_redact(old, old_len, err);
		if (!old_shown)
			return -1;
	}
	if (new) {
		new_shown = keyfile_redact(new, new_len, err);
		if (!new_shown)
			return -1;
	}
	plan_change_shown(c->plan, where, old, old_shown, new, new_shown);
	return 0;
}

/* Write @text to @path of the boot volume unless it is there. */
static int
store(struct customization *c, struct volume *boot, size_t at,
      const char *path, const char *text, size_t len, struct balimg_error *err)
{
	AUTO_FREE char *where = customize_where(c->os, at, path, err);
	AUTO_FREE char *old = NULL;
	size_t old_len;

	if (!where || read_if_any(boot, path, &old, &old_len, err) < 0)
		return -1;
	if (old && old_len == len && !memcmp(old, text, len))
		return 0;
	if (need_folder(boot, err) < 0 ||
	    record(c, where, old, old_len, text, len, err) < 0 ||
	    volume_write_file(boot, path, text, len, VOLUME_WIPE_OLD, err) <
		    0 ||
	    fatrw_clean(boot, path, where, c->plan, err) < 0)
		return -1;
	customize_wrote(c, c->os, at);
	return 0;
}

int
network_put(struct customization *c, const char *name, const char *text,
	    size_t len, struct balimg_error *err)
{
	AUTO_FREE char *stored = NULL;
	AUTO_FREE char *path = NULL;
	struct volume *boot;
	size_t stored_len, at;

	if (len > NETWORK_LIMIT)
		return error_set(err, BALIMG_E_INVALID,
				 "%s has %zu bytes: no network profile", name,
				 len);
	if (need_read_name(c, name, err) < 0 ||
	    check_profile(c, name, text, len, err) < 0)
		return -1;
	stored = keyfile_normalise(text, len, &stored_len, err);
	path = stored ? file_path(name, err) : NULL;
	boot = path ? find_boot(c, &at, err) : NULL;
	if (!boot)
		return -1;
	if (store(c, boot, at, path, stored, stored_len, err) < 0)
		return error_wrap(err, "%s", os_partition_title(c->os, at));
	return 0;
}

int
network_add(struct customization *c, const struct edit *edit,
	    struct balimg_error *err)
{
	return network_put(c, edit->name, edit->data, edit->len, err);
}

/* ---- remove -------------------------------------------------------- */

static int
say_not_there(struct volume *boot, const char *name, struct balimg_error *err)
{
	AUTO_LISTING struct volume_listing files = { 0 };
	AUTO_BUFFER struct buffer names = BUFFER_INIT;
	struct balimg_error unseen = { 0 };
	size_t i;

	if (volume_list(boot, PLACE_CONNECTIONS, &files, &unseen) == 0) {
		for (i = 0; i < files.count; i++)
			buffer_printf(&names, "%s%s", i ? ", " : "",
				      files.entries[i].name);
	}
	error_set(err, BALIMG_E_NOT_FOUND, "there is no network file %s",
		  name);
	return error_hint(err, "the image has %s",
			  names.len ? names.data : "none");
}

/* The OS copies files from the boot volume, and never takes a copy away. */
static void
note_copy(struct customization *c, size_t at, const char *where)
{
	const struct os_partition *boot = os_get_partition(c->os, at);

	/* A first boot gives the volume such an id. */
	if (!strncasecmp(boot->identity.uuid, "BDEF", 4))
		plan_note(c->plan, PLAN_NOTE, where,
			  "the device has booted and keeps its own copy");
}

static int
remove_file(struct customization *c, struct volume *boot, size_t at,
	    const char *name, struct balimg_error *err)
{
	AUTO_FREE char *path = file_path(name, err);
	AUTO_FREE char *where = NULL;
	AUTO_FREE char *old = NULL;
	size_t len;

	where = path ? customize_where(c->os, at, path, err) : NULL;
	if (!where || read_if_any(boot, path, &old, &len, err) < 0)
		return -1;
	if (!old)
		return say_not_there(boot, name, err);
	if (record(c, where, old, len, NULL, 0, err) < 0 ||
	    volume_remove(boot, path, VOLUME_WIPE_OLD, err) < 0 ||
	    fatrw_clean(boot, path, where, c->plan, err) < 0)
		return -1;
	note_copy(c, at, where);
	customize_wrote(c, c->os, at);
	return 0;
}

int
network_remove(struct customization *c, const struct edit *edit,
	       struct balimg_error *err)
{
	struct volume *boot;
	size_t at;

	boot = find_boot(c, &at, err);
	if (!boot || check_name(edit->name, err) < 0)
		return -1;
	if (remove_file(c, boot, at, edit->name, err) < 0)
		return error_wrap(err, "%s", os_partition_title(c->os, at));
	return 0;
}
