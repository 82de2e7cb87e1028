/* files.c - any file in any volume of the image, edited
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "balenaos/config-file.h"
#include "balenaos/fatrw.h"
#include "balenaos/places.h"
#include "feature/config.h"
#include "feature/describe.h"
#include "feature/files.h"

/* Who boots looks for these; see meta-balena's image-balena.bbclass. */
static const char *const flag_files[] = {
	"/balena-image",
	"/balena-image-flasher",
	"/resin-image",
	"/resin-image-flasher",
};

/* The file that an edit names. */
struct target {
	struct os *os; /* the image, or the one within an installer */
	struct volume *vol;
	size_t at;	  /* its partition */
	const char *path; /* there, lent by the edit */
	char *where;	  /* for plan and errors */
	bool config;	  /* it is the config.json that the OS reads */
};

static void
clear_target(struct target *target)
{
	free(target->where);
}

#define AUTO_TARGET __attribute__((cleanup(clear_target)))

static int
find_target(struct customization *c, const char *name, struct target *target,
	    struct balimg_error *err)
{
	AUTO_FREE char *part = NULL;
	const char *path = strchr(name, '/');
	struct os_spot spot;

	if (!path)
		return error_set(err, BALIMG_E_USAGE,
				 "\"%s\" names no file: it is PART/PATH",
				 name);
	part = strndup(name, (size_t)(path - name));
	if (!part)
		return error_nomem(err);
	if (os_find_file(c->os, part, path, &spot, err) < 0 ||
	    customize_check_inner(c, spot.os, err) < 0)
		return -1;
	target->os = spot.os;
	target->at = spot.at;
	target->path = spot.path;
	if (os_prepare_edit(target->os, target->at, err) < 0)
		return -1;
	target->vol = os_spot_volume(&spot, err);
	if (!target->vol)
		return -1;
	target->where = customize_where(target->os, target->at, path, err);
	if (!target->where)
		return -1;
	return config_is_at(c, &spot, &target->config, err);
}

/* Say in which partition it happened. */
static int
within(const struct target *target, int ret, struct balimg_error *err)
{
	if (ret < 0)
		error_wrap(err, "%s",
			   os_partition_title(target->os, target->at));
	return ret;
}

/* ---- what is not touched ------------------------------------------- */

static bool
ends_in(const char *text, const char *end)
{
	size_t len = strlen(text);
	size_t end_len = strlen(end);

	return len >= end_len && !strcasecmp(text + len - end_len, end);
}

/* Is there a signature over the file, or is it part of one? */
static int
is_signed(const struct target *target, bool *is, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer beside = BUFFER_INIT;

	*is = ends_in(target->path, ".sig") ||
	      !strncasecmp(target->path, "/balena-keys/", 13);
	if (*is)
		return 0;
	buffer_printf(&beside, "%s.sig", target->path);
	if (beside.failed)
		return error_nomem(err);
	return volume_exists(target->vol, beside.data, is, err);
}

static int
need_unsigned(struct customization *c, const struct target *target,
	      struct balimg_error *err)
{
	bool is;

	if (is_signed(target, &is, err) < 0)
		return -1;
	if (!is)
		return 0;
	error_set(err, BALIMG_E_REFUSED,
		  "is part of secure boot: the device would not accept a "
		  "change");
	if (customize_overrides(c, target->where, err))
		return 0;
	return error_wrap(err, "%s", target->path);
}

static int
need_dispensable(struct customization *c, const struct target *target,
		 struct balimg_error *err)
{
	const char *reason = NULL;
	size_t i;

	if (target->config)
		reason = "without it the device would not start its services";
	for (i = 0; i < sizeof(flag_files) / sizeof(*flag_files); i++) {
		if (os_get_partition(target->os, target->at)->role ==
			    OS_ROLE_BOOT &&
		    !strcasecmp(target->path, flag_files[i]))
			reason = "the boot loader tells by it what this is";
	}
	if (!reason)
		return 0;
	error_set(err, BALIMG_E_REFUSED, "cannot be spared: %s", reason);
	if (customize_overrides(c, target->where, err))
		return 0;
	return error_wrap(err, "%s", target->path);
}

/* What is made anew misses nothing but its folder. */
static int
hint_folder(struct balimg_error *err)
{
	if (error_is(err, BALIMG_E_NOT_FOUND))
		error_hint(err, "the folder that is to hold it must be there; "
				"balimg mkdir makes one");
	return -1;
}

/* ---- put ----------------------------------------------------------- */

/* The content as a source, which borrows from @edit. */
static struct source *
open_content(const struct edit *edit, struct balimg_error *err)
{
	if (edit->fd >= 0)
		return source_file_open(edit->fd, err);
	return source_memory_open(edit->data ? edit->data : "", edit->len,
				  err);
}

/* What is there now, in words; *@there is false if nothing is. */
static int
describe_old(const struct target *target, bool *there,
	     char text[DESCRIPTION_SIZE], struct balimg_error *err)
{
	struct volume_entry entry = { 0 };
	AUTO_SOURCE struct source *old = NULL;
	bool directory;

	*there = false;
	if (volume_stat(target->vol, target->path, &entry, err) < 0) {
		if (!error_is(err, BALIMG_E_NOT_FOUND))
			return -1;
		error_clear(err);
		return 0;
	}
	directory = entry.directory;
	volume_entry_clear(&entry);
	if (directory) {
		error_set(err, BALIMG_E_INVALID, "is a directory");
		error_hint(err, "with a slash at its end, it gets the file");
		return error_wrap(err, "%s", target->path);
	}
	*there = true;
	old = volume_open_file(target->vol, target->path, err);
	return old ? describe_source(old, text, err) : -1;
}

/* May the old bytes hold secrets? */
static unsigned
wipe_flags(const struct target *target)
{
	static const char folder[] = PLACE_CONNECTIONS "/";

	return target->config || !strncasecmp(target->path, folder,
					      sizeof(folder) - 1) ?
		       VOLUME_WIPE_OLD :
		       0;
}

static int
put_content(struct customization *c, const struct target *target,
	    struct source *content, struct balimg_error *err)
{
	char before[DESCRIPTION_SIZE];
	char after[DESCRIPTION_SIZE];
	bool there;

	if (describe_old(target, &there, before, err) < 0 ||
	    describe_source(content, after, err) < 0)
		return -1;
	if (there && !strcmp(before, after))
		return 0;
	if (volume_write_from(target->vol, target->path, content,
			      wipe_flags(target), err) < 0)
		return hint_folder(err);
	if (fatrw_clean(target->vol, target->path, target->where, c->plan,
			err) < 0)
		return -1;
	plan_change(c->plan, target->where, there ? before : NULL, after,
		    false);
	customize_wrote(c, target->os, target->at);
	return 0;
}

/* config.json goes the way of `config inject`. */
static int
put_config(struct customization *c, struct source *content,
	   struct balimg_error *err)
{
	struct edit inject = { .op = BALIMG_CONFIG_INJECT,
			       .name = "the new config.json",
			       .fd = -1 };
	AUTO_FREE char *data = NULL;
	uint64_t len = source_size(content);

	if (len > CONFIG_FILE_LIMIT)
		return error_set(err, BALIMG_E_INVALID,
				 "config.json would have %llu bytes",
				 (unsigned long long)len);
	data = malloc((size_t)len + 1);
	if (!data)
		return error_nomem(err);
	if (source_read(content, 0, data, (size_t)len, err) < 0)
		return -1;
	data[len] = '\0';
	inject.data = data;
	inject.len = (size_t)len;
	return config_inject(c, &inject, err);
}

static int
put_target(struct customization *c, const struct target *target,
	   const struct edit *edit, struct balimg_error *err)
{
	AUTO_SOURCE struct source *content = NULL;

	if (need_unsigned(c, target, err) < 0)
		return -1;
	content = open_content(edit, err);
	if (!content)
		return -1;
	if (target->config)
		return put_config(c, content, err);
	return put_content(c, target, content, err);
}

int
files_put(struct customization *c, const struct edit *edit,
	  struct balimg_error *err)
{
	AUTO_TARGET struct target target = { 0 };

	if (find_target(c, edit->name, &target, err) < 0)
		return -1;
	return within(&target, put_target(c, &target, edit, err), err);
}

/* ---- remove and mkdir ---------------------------------------------- */

/* What is to be removed, in words; a link is not followed.  *@plain: it is a
 * regular file. */
static int
describe_removed(const struct target *target, bool *plain,
		 char text[DESCRIPTION_SIZE], struct balimg_error *err)
{
	struct volume_entry entry = { 0 };
	bool there;

	if (volume_stat_link(target->vol, target->path, &entry, err) < 0)
		return -1;
	*plain = !entry.directory && !entry.special;
	snprintf(text, DESCRIPTION_SIZE, "%s",
		 entry.special ? entry.special : "directory");
	volume_entry_clear(&entry);
	return *plain ? describe_old(target, &there, text, err) : 0;
}

static int
remove_path(struct customization *c, const struct target *target,
	    struct balimg_error *err)
{
	char before[DESCRIPTION_SIZE];
	bool plain;

	if (describe_removed(target, &plain, before, err) < 0 ||
	    volume_remove(target->vol, target->path, wipe_flags(target), err) <
		    0)
		return -1;
	if (plain && fatrw_clean(target->vol, target->path, target->where,
				 c->plan, err) < 0)
		return -1;
	plan_change(c->plan, target->where, before, NULL, false);
	customize_wrote(c, target->os, target->at);
	return 0;
}

static int
remove_target(struct customization *c, const struct target *target,
	      struct balimg_error *err)
{
	if (need_unsigned(c, target, err) < 0 ||
	    need_dispensable(c, target, err) < 0)
		return -1;
	/* Edits of it that came before are overtaken. */
	if (target->config)
		config_clear(c);
	return remove_path(c, target, err);
}

int
files_remove(struct customization *c, const struct edit *edit,
	     struct balimg_error *err)
{
	AUTO_TARGET struct target target = { 0 };

	if (find_target(c, edit->name, &target, err) < 0)
		return -1;
	return within(&target, remove_target(c, &target, err), err);
}

/* Nothing is to be done if the directory is there. */
static int
make_directory(struct customization *c, const struct target *target,
	       struct balimg_error *err)
{
	struct volume_entry entry = { 0 };
	bool directory;

	if (volume_stat(target->vol, target->path, &entry, err) == 0) {
		directory = entry.directory;
		volume_entry_clear(&entry);
		if (directory)
			return 0;
		error_set(err, BALIMG_E_INVALID, "a file has this name");
		return error_wrap(err, "%s", target->path);
	}
	if (!error_is(err, BALIMG_E_NOT_FOUND))
		return -1;
	error_clear(err);
	if (volume_mkdir(target->vol, target->path, err) < 0)
		return hint_folder(err);
	plan_change(c->plan, target->where, NULL, "directory", false);
	customize_wrote(c, target->os, target->at);
	return 0;
}

int
files_mkdir(struct customization *c, const struct edit *edit,
	    struct balimg_error *err)
{
	AUTO_TARGET struct target target = { 0 };

	if (find_target(c, edit->name, &target, err) < 0)
		return -1;
	return within(&target, make_directory(c, &target, err), err);
}
