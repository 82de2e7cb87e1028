/* rootfs.c - files of the system itself, edited for a feature
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "balenaos/boot-choice.h"
#include "base/io.h"
#include "document/fingerprint.h"
#include "feature/describe.h"
#include "feature/rootfs.h"

#define FILE_LIMIT	  (1u << 20) /* bytes of a file that is edited */
#define FINGERPRINT_LIMIT (8u << 20)
#define LINKS_MAX	  8

/* ---- finding it ---------------------------------------------------- */

int
rootfs_find(struct os *os, struct rootfs *root, struct balimg_error *err)
{
	bool flasher = false;

	if (!os_outer(os) && os_is_flasher(os, &flasher, err) < 0)
		return -1;
	root->os = flasher ? os_inner(os, err) : os;
	if (!root->os)
		return -1;
	if (boot_find_started(root->os, &root->at, err) < 0)
		return -1;
	if (root->at == BOOT_NOWHERE)
		return error_set(err, BALIMG_E_NOT_FOUND,
				 "the image has no root file system, in which "
				 "this release keeps it");
	root->listed = true;
	root->vol = os_view(root->os, root->at, err);
	return root->vol ? 0 : -1;
}

int
rootfs_begin(struct customization *c, struct rootfs *root,
	     struct balimg_error *err)
{
	if (rootfs_find(c->os, root, err) < 0)
		return -1;
	return customize_check_inner(c, root->os, err);
}

int
rootfs_is_before(struct os *os, const char *since, bool *before,
		 struct balimg_error *err)
{
	const struct release *release;

	if (os_release(os, &release, err) < 0)
		return -1;
	*before = release && release->parsed &&
		  !release_at_least(release, since);
	return 0;
}

/* ---- reading ------------------------------------------------------- */

static int
within(const struct rootfs *root, int ret, struct balimg_error *err)
{
	if (ret < 0)
		error_wrap(err, "%s", os_partition_title(root->os, root->at));
	return ret;
}

static int
read_up_to(const struct rootfs *root, const char *path, size_t limit,
	   char **text, size_t *len, struct balimg_error *err)
{
	bool exists;

	*text = NULL;
	*len = 0;
	if (volume_exists(root->vol, path, &exists, err) < 0)
		return -1;
	if (!exists)
		return 0;
	return volume_read_file(root->vol, path, limit, text, len, err);
}

int
rootfs_read(const struct rootfs *root, const char *path, char **text,
	    size_t *len, struct balimg_error *err)
{
	return within(root, read_up_to(root, path, FILE_LIMIT, text, len, err),
		      err);
}

/* ---- writing ------------------------------------------------------- */

static int
record(struct customization *c, const struct rootfs *root, const char *path,
       const char *before, const char *after, struct balimg_error *err)
{
	AUTO_FREE char *where = customize_where(root->os, root->at, path, err);

	if (!where)
		return -1;
	plan_change(c->plan, where, before, after, false);
	customize_wrote(c, root->os, root->at);
	return 0;
}

/* Write what is known to differ from @old (NULL: there is nothing). */
static int
replace(struct customization *c, const struct rootfs *root, const char *path,
	const char *old, size_t old_len, const void *data, size_t len,
	struct balimg_error *err)
{
	char before[DESCRIPTION_SIZE];
	char after[DESCRIPTION_SIZE];

	if (volume_write_file(root->vol, path, data, len, 0, err) < 0)
		return -1;
	if (old)
		describe_bytes(old, old_len, before);
	describe_bytes(data, len, after);
	return record(c, root, path, old ? before : NULL, after, err);
}

/* The file that @path leads to, where the way is one of absolute links: to be
 * freed. */
static char *
follow(const struct rootfs *root, const char *path, struct balimg_error *err)
{
	AUTO_FREE char *at = strdup(path);
	struct balimg_error why = { 0 };
	struct volume_entry entry;
	int i;

	for (i = 0; at && i < LINKS_MAX; i++) {
		if (volume_stat_link(root->vol, at, &entry, &why) < 0) {
			if (error_is_finding(&why))
				break;
			error_pass(err, &why);
			return NULL;
		}
		if (!entry.target || *entry.target != '/') {
			volume_entry_clear(&entry);
			break;
		}
		free(at);
		at = STEAL(entry.target);
		volume_entry_clear(&entry);
	}
	if (!at)
		error_nomem(err);
	return STEAL(at);
}

/* NULL @data: the file is gone. */
static int
update_list(struct customization *c, const struct rootfs *root,
	    const char *list, const char *path, const void *data, size_t len,
	    struct balimg_error *err)
{
	AUTO_BUFFER struct buffer text = BUFFER_INIT;
	AUTO_FREE char *old = NULL;
	size_t old_len;
	bool changed;

	if (read_up_to(root, list, FINGERPRINT_LIMIT, &old, &old_len, err) < 0)
		return -1;
	if (!old)
		return 0;
	buffer_add(&text, old, old_len);
	if (text.failed)
		return error_nomem(err);
	fingerprint_update(&text, path, data, len, &changed);
	if (!changed)
		return 0;
	return replace(c, root, list, old, old_len, text.data, text.len, err);
}

static int
update_fingerprints(struct customization *c, const struct rootfs *root,
		    const char *path, const void *data, size_t len,
		    struct balimg_error *err)
{
	static const char *const lists[] = {
		"/resin-root.fingerprint", /* 1.x */
		"/resinos.fingerprint",	   /* since 2.0.0 */
		"/balenaos.fingerprint",   /* since 2.72.0 */
	};
	AUTO_FREE char *real = NULL;
	size_t i;

	if (!root->listed)
		return 0;
	real = follow(root, path, err);
	for (i = 0; real && i < sizeof(lists) / sizeof(*lists); i++) {
		if (update_list(c, root, lists[i], real, data, len, err) < 0)
			return -1;
	}
	return real ? 0 : -1;
}

int
rootfs_write(struct customization *c, const struct rootfs *root,
	     const char *path, const void *data, size_t len, unsigned mode,
	     struct balimg_error *err)
{
	AUTO_FREE char *old = NULL;
	size_t old_len;

	if (rootfs_read(root, path, &old, &old_len, err) < 0)
		return -1;
	if (old && old_len == len && !memcmp(old, data, len))
		return 0;
	if (replace(c, root, path, old, old_len, data, len, err) < 0 ||
	    (!old && volume_set_mode(root->vol, path, mode, err) < 0) ||
	    update_fingerprints(c, root, path, data, len, err) < 0)
		return within(root, -1, err);
	return 0;
}

int
rootfs_mkdir(struct customization *c, const struct rootfs *root,
	     const char *path, unsigned mode, struct balimg_error *err)
{
	bool exists;

	if (volume_exists(root->vol, path, &exists, err) < 0)
		return within(root, -1, err);
	if (exists)
		return 0;
	if (volume_mkdir(root->vol, path, err) < 0 ||
	    volume_set_mode(root->vol, path, mode, err) < 0)
		return within(root, -1, err);
	return record(c, root, path, NULL, "directory", err);
}

int
rootfs_rmdir(struct customization *c, const struct rootfs *root,
	     const char *path, struct balimg_error *err)
{
	AUTO_LISTING struct volume_listing listing = { 0 };

	if (volume_list(root->vol, path, &listing, err) < 0)
		return within(root, -1, err);
	if (listing.count)
		return 0;
	if (volume_remove(root->vol, path, 0, err) < 0)
		return within(root, -1, err);
	return record(c, root, path, "directory", NULL, err);
}

int
rootfs_remove(struct customization *c, const struct rootfs *root,
	      const char *path, struct balimg_error *err)
{
	char before[DESCRIPTION_SIZE];
	AUTO_FREE char *old = NULL;
	size_t len;

	if (rootfs_read(root, path, &old, &len, err) < 0)
		return -1;
	if (!old)
		return 0;
	describe_bytes(old, len, before);
	if (update_fingerprints(c, root, path, NULL, 0, err) < 0 ||
	    volume_remove(root->vol, path, 0, err) < 0)
		return within(root, -1, err);
	return record(c, root, path, before, NULL, err);
}

/* ---- links --------------------------------------------------------- */

static int
record_link(struct customization *c, const struct rootfs *root,
	    const char *path, const char *target, bool gone,
	    struct balimg_error *err)
{
	AUTO_BUFFER struct buffer text = BUFFER_INIT;

	buffer_printf(&text, "link to %s", target);
	if (text.failed)
		return error_nomem(err);
	return record(c, root, path, gone ? text.data : NULL,
		      gone ? NULL : text.data, err);
}

int
rootfs_make_link(struct customization *c, const struct rootfs *root,
		 const char *path, char *target, struct balimg_error *err)
{
	struct volume_entry link = {
		.special = "symlink",
		.target = target,
		.mode = 0777,
		.modified = io_now(),
	};

	if (volume_create(root->vol, path, &link, NULL, NULL, err) < 0)
		return within(root, -1, err);
	return record_link(c, root, path, target, false, err);
}

int
rootfs_remove_link(struct customization *c, const struct rootfs *root,
		   const char *path, const char *target,
		   struct balimg_error *err)
{
	if (volume_remove(root->vol, path, 0, err) < 0)
		return within(root, -1, err);
	return record_link(c, root, path, target, true, err);
}
