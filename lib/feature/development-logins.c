/* development-logins.c - the logins at serial ports, before 2.85
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A link by the name serial-getty@TTY.service, or serial-getty115200@... where
 * the port has another rate than most, has the unit started that it leads to,
 * a template.  Images for production lacked the links, and had the templates
 * (see systemd-serialgetty in meta-balena).  ->links keeps by their names
 * {"before": what one said, null if there was none, "folder": it is new}.
 */
#include <config.h>

#include <ctype.h>
#include <string.h>

#include "base/ending.h"
#include "feature/development-logins.h"
#include "feature/development-ports.h"

#define UNITS	   "/lib/systemd/system/"
#define UNIT	   "serial-getty"
#define SUFFIX	   ".service"
#define NAME_LIMIT 96 /* bytes of a link's name */

/* ---- names and targets --------------------------------------------- */

/* Bytes of a link's @name up to its "@", that included; 0 if it is not of
 * this kind. */
static size_t
unit_length(const char *name)
{
	size_t len = stem_length(name, SUFFIX), at = strlen(UNIT), i;

	if (strlen(name) > NAME_LIMIT || strncmp(name, UNIT, at) != 0)
		return 0;
	at += strspn(name + at, "0123456789");
	if (name[at] != '@' || len <= ++at)
		return 0;
	for (i = at; i < len; i++) {
		if (!isalnum((unsigned char)name[i]) &&
		    !strchr("_-.", name[i]))
			return 0;
	}
	return at;
}

/* Does a link of this name have a template for its @target, as builds make
 * them? */
static bool
is_template(const char *name, const char *target)
{
	size_t len = unit_length(name);

	if (!len || !target)
		return false;
	if (!strncmp(target, "/usr/", 5))
		target += 4;
	if (strncmp(target, UNITS, strlen(UNITS)) != 0)
		return false;
	target += strlen(UNITS);
	return !strncmp(target, name, len) && !strcmp(target + len, SUFFIX);
}

static char *
path_of(const char *name, struct balimg_error *err)
{
	struct buffer path = BUFFER_INIT;

	buffer_printf(&path, DEVELOPMENT_LOGINS "/%s", name);
	return buffer_take(&path, NULL, err);
}

static int
list(const struct rootfs *root, struct volume_listing *listing,
     struct balimg_error *err)
{
	struct balimg_error why = { 0 };

	if (volume_list(root->vol, DEVELOPMENT_LOGINS, listing, &why) == 0 ||
	    error_is(&why, BALIMG_E_NOT_FOUND))
		return 0;
	return error_pass(err, &why);
}

/* ---- one link ------------------------------------------------------ */

/* *@target: what the link says, to be freed; NULL if there is none that starts
 * a login.  *@free: there is nothing of its name. */
static int
look_at(const struct rootfs *root, const char *name, char **target, bool *free,
	struct balimg_error *err)
{
	AUTO_FREE char *path = path_of(name, err);
	struct balimg_error why = { 0 };
	struct volume_entry entry;

	*target = NULL;
	*free = false;
	if (!path)
		return -1;
	if (volume_stat_link(root->vol, path, &entry, &why) < 0) {
		*free = error_is(&why, BALIMG_E_NOT_FOUND);
		return *free ? 0 : error_pass(err, &why);
	}
	if (is_template(name, entry.target))
		*target = STEAL(entry.target);
	volume_entry_clear(&entry);
	return 0;
}

/* *@made: there was no folder for the links. */
static int
make_link(struct development_scene *scene, const char *name, char *target,
	  bool *made, struct balimg_error *err)
{
	AUTO_FREE char *path = path_of(name, err);
	bool exists;

	if (!path || volume_exists(scene->root.vol, DEVELOPMENT_LOGINS,
				   &exists, err) < 0)
		return -1;
	*made = !exists;
	if (rootfs_mkdir(scene->c, &scene->root, DEVELOPMENT_LOGINS, 0755,
			 err) < 0)
		return -1;
	return rootfs_make_link(scene->c, &scene->root, path, target, err);
}

static int
remove_link(struct development_scene *scene, const char *name,
	    const char *target, struct balimg_error *err)
{
	AUTO_FREE char *path = path_of(name, err);

	return path ? rootfs_remove_link(scene->c, &scene->root, path, target,
					 err) :
		      -1;
}

/* Keep what a link said before it was first switched. */
static int
keep(struct development_scene *scene, const char *name, const char *before,
     bool folder, struct balimg_error *err)
{
	if (json_object_get(scene->links, name))
		return 0;
	return json_object_set_new(scene->links, name,
				   json_pack("{s:s?, s:b}", "before", before,
					     "folder", folder)) < 0 ?
		       error_nomem(err) :
		       0;
}

/* ---- switching ----------------------------------------------------- */

static int
switch_off(struct development_scene *scene,
	   const struct volume_listing *listing, struct balimg_error *err)
{
	const struct volume_entry *entry;
	size_t i;

	for (i = 0; i < listing->count; i++) {
		entry = &listing->entries[i];
		if (is_template(entry->name, entry->target)) {
			if (keep(scene, entry->name, entry->target, false,
				 err) < 0 ||
			    remove_link(scene, entry->name, entry->target,
					err) < 0)
				return -1;
		} else if (unit_length(entry->name)) {
			plan_note(scene->c->plan, PLAN_NOTE, entry->name,
				  "stays: it was not made by a build");
		}
	}
	return 0;
}

/* The template for a port of @rate, if there is one. */
static int
find_template(struct development_scene *scene, const char *rate,
	      struct buffer *path, bool *exists, struct balimg_error *err)
{
	buffer_printf(path, UNITS UNIT "%s@" SUFFIX, rate);
	if (path->failed)
		return error_nomem(err);
	return volume_exists(scene->root.vol, path->data, exists, err);
}

static int
make_login(struct development_scene *scene, const struct serial_port *port,
	   struct balimg_error *err)
{
	AUTO_BUFFER struct buffer template = BUFFER_INIT;
	AUTO_BUFFER struct buffer name = BUFFER_INIT;
	const char *rate = port->rate;
	AUTO_FREE char *target = NULL;
	bool exists, free, made;

	if (find_template(scene, rate, &template, &exists, err) < 0)
		return -1;
	if (!exists) {
		rate = "";
		buffer_free(&template);
		if (find_template(scene, rate, &template, &exists, err) < 0)
			return -1;
	}
	buffer_printf(&name, UNIT "%s@%s" SUFFIX, rate, port->name);
	if (name.failed)
		return error_nomem(err);
	if (look_at(&scene->root, name.data, &target, &free, err) < 0)
		return -1;
	if (!exists || !free)
		return 0;
	if (make_link(scene, name.data, template.data, &made, err) < 0)
		return -1;
	return keep(scene, name.data, NULL, made, err);
}

static int
switch_on(struct development_scene *scene, struct balimg_error *err)
{
	struct serial_ports found;
	size_t i;

	if (serial_ports_find(scene->root.os, &found, err) < 0)
		return -1;
	if (!found.count)
		plan_note(scene->c->plan, PLAN_NOTE, "dev",
			  "no serial port gets a login, as the boot partition "
			  "names none; name it there in cmdline.txt, "
			  "extra_uEnv.txt or grub.cfg (console=ttyS0,115200), "
			  "then dev on again");
	for (i = 0; i < found.count; i++) {
		if (make_login(scene, &found.ports[i], err) < 0)
			return -1;
	}
	return 0;
}

int
development_logins_switch(struct development_scene *scene,
			  struct balimg_error *err)
{
	AUTO_LISTING struct volume_listing listing = { 0 };
	int state;

	if (development_logins_look(&scene->root, &state, err) < 0)
		return -1;
	if (scene->on)
		return state == 0 ? switch_on(scene, err) : 0;
	if (list(&scene->root, &listing, err) < 0)
		return -1;
	return switch_off(scene, &listing, err);
}

/* ---- giving back --------------------------------------------------- */

static int
give_back(struct development_scene *scene, const char *name,
	  const json_t *entry, struct balimg_error *err)
{
	const json_t *before = json_object_get(entry, "before");
	AUTO_FREE char *target = NULL;
	AUTO_FREE char *old = NULL;
	bool free, made;

	if (!unit_length(name))
		return 0;
	if (look_at(&scene->root, name, &target, &free, err) < 0)
		return -1;
	if (json_is_string(before) && free &&
	    is_template(name, json_string_value(before))) {
		old = strdup(json_string_value(before));
		return old ? make_link(scene, name, old, &made, err) :
			     error_nomem(err);
	}
	if (!json_is_null(before) || !target)
		return 0;
	if (remove_link(scene, name, target, err) < 0)
		return -1;
	return json_is_true(json_object_get(entry, "folder")) ?
		       rootfs_rmdir(scene->c, &scene->root, DEVELOPMENT_LOGINS,
				    err) :
		       0;
}

int
development_logins_give_back(struct development_scene *scene, json_t *kept,
			     struct balimg_error *err)
{
	const char *name;
	json_t *entry;

	json_object_foreach(kept, name, entry) {
		if (give_back(scene, name, entry, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- looking ------------------------------------------------------- */

int
development_logins_look(const struct rootfs *root, int *state,
			struct balimg_error *err)
{
	AUTO_LISTING struct volume_listing listing = { 0 };
	bool exists;
	size_t i;

	if (list(root, &listing, err) < 0 ||
	    volume_exists(root->vol, UNITS UNIT "@" SUFFIX, &exists, err) < 0)
		return -1;
	*state = exists ? 0 : -1;
	for (i = 0; i < listing.count; i++) {
		if (is_template(listing.entries[i].name,
				listing.entries[i].target))
			*state = 1;
	}
	return 0;
}
