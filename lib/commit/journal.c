/* journal.c - where the journal of an image lies, and whether to believe it
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/os.h"
#include "commit/commit.h"
#include "commit/journal.h"

enum place {
	PLACE_BESIDE, /* in the image's folder */
	PLACE_STATE,  /* in the user's state folder */
	PLACES,
};

/* ---- names --------------------------------------------------------- */

__attribute__((format(printf, 1, 2))) static char *
print(const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	return len < 0 ? NULL : text;
}

static char *
beside_path(const struct backing *backing)
{
	const char *path = backing_path(backing);
	const char *slash = strrchr(path, '/'); /* a resolved path has one */

	return print("%.*s/.%s.balimg-journal", (int)(slash - path), path,
		     slash + 1);
}

/* The user's folder for state, or NULL with errno 0 if there is none. */
static char *
state_folder(void)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");

	errno = 0;
	if (state && state[0] == '/')
		return print("%s/balimg", state);
	if (home && home[0] == '/')
		return print("%s/.local/state/balimg", home);
	return NULL;
}

/* A serial number as part of a file name. */
static void
clean_serial(char *serial)
{
	for (; *serial; serial++)
		if (!isalnum((unsigned char)*serial) && *serial != '-')
			*serial = '_';
}

static char *
state_path(const struct backing *backing)
{
	AUTO_FREE char *folder = state_folder();
	const struct stat *st = backing_stat(backing);
	char serial[128];

	if (!folder)
		return NULL;
	if (!backing_is_device(backing))
		return print("%s/file-%ju-%" PRIu64 ".balimg-journal", folder,
			     (uintmax_t)st->st_ino,
			     os_file_birth(backing_fd(backing)));
	snprintf(serial, sizeof(serial), "%s", backing_serial(backing));
	clean_serial(serial);
	if (serial[0])
		return print("%s/device-%s.balimg-journal", folder, serial);
	return print("%s/device-%ju.balimg-journal", folder,
		     (uintmax_t)st->st_rdev);
}

/* *@path gets the journal's path, or NULL where @backing has none there. */
static int
find_path(const struct backing *backing, enum place place, char **path,
	  struct balimg_error *err)
{
	*path = NULL;
	if (place == PLACE_BESIDE && backing_is_device(backing))
		return 0;
	*path = place == PLACE_BESIDE ? beside_path(backing) :
					state_path(backing);
	return *path || !errno ? 0 : error_nomem(err);
}

/* ---- making --------------------------------------------------------- */

#define STATE_HINT                                                     \
	"the journal of the write needs a folder: set XDG_STATE_HOME " \
	"to one, or write a copy with -o"

static int
make_folders(char *path, struct balimg_error *err)
{
	char *slash;

	for (slash = strchr(path + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST) {
			error_sys(err, "cannot make the folder %s", path);
			return error_hint(err, STATE_HINT);
		}
		*slash = '/';
	}
	return 0;
}

static int
begin_in_state(struct new_file *file, const struct backing *backing,
	       struct balimg_error *err)
{
	AUTO_FREE char *path = NULL;

	if (find_path(backing, PLACE_STATE, &path, err) < 0)
		return -1;
	if (!path) {
		error_set(err, BALIMG_E_IO,
			  "there is no place for the journal of %s",
			  backing_path(backing));
		return error_hint(err, STATE_HINT);
	}
	if (make_folders(path, err) < 0)
		return -1;
	return new_file_open(file, path, err);
}

static int
begin_anywhere(struct new_file *file, const struct backing *backing,
	       struct balimg_error *err)
{
	AUTO_FREE char *path = NULL;
	struct balimg_error local = { 0 };

	if (!err)
		err = &local; /* it is looked at below */
	if (find_path(backing, PLACE_BESIDE, &path, err) < 0)
		return -1;

	/* By another of its names, the file would not lead to a journal
	 * beside this one. */
	if (!path || backing_stat(backing)->st_nlink > 1)
		return begin_in_state(file, backing, err);

	if (!new_file_open(file, path, err))
		return 0;
	switch (err->sys_errno) {
	case EACCES:
	case EPERM:
	case EROFS:
	case ENAMETOOLONG:
		new_file_close(file);
		error_clear(err);
		return begin_in_state(file, backing, err);
	default:
		return -1;
	}
}

int
journal_begin(struct new_file *file, const struct backing *backing,
	      struct balimg_error *err)
{
	const struct stat *st = backing_stat(backing);
	int given;

	if (begin_anywhere(file, backing, err) < 0)
		return -1;

	/* What root leaves half done, the image's owner can finish. */
	if (geteuid() == 0 && st->st_uid != 0) {
		given = fchown(file->fd, st->st_uid, st->st_gid);
		(void)given;
	}
	return 0;
}

/* ---- finding ------------------------------------------------------- */

static int
refuse(const struct backing *backing, const char *path, const char *why,
       struct balimg_error *err)
{
	error_clear(err);
	error_set(err, BALIMG_E_REFUSED, "%s has a journal, %s, which %s",
		  backing_path(backing), path, why);
	return error_hint(err,
			  "if another image took this one's place, or the "
			  "journal is not yours, remove the journal");
}

/* Open the journal @path; *@fd stays -1 if there is none. */
static int
open_journal(const struct backing *backing, const char *path, int *fd,
	     struct balimg_error *err)
{
	struct stat st;

	*fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (*fd >= 0)
		return 0;
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
	case ENAMETOOLONG:
		return 0;
	case ELOOP:
		return refuse(backing, path, "is a symbolic link", err);
	case ENXIO:
		return refuse(backing, path, "is not a regular file", err);
	case EACCES:
		/* HOME may be another user's: none of ours is there. */
		if (lstat(path, &st) < 0)
			return 0;
		error_set(err, BALIMG_E_REFUSED,
			  "%s has a journal of another user, %s",
			  backing_path(backing), path);
		return error_hint(err, "finish the edit as that user");
	default:
		return error_sys(err, "cannot open the journal %s", path);
	}
}

/* Could nobody but those who may write the image have made it? */
static int
check_owner(const struct backing *backing, const char *path, int fd,
	    struct balimg_error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_sys(err, "cannot look at the journal %s", path);
	if (!S_ISREG(st.st_mode))
		return refuse(backing, path, "is not a regular file", err);
	if (st.st_nlink != 1)
		return refuse(backing, path, "has more than one name", err);
	if (st.st_uid != geteuid() && st.st_uid != 0 &&
	    st.st_uid != backing_stat(backing)->st_uid)
		return refuse(backing, path, "belongs to another user", err);
	if (st.st_mode & 022)
		return refuse(backing, path, "others may write", err);
	return 0;
}

static struct overlay_file *
load_journal(const struct backing *backing, const char *path, int fd,
	     struct balimg_error *err)
{
	struct overlay_file *file = overlay_file_open(fd, err);
	char why[256];

	if (file)
		return file;
	if (error_is(err, BALIMG_E_INVALID) ||
	    error_is(err, BALIMG_E_UNSUPPORTED)) {
		snprintf(why, sizeof(why), "%.255s", err->message);
		refuse(backing, path, why, err);
	}
	return NULL;
}

/* Look in one place; *@file stays NULL if there is no journal. */
static int
find_at(const struct backing *backing, enum place place,
	struct overlay_file **file, struct balimg_error *err)
{
	AUTO_OVERLAY_FILE struct overlay_file *found = NULL;
	AUTO_FREE char *path = NULL;
	AUTO_FD int fd = -1;
	enum overlay_file_state state;

	if (find_path(backing, place, &path, err) < 0)
		return -1;
	if (!path)
		return 0;
	if (open_journal(backing, path, &fd, err) < 0)
		return -1;
	if (fd < 0)
		return 0;
	if (backing_format(backing))
		return refuse(backing, path, "is that of a raw image", err);
	if (check_owner(backing, path, fd, err) < 0)
		return -1;
	found = load_journal(backing, path, STEAL_FD(fd), err);
	if (!found || overlay_file_set_name(found, path, err) < 0 ||
	    overlay_file_compare(found, backing, &state, err) < 0)
		return -1;
	if (state == OVERLAY_FILE_FOREIGN)
		return refuse(backing, path, "does not belong to it", err);
	*file = STEAL(found);
	return 0;
}

int
commit_find_journal(const struct backing *backing, struct overlay_file **file,
		    struct balimg_error *err)
{
	enum place place;

	*file = NULL;
	for (place = 0; place < PLACES && !*file; place++)
		if (find_at(backing, place, file, err) < 0)
			return -1;
	return 0;
}
