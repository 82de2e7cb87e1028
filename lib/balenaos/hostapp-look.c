/* hostapp-look.c - one name in layers that are laid over each other
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * In overlay2 a character device 0/0 hides a name of lower layers, and an
 * attribute of a directory hides all that is in its like below; others say
 * that content or name of something is elsewhere below, which the engine has
 * its layers free of.  In aufs files hide whose names begin with ".wh." (see
 * overlayfs.rst in Linux, and aufs(5)).
 */
#include <config.h>

#include <string.h>

#include "balenaos/hostapp-private.h"
#include "base/buffer.h"

#define AUFS_PREFIX "/.wh." /* of a name */
#define AUFS_OPAQUE "/.wh..wh..opq"
#define MARKS	    "trusted.overlay."
#define OPAQUE	    MARKS "opaque"
#define REDIRECT    MARKS "redirect"
#define METACOPY    MARKS "metacopy"

/* What a layer says of a name. */
enum word {
	WORD_NONE,
	WORD_HERE,
	WORD_GONE
};

char *
hostapp_raw_path(const struct hostapp *app, uint8_t at, const char *path,
		 struct balimg_error *err)
{
	bool boot = at == HOSTAPP_AT_BOOT;
	struct buffer raw = BUFFER_INIT;

	buffer_printf(&raw, "%s%s", boot ? app->boot : app->layers[at],
		      boot ? path + strlen(HOSTAPP_BOOT) : path);
	return buffer_take(&raw, NULL, err);
}

bool
hostapp_is_name(const struct hostapp *app, const char *path)
{
	const char *name = strrchr(path, '/');

	return !app->is_aufs || !name ||
	       strncmp(name, AUFS_PREFIX, strlen(AUFS_PREFIX)) != 0;
}

bool
hostapp_is_whiteout(const struct hostapp *app,
		    const struct volume_entry *entry)
{
	return !app->is_aufs && entry->special &&
	       !strcmp(entry->special, "character device") && !entry->major &&
	       !entry->minor;
}

bool
hostapp_is_mark(const char *xattr)
{
	return !strncmp(xattr, MARKS, strlen(MARKS));
}

/* *@there: is there anything at @path of the raw volume? */
static int
stat_raw(struct hostapp *app, const char *path, struct volume_entry *entry,
	 bool *there, struct balimg_error *err)
{
	struct balimg_error why = { 0 };

	*there = volume_stat_link(app->raw, path, entry, &why) == 0;
	if (*there || error_is(&why, BALIMG_E_NOT_FOUND))
		return 0;
	return error_pass(err, &why);
}

/* *@word: WORD_GONE if a file of aufs says that of the raw path @raw. */
static int
ask_aufs(struct hostapp *app, const char *raw, enum word *word,
	 struct balimg_error *err)
{
	AUTO_BUFFER struct buffer mark = BUFFER_INIT;
	struct volume_entry entry = { 0 };
	const char *slash = strrchr(raw, '/');
	bool there;

	buffer_printf(&mark, "%.*s" AUFS_PREFIX "%s", (int)(slash - raw), raw,
		      slash + 1);
	if (mark.failed)
		return error_nomem(err);
	if (stat_raw(app, mark.data, &entry, &there, err) < 0)
		return -1;
	volume_entry_clear(&entry);
	*word = there ? WORD_GONE : WORD_NONE;
	return 0;
}

static int
ask_layer(struct hostapp *app, uint8_t at, const char *path, enum word *word,
	  struct volume_entry *entry, struct balimg_error *err)
{
	AUTO_FREE char *raw = hostapp_raw_path(app, at, path, err);
	bool there;

	*entry = (struct volume_entry){ 0 };
	if (!raw || stat_raw(app, raw, entry, &there, err) < 0)
		return -1;
	*word = there ? WORD_HERE : WORD_NONE;
	if (at == HOSTAPP_AT_BOOT)
		return 0;
	if (!there)
		return app->is_aufs ? ask_aufs(app, raw, word, err) : 0;
	if (hostapp_is_whiteout(app, entry)) {
		volume_entry_clear(entry);
		*word = WORD_GONE;
	}
	return 0;
}

static int
is_opaque_in_aufs(struct hostapp *app, const char *raw, bool *opaque,
		  struct balimg_error *err)
{
	AUTO_BUFFER struct buffer mark = BUFFER_INIT;

	buffer_printf(&mark, "%s" AUFS_OPAQUE, raw);
	if (mark.failed)
		return error_nomem(err);
	return volume_exists(app->raw, mark.data, opaque, err);
}

static int
read_marks(struct hostapp *app, const char *raw, bool *opaque,
	   struct balimg_error *err)
{
	AUTO_XATTRS struct volume_xattrs xattrs = { 0 };
	const struct volume_xattr *xattr;
	size_t i;

	if (volume_list_xattrs(app->raw, raw, &xattrs, err) < 0)
		return -1;
	for (i = 0; i < xattrs.count; i++) {
		xattr = &xattrs.xattrs[i];
		if (!strcmp(xattr->name, OPAQUE) && xattr->len == 1 &&
		    *xattr->value == 'y')
			*opaque = true;
		if (!strcmp(xattr->name, REDIRECT) ||
		    !strcmp(xattr->name, METACOPY))
			return error_set(err, BALIMG_E_UNSUPPORTED,
					 "part of it is elsewhere in a lower "
					 "layer of the hostapp (%s), where "
					 "balimg does not look",
					 xattr->name);
	}
	return 0;
}

/* *@opaque: does what the layer has at @path hide what is in those below? */
static int
is_opaque(struct hostapp *app, uint8_t at, const char *path,
	  const struct volume_entry *entry, bool *opaque,
	  struct balimg_error *err)
{
	AUTO_FREE char *raw = NULL;

	*opaque = !entry->directory;
	if (entry->target || entry->special || (*opaque && app->is_aufs) ||
	    at == HOSTAPP_AT_BOOT)
		return 0;
	raw = hostapp_raw_path(app, at, path, err);
	if (!raw)
		return -1;
	return app->is_aufs ? is_opaque_in_aufs(app, raw, opaque, err) :
			      read_marks(app, raw, opaque, err);
}

/* Take layer @at, which says @entry, among those found; *@more: do the layers
 * below count? */
static int
take(struct hostapp *app, const char *path, uint8_t at,
     struct hostapp_set *found, struct volume_entry *top,
     struct volume_entry *entry, bool *more, struct balimg_error *err)
{
	bool opaque;

	if (found->count && !entry->directory) {
		*more = false;
		volume_entry_clear(entry);
		return 0;
	}
	if (is_opaque(app, at, path, entry, &opaque, err) < 0) {
		volume_entry_clear(entry);
		return -1;
	}
	if (!found->count)
		*top = *entry;
	else
		volume_entry_clear(entry);
	found->at[found->count++] = at;
	*more = !opaque;
	return 0;
}

static int
look_through(struct hostapp *app, const struct hostapp_set *dir,
	     const char *path, struct hostapp_set *found,
	     struct volume_entry *top, struct balimg_error *err)
{
	struct volume_entry entry;
	bool more = true;
	enum word word;
	size_t i;

	for (i = 0; i < dir->count && more; i++) {
		if (ask_layer(app, dir->at[i], path, &word, &entry, err) < 0)
			return -1;
		if (word == WORD_HERE && take(app, path, dir->at[i], found,
					      top, &entry, &more, err) < 0)
			return -1;
		more = more && word != WORD_GONE;
	}
	return 0;
}

int
hostapp_look_up(struct hostapp *app, const struct hostapp_set *dir,
		const char *path, struct hostapp_set *found,
		struct volume_entry *entry, struct balimg_error *err)
{
	static const struct hostapp_set boot = { 1, { HOSTAPP_AT_BOOT } };
	struct volume_entry top = { 0 };
	int result = 0;

	found->count = 0;
	if (app->boot && !strcmp(path, HOSTAPP_BOOT)) {
		*found = boot;
		result = volume_stat(app->raw, app->boot, &top, err);
	} else if (hostapp_is_name(app, path)) {
		result = look_through(app, dir, path, found, &top, err);
	}
	if (result < 0 || !entry)
		volume_entry_clear(&top);
	if (entry)
		*entry = top;
	return result;
}
