/* development-status.c - the parts of development mode, looked at
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "feature/development-build.h"
#include "feature/development-logins.h"
#include "feature/development-private.h"

/* ---- one part ------------------------------------------------------ */

bool
development_part_applies(const struct development_part *part,
			 const struct release *release)
{
	return (!part->since || release_at_least(release, part->since)) &&
	       (!part->until || !release_at_least(release, part->until));
}

int
development_part_try(const struct development_part *part,
		     const struct rootfs *root, const struct release *release,
		     bool on, char **text, size_t *len, struct buffer *edited,
		     bool *differs, struct balimg_error *err)
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

int
development_part_ask(const struct development_part *part,
		     const struct rootfs *root, const struct release *release,
		     int *state, struct balimg_error *err)
{
	bool differs[2];
	size_t len;
	int on;

	for (on = 0; on < 2; on++) {
		AUTO_BUFFER struct buffer edited = BUFFER_INIT;
		AUTO_FREE char *text = NULL;

		if (development_part_try(part, root, release, on, &text, &len,
					 &edited, &differs[on], err) < 0)
			return -1;
	}
	*state = differs[0] == differs[1] ? -1 : differs[0];
	return 0;
}

/* ---- looking --------------------------------------------------------- */

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

static int
add_part(json_t *parts, const char *title, const char *path, bool on,
	 struct balimg_error *err)
{
	json_t *row = json_pack("{s:s, s:s, s:b}", "part", title, "file", path,
				"enabled", on);

	return json_array_append_new(parts, row) < 0 ? error_nomem(err) : 0;
}

/* Add each part that tells its state; @count: how many are off, and on. */
static int
add_parts(json_t *parts, const struct rootfs *root,
	  const struct release *release, size_t count[2],
	  struct balimg_error *err)
{
	const struct development_part *part;
	int state;

	for (part = development_parts; part->path; part++) {
		if (!development_part_applies(part, release))
			continue;
		if (development_part_ask(part, root, release, &state, err) < 0)
			return -1;
		if (state < 0)
			continue;
		count[state]++;
		if (add_part(parts, part->title, part->path, state, err) < 0)
			return -1;
	}
	return 0;
}

/* A device without serial ports has no logins there, so that only their
 * being there says something. */
static int
add_logins(json_t *parts, const struct rootfs *root, size_t count[2],
	   struct balimg_error *err)
{
	int state;

	if (development_logins_look(root, &state, err) < 0)
		return -1;
	if (state < 0)
		return 0;
	count[1] += (size_t)state;
	return add_part(parts, "logins at serial ports", DEVELOPMENT_LOGINS,
			state, err);
}

json_t *
development_build_status(struct os *os, struct balimg_error *err)
{
	json_auto_t *parts = json_array();
	size_t count[2] = { 0, 0 };
	const struct release *release;
	struct rootfs root;

	if (!parts) {
		error_nomem(err);
		return NULL;
	}
	if (os_release(os, &release, err) < 0 ||
	    rootfs_find(os, &root, err) < 0 ||
	    add_parts(parts, &root, release, count, err) < 0 ||
	    add_logins(parts, &root, count, err) < 0)
		return NULL;
	return describe(parts, count[1], count[0], err);
}
