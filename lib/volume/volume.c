/* volume.c - files by path: checks, and what every file system shares
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "volume/volume-ops.h"

#define PATH_LIMIT  4096   /* bytes */
#define DEPTH_LIMIT 128	   /* names */
#define PIECE	    65536u /* bytes compared at once */

/* Every file system that can be opened. */
static const struct volume_ops *const engines[] = {
	&volume_fat_ops,
	&volume_ext_ops,
};

/* ---- opening ---- */

static const struct volume_ops *
choose_engine(struct source *source)
{
	const struct volume_ops *best = NULL;
	int bid, highest = 0;
	size_t i;

	for (i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
		bid = engines[i]->bid(source);
		if (bid > highest) {
			highest = bid;
			best = engines[i];
		}
	}
	return best;
}

static int
say_unknown(struct source *source, struct balimg_error *err)
{
	struct volume_identity identity;

	if (volume_identify(source, &identity, err) < 0)
		return -1;
	if (!*identity.type)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "no file system that is known");
	if (!strcmp(identity.type, "zero"))
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "no file system: the beginning is blank");
	return error_set(err, BALIMG_E_UNSUPPORTED,
			 "the file system is %s, which cannot be opened",
			 identity.type);
}

struct volume *
volume_open(struct source *source, struct balimg_error *err)
{
	const struct volume_ops *ops = choose_engine(source);

	if (ops)
		return ops->open(source, err);
	say_unknown(source, err);
	return NULL;
}

int
volume_format(struct source *source, const struct volume_format *format,
	      struct balimg_error *err)
{
	return volume_ext_ops.format(source, format, err);
}

void
volume_close(struct volume *vol)
{
	if (vol)
		vol->ops->close(vol);
}

const char *
volume_type(const struct volume *vol)
{
	return vol->ops->type;
}

/* ---- paths ---- */

/* Absolute, without empty, "." or ".." names and trailing slashes. */
static int
check_path(const char *path, struct balimg_error *err)
{
	unsigned depth = 0;
	size_t len;

	if (*path != '/' || strlen(path) > PATH_LIMIT)
		return error_set(err, BALIMG_E_USAGE,
				 "a path in a volume begins with '/' and has "
				 "at most %d bytes",
				 PATH_LIMIT);
	if (!path[1])
		return 0;
	for (; *path; path += len) {
		len = strcspn(++path, "/");
		if (!len || (len == 1 && path[0] == '.') ||
		    (len == 2 && path[0] == '.' && path[1] == '.'))
			return error_set(err, BALIMG_E_USAGE,
					 "a path in a volume has no empty "
					 "names, \".\" or \"..\"");
		if (++depth > DEPTH_LIMIT)
			return error_set(err, BALIMG_E_USAGE,
					 "the path has more than %d names",
					 DEPTH_LIMIT);
	}
	return 0;
}

int
volume_at_path(int rc, const char *path, struct balimg_error *err)
{
	return rc < 0 ? error_wrap(err, "%s", path) : rc;
}

/* ---- looking ---- */

int
volume_stat(struct volume *vol, const char *path, struct volume_entry *entry,
	    struct balimg_error *err)
{
	int rc = check_path(path, err);

	if (rc == 0)
		rc = vol->ops->stat(vol, path, entry, err);
	return volume_at_path(rc, path, err);
}

int
volume_stat_link(struct volume *vol, const char *path,
		 struct volume_entry *entry, struct balimg_error *err)
{
	int rc = check_path(path, err);

	if (!vol->ops->stat_link)
		return volume_stat(vol, path, entry, err);
	if (rc == 0)
		rc = vol->ops->stat_link(vol, path, entry, err);
	return volume_at_path(rc, path, err);
}

int
volume_list_xattrs(struct volume *vol, const char *path,
		   struct volume_xattrs *xattrs, struct balimg_error *err)
{
	int rc = check_path(path, err);

	*xattrs = (struct volume_xattrs){ 0 };
	if (rc == 0 && vol->ops->list_xattrs)
		rc = vol->ops->list_xattrs(vol, path, xattrs, err);
	if (rc < 0)
		volume_xattrs_clear(xattrs);
	return volume_at_path(rc, path, err);
}

void
volume_entry_clear(struct volume_entry *entry)
{
	free(entry->name);
	free(entry->target);
	*entry = (struct volume_entry){ 0 };
}

int
volume_exists(struct volume *vol, const char *path, bool *exists,
	      struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	struct volume_entry entry;

	*exists = volume_stat(vol, path, &entry, &why) == 0;
	if (*exists) {
		volume_entry_clear(&entry);
		return 0;
	}
	if (error_is(&why, BALIMG_E_NOT_FOUND))
		return 0;
	if (err && !err->code)
		*err = why;
	return -1;
}

int
volume_list(struct volume *vol, const char *path,
	    struct volume_listing *listing, struct balimg_error *err)
{
	int rc = check_path(path, err);

	*listing = (struct volume_listing){ 0 };
	if (rc == 0)
		rc = vol->ops->list(vol, path, listing, err);
	if (rc < 0)
		volume_listing_clear(listing);
	return volume_at_path(rc, path, err);
}

struct source *
volume_open_file(struct volume *vol, const char *path,
		 struct balimg_error *err)
{
	struct source *file = NULL;

	if (check_path(path, err) == 0)
		file = vol->ops->open_file(vol, path, err);
	if (!file)
		error_wrap(err, "%s", path);
	return file;
}

static int
read_whole(struct source *file, size_t limit, char **data, size_t *len,
	   struct balimg_error *err)
{
	AUTO_FREE char *text = NULL;
	uint64_t size = source_size(file);

	if (size > limit)
		return error_set(err, BALIMG_E_INVALID,
				 "longer than the %zu bytes that such a file "
				 "may have",
				 limit);
	text = malloc((size_t)size + 1);
	if (!text)
		return error_nomem(err);
	if (source_read(file, 0, text, (size_t)size, err) < 0)
		return -1;
	text[size] = '\0';
	*data = STEAL(text);
	*len = (size_t)size;
	return 0;
}

int
volume_read_file(struct volume *vol, const char *path, size_t limit,
		 char **data, size_t *len, struct balimg_error *err)
{
	AUTO_SOURCE struct source *file = volume_open_file(vol, path, err);

	if (!file)
		return -1;
	return volume_at_path(read_whole(file, limit, data, len, err), path,
			      err);
}

int
volume_read_optional(struct volume *vol, const char *path, size_t limit,
		     char **data, size_t *len, struct balimg_error *err)
{
	struct balimg_error why = { 0 };

	*data = NULL;
	*len = 0;
	if (volume_read_file(vol, path, limit, data, len, &why) == 0 ||
	    error_is(&why, BALIMG_E_NOT_FOUND))
		return 0;
	return error_pass(err, &why);
}

int
volume_compare(struct source *a, struct source *b, bool *same,
	       struct balimg_error *err)
{
	AUTO_FREE char *data = malloc(2 * (size_t)PIECE);
	uint64_t left = source_size(a);
	uint64_t at;
	size_t now;

	if (!data)
		return error_nomem(err);
	*same = true;
	for (at = 0; left && *same; at += now, left -= now) {
		now = left < PIECE ? (size_t)left : PIECE;
		if (source_read(a, at, data, now, err) < 0 ||
		    source_read(b, at, data + now, now, err) < 0)
			return -1;
		*same = !memcmp(data, data + now, now);
	}
	return 0;
}

/* ---- editing ---- */

int
volume_check_edit(struct volume *vol, const char *path,
		  struct balimg_error *err)
{
	if (!source_is_writable(vol->source))
		return error_set(err, BALIMG_E_USAGE,
				 "the volume is open for reading only");
	if (!vol->ops->write_from)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "files of an %s file system can be read, not "
				 "yet changed",
				 vol->ops->type);
	return check_path(path, err);
}

int
volume_write_from(struct volume *vol, const char *path, struct source *content,
		  unsigned flags, struct balimg_error *err)
{
	int rc = volume_check_edit(vol, path, err);

	if (rc == 0)
		rc = vol->ops->write_from(vol, path, content, flags, err);
	return volume_at_path(rc, path, err);
}

int
volume_write_file(struct volume *vol, const char *path, const void *data,
		  size_t len, unsigned flags, struct balimg_error *err)
{
	AUTO_SOURCE struct source *content = NULL;

	content = source_memory_open(data, len, err);
	if (!content)
		return volume_at_path(-1, path, err);
	return volume_write_from(vol, path, content, flags, err);
}

int
volume_remove(struct volume *vol, const char *path, unsigned flags,
	      struct balimg_error *err)
{
	int rc = volume_check_edit(vol, path, err);

	if (rc == 0)
		rc = vol->ops->remove(vol, path, flags, err);
	return volume_at_path(rc, path, err);
}

int
volume_mkdir(struct volume *vol, const char *path, struct balimg_error *err)
{
	int rc = volume_check_edit(vol, path, err);

	if (rc == 0)
		rc = vol->ops->mkdir(vol, path, err);
	return volume_at_path(rc, path, err);
}

int
volume_set_mode(struct volume *vol, const char *path, unsigned mode,
		struct balimg_error *err)
{
	int rc = volume_check_edit(vol, path, err);

	if (rc == 0 && vol->ops->set_mode)
		rc = vol->ops->set_mode(vol, path, mode, err);
	return volume_at_path(rc, path, err);
}

int
volume_space(struct volume *vol, struct volume_space *space,
	     struct balimg_error *err)
{
	return vol->ops->space(vol, space, err);
}

int
volume_flush(struct volume *vol, struct balimg_error *err)
{
	if (!source_is_writable(vol->source) || !vol->ops->flush)
		return 0; /* nothing can have been staged */
	return vol->ops->flush(vol, err);
}

/* ---- faults ---- */

int
volume_check(struct volume *vol, struct volume_faults *faults,
	     struct balimg_error *err)
{
	*faults = (struct volume_faults){ 0 };
	if (!vol->ops->check)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "an %s file system cannot be checked yet",
				 vol->ops->type);
	if (vol->ops->check(vol, faults, err) == 0)
		return 0;
	volume_faults_clear(faults);
	return -1;
}

int
volume_repair(struct volume *vol, struct balimg_error *err)
{
	if (volume_check_edit(vol, "/", err) < 0)
		return -1;
	if (!vol->ops->repair)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "an %s file system cannot be repaired here",
				 vol->ops->type);
	return vol->ops->repair(vol, err);
}
