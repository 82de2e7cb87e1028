/* development-build.c - development mode where it was built into the root
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "balenaos/places.h"
#include "base/base64.h"
#include "base/digest.h"
#include "document/json.h"
#include "feature/development-build.h"
#include "feature/development-hostname.h"
#include "feature/development-logins.h"
#include "feature/development-parts.h"

#define KEPT "/.balimg-development" /* in the partition, not in a hostapp */

/* ---- what is kept ---------------------------------------------------- */

static void
sum_hex(const char *data, size_t len, char hex[2 * MD5_SIZE + 1])
{
	uint8_t sum[MD5_SIZE];

	digest_md5(data, len, sum);
	digest_hex(sum, sizeof(sum), hex);
}

/* Keep what a file held; NULL: there was none, and perhaps no @folder. */
static int
keep(struct development_scene *scene, const char *path, const char *before,
     size_t len, const struct buffer *after, bool folder,
     struct balimg_error *err)
{
	AUTO_FREE char *letters = NULL;
	char hex[2 * MD5_SIZE + 1];
	json_t *entry;

	if (before) {
		letters = malloc(BASE64_ENCODED_SIZE(len));
		if (!letters)
			return error_nomem(err);
		base64_encode(before, len, letters);
	}
	sum_hex(after->data, after->len, hex);
	entry = json_pack("{s:s?, s:s, s:b}", "before", letters, "after", hex,
			  "folder", folder);
	return json_object_set_new(scene->files, path, entry) < 0 ?
		       error_nomem(err) :
		       0;
}

/* The folder that a file is in, to be freed. */
static char *
folder_of(const char *path, struct balimg_error *err)
{
	char *folder = strndup(path, (size_t)(strrchr(path, '/') - path));

	if (!folder)
		error_nomem(err);
	return folder;
}

/* Remove what was not there, and its folder if that was not there either. */
static int
take_away(struct development_scene *scene, const char *path, bool folder,
	  struct balimg_error *err)
{
	AUTO_FREE char *name = folder_of(path, err);

	if (!name || rootfs_remove(scene->c, &scene->root, path, err) < 0)
		return -1;
	return folder ? rootfs_rmdir(scene->c, &scene->root, name, err) : 0;
}

/* Give the file back what it held, if it is as it was left. */
static int
give_back(struct development_scene *scene, const char *path,
	  const json_t *entry, struct balimg_error *err)
{
	json_t *before = json_object_get(entry, "before");
	const char *after = json_string_value(json_object_get(entry, "after"));
	AUTO_FREE uint8_t *data = NULL;
	AUTO_FREE char *text = NULL;
	char hex[2 * MD5_SIZE + 1];
	size_t len, letters;

	if (rootfs_read(&scene->root, path, &text, &len, err) < 0)
		return -1;
	sum_hex(text ? text : "", len, hex);
	if (!text || !after || strcmp(hex, after) != 0)
		return 0;
	if (json_is_null(before))
		return take_away(
			scene, path,
			json_is_true(json_object_get(entry, "folder")), err);
	letters = json_string_length(before);
	data = malloc(BASE64_DECODED_SIZE(letters) + 1);
	if (!data)
		return error_nomem(err);
	if (!json_is_string(before) ||
	    !base64_decode(json_string_value(before), letters, data, &len))
		return 0;
	return rootfs_write(scene->c, &scene->root, path, data, len, 0644,
			    err);
}

/* Only files that a part is: what is kept may come from anywhere. */
static int
give_files_back(struct development_scene *scene, const json_t *kept,
		struct balimg_error *err)
{
	const struct development_part *part;
	const json_t *entry;

	for (part = development_parts; part->path; part++) {
		entry = json_object_get(kept, part->path);
		if (entry && development_part_applies(part, scene->release) &&
		    give_back(scene, part->path, entry, err) < 0)
			return -1;
	}
	return 0;
}

static int
give_all_back(struct development_scene *scene, const json_t *state,
	      struct balimg_error *err)
{
	json_t *links = json_object_get(state, "links");
	json_t *hostname = json_object_get(state, "hostname");

	if (give_files_back(scene, json_object_get(state, "files"), err) < 0 ||
	    development_logins_give_back(scene, links, err) < 0)
		return -1;
	return development_hostname_give_back(scene, hostname, err);
}

/* Take over an object that is kept, if it is one. */
static void
go_on_with(json_t **member, const json_t *state, const char *name)
{
	json_t *kept = json_object_get(state, name);

	if (!json_is_object(kept))
		return;
	json_decref(*member);
	*member = json_incref(kept);
}

static int
load_kept(struct development_scene *scene, struct balimg_error *err)
{
	AUTO_FREE char *text = NULL;
	json_auto_t *state = NULL;
	struct balimg_error why = { 0 };
	size_t len;

	scene->files = json_object();
	scene->links = json_object();
	if (!scene->files || !scene->links)
		return error_nomem(err);
	if (rootfs_read(&scene->raw, KEPT, &text, &len, err) < 0)
		return -1;
	state = text ? json_text_parse(text, len, NULL, &why) : NULL;
	if (text && !state && !error_is_finding(&why))
		return error_pass(err, &why);
	if (state && json_is_true(json_object_get(state, "on")) != scene->on)
		return give_all_back(scene, state, err);
	go_on_with(&scene->files, state, "files");
	go_on_with(&scene->links, state, "links");
	go_on_with(&scene->hostname, state, "hostname");
	return 0;
}

static int
add_kept(json_t *state, const char *name, json_t *kept,
	 struct balimg_error *err)
{
	if (!json_object_size(kept))
		return 0;
	return json_object_set(state, name, kept) < 0 ? error_nomem(err) : 0;
}

static int
store_kept(struct development_scene *scene, struct balimg_error *err)
{
	json_auto_t *state = json_object();
	AUTO_FREE char *text = NULL;

	if (!state)
		return error_nomem(err);
	if (add_kept(state, "files", scene->files, err) < 0 ||
	    add_kept(state, "links", scene->links, err) < 0 ||
	    add_kept(state, "hostname", scene->hostname, err) < 0)
		return -1;
	if (!json_object_size(state))
		return rootfs_remove(scene->c, &scene->raw, KEPT, err);
	if (json_object_set_new(state, "on", json_boolean(scene->on)) < 0)
		return error_nomem(err);
	text = json_value_print(state, false, err);
	if (!text)
		return -1;
	return rootfs_write(scene->c, &scene->raw, KEPT, text, strlen(text),
			    0600, err);
}

/* ---- switching ------------------------------------------------------- */

/* Make the folder for a new file; *@made: there was none. */
static int
make_folder(struct development_scene *scene, const char *path, bool *made,
	    struct balimg_error *err)
{
	AUTO_FREE char *folder = folder_of(path, err);
	bool exists;

	if (!folder ||
	    volume_exists(scene->root.vol, folder, &exists, err) < 0)
		return -1;
	*made = !exists;
	return rootfs_mkdir(scene->c, &scene->root, folder, 0755, err);
}

static int
switch_part(struct development_scene *scene,
	    const struct development_part *part, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer edited = BUFFER_INIT;
	AUTO_FREE char *text = NULL;
	bool differs, made = false;
	size_t len;

	if (development_part_try(part, &scene->root, scene->release, scene->on,
				 &text, &len, &edited, &differs, err) < 0)
		return -1;
	if (!differs)
		return 0;
	if ((!text && make_folder(scene, part->path, &made, err) < 0) ||
	    (!json_object_get(scene->files, part->path) &&
	     keep(scene, part->path, text, len, &edited, made, err) < 0))
		return -1;
	return rootfs_write(scene->c, &scene->root, part->path, edited.data,
			    edited.len, 0644, err);
}

/* *@built: was the image built for development, as its root says, or said
 * before it was switched? */
static int
ask_build(struct development_scene *scene, bool *built,
	  struct balimg_error *err)
{
	const struct development_part *part = development_parts;
	int state = !scene->on;

	while (strcmp(part->path, PLACE_ROOT_OS_RELEASE) != 0)
		part++;
	if (!json_object_get(scene->files, part->path) &&
	    development_part_ask(part, &scene->root, scene->release, &state,
				 err) < 0)
		return -1;
	*built = state == 1;
	return 0;
}

static int
switch_parts(struct development_scene *scene, struct balimg_error *err)
{
	const struct development_part *part;
	bool built;

	if (load_kept(scene, err) < 0 || ask_build(scene, &built, err) < 0)
		return -1;
	for (part = development_parts; part->path; part++) {
		if (development_part_applies(part, scene->release) &&
		    switch_part(scene, part, err) < 0)
			return -1;
	}
	if (development_logins_switch(scene, err) < 0 ||
	    development_hostname_switch(scene, built, err) < 0)
		return -1;
	return store_kept(scene, err);
}

int
development_build_switch(struct customization *c, bool on,
			 struct balimg_error *err)
{
	struct development_scene scene = { .c = c, .on = on };
	int result;

	if (os_release(c->os, &scene.release, err) < 0 ||
	    rootfs_begin(c, &scene.root, err) < 0)
		return -1;
	scene.raw = scene.root;
	scene.raw.listed = false;
	scene.raw.vol = os_volume(scene.root.os, scene.root.at, err);
	if (!scene.raw.vol)
		return -1;
	result = switch_parts(&scene, err);
	json_decref(scene.files);
	json_decref(scene.links);
	json_decref(scene.hostname);
	if (result == 0)
		plan_note(c->plan, PLAN_NOTE, "dev",
			  "logins at a screen, and what the kernel and the "
			  "boot loader print at a console, stay as they were "
			  "built");
	return result;
}
