/* development-build.c - development mode where it was built into the root
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "base/base64.h"
#include "base/digest.h"
#include "document/json.h"
#include "feature/development-build.h"
#include "feature/development-parts.h"

#define KEPT "/.balimg-development" /* in the partition, not in a hostapp */

/* An image of which parts are switched. */
struct scene {
	struct customization *c;
	const struct release *release;
	struct rootfs root;
	struct rootfs raw; /* the partition that it is in */
	json_t *kept;	   /* by path: {"before": base64 or null,
				   "after": MD5, "folder": it is new} */
	bool on;
};

static bool
applies(const struct development_part *part, const struct release *release)
{
	return (!part->since || release_at_least(release, part->since)) &&
	       (!part->until || !release_at_least(release, part->until));
}

/* *@text: the part's file, NULL if there is none; @edited: as it would be,
 * *@differs from what it is. */
static int
try_part(const struct development_part *part, const struct rootfs *root,
	 const struct release *release, bool on, char **text, size_t *len,
	 struct buffer *edited, bool *differs, struct balimg_error *err)
{
	if (rootfs_read(root, part->path, text, len, err) < 0)
		return -1;
	buffer_add(edited, *text ? *text : "", *len);
	if (edited->failed)
		return error_nomem(err);
	if (part->edit(part, root, release, on, edited, err) < 0)
		return error_wrap(err, "%s", part->path);
	*differs = edited->len != *len ||
		   (*text && *len && memcmp(edited->data, *text, *len) != 0);
	return 0;
}

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
keep(struct scene *scene, const char *path, const char *before, size_t len,
     const struct buffer *after, bool folder, struct balimg_error *err)
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
	return json_object_set_new(scene->kept, path, entry) < 0 ?
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
take_away(struct scene *scene, const char *path, bool folder,
	  struct balimg_error *err)
{
	AUTO_FREE char *name = folder_of(path, err);

	if (!name || rootfs_remove(scene->c, &scene->root, path, err) < 0)
		return -1;
	return folder ? rootfs_rmdir(scene->c, &scene->root, name, err) : 0;
}

/* Give the file back what it held, if it is as it was left. */
static int
give_back(struct scene *scene, const char *path, const json_t *entry,
	  struct balimg_error *err)
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
give_all_back(struct scene *scene, const json_t *kept,
	      struct balimg_error *err)
{
	const struct development_part *part;
	const json_t *entry;

	for (part = development_parts; part->path; part++) {
		entry = json_object_get(kept, part->path);
		if (entry && applies(part, scene->release) &&
		    give_back(scene, part->path, entry, err) < 0)
			return -1;
	}
	return 0;
}

static int
load_kept(struct scene *scene, struct balimg_error *err)
{
	AUTO_FREE char *text = NULL;
	json_auto_t *state = NULL;
	json_t *files;
	size_t len;

	scene->kept = json_object();
	if (!scene->kept)
		return error_nomem(err);
	if (rootfs_read(&scene->raw, KEPT, &text, &len, err) < 0)
		return -1;
	state = text ? json_text_parse(text, len, NULL, NULL) : NULL;
	files = json_object_get(state, "files");
	if (!json_is_object(files))
		return 0;
	if (json_is_true(json_object_get(state, "on")) != scene->on)
		return give_all_back(scene, files, err);
	json_decref(scene->kept);
	scene->kept = json_incref(files);
	return 0;
}

static int
store_kept(struct scene *scene, struct balimg_error *err)
{
	json_auto_t *state = NULL;
	AUTO_FREE char *text = NULL;

	if (!json_object_size(scene->kept))
		return rootfs_remove(scene->c, &scene->raw, KEPT, err);
	state = json_pack("{s:b, s:O}", "on", scene->on, "files", scene->kept);
	if (!state)
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
make_folder(struct scene *scene, const char *path, bool *made,
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
switch_part(struct scene *scene, const struct development_part *part,
	    struct balimg_error *err)
{
	AUTO_BUFFER struct buffer edited = BUFFER_INIT;
	AUTO_FREE char *text = NULL;
	bool differs, made = false;
	size_t len;

	if (try_part(part, &scene->root, scene->release, scene->on, &text,
		     &len, &edited, &differs, err) < 0)
		return -1;
	if (!differs)
		return 0;
	if ((!text && make_folder(scene, part->path, &made, err) < 0) ||
	    (!json_object_get(scene->kept, part->path) &&
	     keep(scene, part->path, text, len, &edited, made, err) < 0))
		return -1;
	return rootfs_write(scene->c, &scene->root, part->path, edited.data,
			    edited.len, 0644, err);
}

static int
switch_parts(struct scene *scene, struct balimg_error *err)
{
	const struct development_part *part;

	if (load_kept(scene, err) < 0)
		return -1;
	for (part = development_parts; part->path; part++) {
		if (applies(part, scene->release) &&
		    switch_part(scene, part, err) < 0)
			return -1;
	}
	return store_kept(scene, err);
}

int
development_build_switch(struct customization *c, bool on,
			 struct balimg_error *err)
{
	struct scene scene = { .c = c, .on = on };
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
	json_decref(scene.kept);
	if (result == 0)
		plan_note(
			c->plan, PLAN_NOTE, "dev",
			"logins at a serial console or a screen, and what the "
			"kernel and the boot loader print there, stay as they "
			"were built");
	return result;
}

/* ---- looking --------------------------------------------------------- */

/* *@state: 1 on, 0 off, -1 neither to be told. */
static int
ask_part(const struct development_part *part, const struct rootfs *root,
	 const struct release *release, int *state, struct balimg_error *err)
{
	bool differs[2];
	size_t len;
	int on;

	for (on = 0; on < 2; on++) {
		AUTO_BUFFER struct buffer edited = BUFFER_INIT;
		AUTO_FREE char *text = NULL;

		if (try_part(part, root, release, on, &text, &len, &edited,
			     &differs[on], err) < 0)
			return -1;
	}
	*state = differs[0] == differs[1] ? -1 : differs[0];
	return 0;
}

static json_t *
describe(json_t *parts, size_t on, size_t off, struct balimg_error *err)
{
	const char *reason = "the image does not tell how it was built";
	json_t *enabled = json_null();
	json_t *status;

	if (on && off)
		reason = "some parts are on, and some off";
	else if (on)
		reason = "the root file system is one for development";
	else if (off)
		reason = "the root file system is one for production";
	if (!on != !off)
		enabled = json_boolean(on);
	status = json_pack("{s:o, s:s, s:s, s:O}", "enabled", enabled, "era",
			   "build", "reason", reason, "parts", parts);
	if (!status)
		error_nomem(err);
	return status;
}

json_t *
development_build_status(struct os *os, struct balimg_error *err)
{
	const struct development_part *part;
	json_auto_t *parts = json_array();
	size_t count[2] = { 0, 0 };
	const struct release *release;
	struct rootfs root;
	json_t *row;
	int state;

	if (!parts) {
		error_nomem(err);
		return NULL;
	}
	if (os_release(os, &release, err) < 0 ||
	    rootfs_find(os, &root, err) < 0)
		return NULL;
	for (part = development_parts; part->path; part++) {
		if (!applies(part, release))
			continue;
		if (ask_part(part, &root, release, &state, err) < 0)
			return NULL;
		if (state < 0)
			continue;
		count[state]++;
		row = json_pack("{s:s, s:s, s:b}", "part", part->title, "file",
				part->path, "enabled", state);
		if (json_array_append_new(parts, row) < 0) {
			error_nomem(err);
			return NULL;
		}
	}
	return describe(parts, count[1], count[0], err);
}
