/* os-inner.c - the image that an installer carries
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * An installer (flasher) has the image that it will write to the device as a
 * file: in /opt of its root since 1.2, in its boot partition before (see
 * resin-image-flasher.bb).  That file is a disk image like any other; reads
 * and writes of it are those of a file in a volume.
 */
#include <config.h>

#include <string.h>

#include "balenaos/os-private.h"
#include "balenaos/places.h"
#include "base/buffer.h"
#include "base/ending.h"

/* The names that builds have given it. */
static bool
is_image_name(const char *name)
{
	static const char *const endings[] = {
		".balenaos-img", /* since 2.72.0 */
		".resinos-img",	 /* since 2.0.0 */
		".resin-sdcard", /* 1.x */
	};
	size_t i;

	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (ends_in(name, endings[i]))
			return true;
	return false;
}

/* ---- looking for it --------------------------------------------------- */

/* Take the image that directory @path of @vol has; *@name is NULL if it has
 * none. */
static int
pick_image(struct volume *vol, const char *path, char **name,
	   struct balimg_error *err)
{
	AUTO_LISTING struct volume_listing listing = { 0 };
	size_t i;

	*name = NULL;
	if (volume_list(vol, path, &listing, err) < 0)
		return error_is(err, BALIMG_E_NOT_FOUND) ?
			       (error_clear(err), 0) :
			       -1;
	for (i = 0; i < listing.count; i++) {
		if (listing.entries[i].directory ||
		    !is_image_name(listing.entries[i].name))
			continue;
		if (*name)
			return error_set(err, BALIMG_E_INVALID,
					 "the installer has two images, %s "
					 "and %s",
					 *name, listing.entries[i].name);
		*name = listing.entries[i].name;
		listing.entries[i].name = NULL;
	}
	return 0;
}

/* Look in @folder of partition @at; found if inner->path is set then. */
static int
look_in(struct os *os, size_t at, const char *folder, struct balimg_error *err)
{
	struct os_inner *inner = &os->inner;
	struct volume *vol = os_volume(os, at, err);
	AUTO_BUFFER struct buffer path = BUFFER_INIT;
	AUTO_FREE char *name = NULL;

	if (!vol || pick_image(vol, *folder ? folder : "/", &name, err) < 0)
		return -1;
	if (!name)
		return 0;
	buffer_printf(&path, "%s/%s.sig", folder, name);
	if (path.failed)
		return error_nomem(err);
	if (volume_exists(vol, path.data, &inner->carried.is_signed, err) < 0)
		return -1;
	path.data[path.len - strlen(".sig")] = '\0';
	inner->path = buffer_take(&path, NULL, err);
	inner->carried.path = inner->path;
	inner->carried.at = at;
	return inner->path ? 0 : -1;
}

static int
find_image(struct os *os, struct balimg_error *err)
{
	size_t i;

	for (i = 0; i < os->count && !os->inner.path; i++)
		if (os->partitions[i].role == OS_ROLE_ROOT_A &&
		    look_in(os, i, "/opt", err) < 0)
			return -1;
	if (!os->inner.path && look_in(os, os->boot, "", err) < 0)
		return -1;
	if (os->inner.path)
		return 0;
	return error_set(err, BALIMG_E_NOT_FOUND,
			 "the installer has no image to install");
}

/* ---- opening it ------------------------------------------------------- */

static int
open_inner(struct os *os, struct balimg_error *err)
{
	struct os_inner *inner = &os->inner;
	struct volume *vol = os_volume(os, inner->carried.at, err);

	if (!vol)
		return -1;
	inner->source = volume_open_file(vol, inner->path, err);
	if (!inner->source)
		return -1;
	inner->carried.size = source_size(inner->source);
	inner->os = os_open_titled(inner->source, "inner ", err);
	if (!inner->os)
		return error_wrap(err, "%s:%s",
				  os->places[inner->carried.at].title,
				  inner->path);
	inner->os->outer = os;
	os_set_means(inner->os, os->means);
	return 0;
}

struct os *
os_inner(struct os *os, struct balimg_error *err)
{
	struct os_inner *inner = &os->inner;
	bool flasher;

	if (inner->os)
		return inner->os;
	if (os_is_flasher(os, &flasher, err) < 0)
		return NULL;
	if (!flasher) {
		error_set(err, BALIMG_E_NOT_FOUND,
			  "this is no installer: there is no image in it");
		return NULL;
	}
	if (!inner->path && find_image(os, err) < 0)
		return NULL;
	if (open_inner(os, err) < 0) {
		source_close(inner->source);
		inner->source = NULL;
		return NULL;
	}
	return inner->os;
}

const struct os_carried *
os_inner_image(const struct os *os)
{
	return os->inner.os ? &os->inner.carried : NULL;
}

struct os *
os_outer(const struct os *os)
{
	return os->outer;
}

void
os_inner_close(struct os_inner *inner)
{
	os_close(inner->os);
	source_close(inner->source);
	free(inner->path);
}

/* ---- which of the two a file is in ------------------------------------ */

/* Does the installer copy @path of its boot partition to the device's?  See
 * resin-init-flasher in meta-balena. */
static bool
is_carried_over(const char *path)
{
	static const char *const folders[] = {
		PLACE_SPLASH_FOLDER "/",
		PLACE_CONNECTIONS "/",
		"/system-proxy/",
		"/dispatcher.d/",
	};
	size_t i, len;

	if (!strcmp(path, PLACE_CONFIG) || !strcmp(path, "/resinOS_uEnv.txt"))
		return true;
	/* The boot loader's configuration for the device itself. */
	if (ends_in(path, "/grub.cfg_internal") ||
	    ends_in(path, "/uEnv.txt_internal"))
		return true;
	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		len = strlen(folders[i]);
		if (!strncmp(path, folders[i], len) ||
		    (strlen(path) == len - 1 &&
		     !strncmp(path, folders[i], len - 1)))
			return true;
	}
	return false;
}

/* The role that @part is, OS_ROLE_NONE if it is the name of something. */
static enum os_role
role_called(const char *part)
{
	enum os_role role;

	for (role = OS_ROLE_BOOT; role <= OS_ROLE_EFI; role++)
		if (!strcmp(part, os_role_name(role)))
			return role;
	return OS_ROLE_NONE;
}

/* Is it the inner image's?  Roles are meant for what the device will have;
 * numbers and names are those of the image that they are in. */
static bool
belongs_within(struct os *os, const char *part, const char *path)
{
	enum os_role role = role_called(part);
	size_t at;

	if (role != OS_ROLE_NONE)
		return role != OS_ROLE_BOOT || !is_carried_over(path);
	return os_find_partition(os, part, &at, NULL) < 0;
}

void
os_keep_outer(struct os *os)
{
	os->inner.left_alone = true;
}

int
os_find_file(struct os *os, const char *part, const char *path,
	     struct os_spot *spot, struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	bool flasher = false;

	spot->raw = !strncmp(path, "//", 2);
	spot->path = path + spot->raw;
	spot->os = os;
	if (!os->inner.left_alone && os->boot != OS_NOWHERE &&
	    os_is_flasher(os, &flasher, err) < 0)
		return -1;
	if (flasher && belongs_within(os, part, spot->path)) {
		spot->os = os_inner(os, &why);
		if (!spot->os && !error_is(&why, BALIMG_E_NOT_FOUND))
			return error_pass(err, &why);
		if (!spot->os)
			spot->os = os;
	}
	return os_find_partition(spot->os, part, &spot->at, err);
}

struct volume *
os_spot_volume(const struct os_spot *spot, struct balimg_error *err)
{
	return spot->raw ? os_volume(spot->os, spot->at, err) :
			   os_view(spot->os, spot->at, err);
}
