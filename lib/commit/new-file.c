/* new-file.c - a file that gets its name when it is complete
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/os.h"
#include "commit/new-file.h"

#define LINK_TRIES 100u

int
new_file_check(const char *path, const struct stat *input, const char *advice,
	       bool replace, struct balimg_error *err)
{
	struct stat st;

	if (lstat(path, &st) < 0) {
		if (errno == ENOENT)
			return 0;
		return error_sys(err, "cannot look at %s", path);
	}
	if (S_ISLNK(st.st_mode))
		return error_set(err, BALIMG_E_REFUSED,
				 "%s is a symbolic link", path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, BALIMG_E_REFUSED,
				 "%s exists and is not a regular file", path);
	if (st.st_dev == input->st_dev && st.st_ino == input->st_ino) {
		error_set(err, BALIMG_E_REFUSED, "%s is the image itself",
			  path);
		return error_hint(err, "%s", advice);
	}
	if (replace)
		return 0;
	error_set(err, BALIMG_E_REFUSED, "%s exists already", path);
	return error_hint(err, "replace it with --force");
}

char *
new_file_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return strdup(".");
	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

int
new_file_check_folder(const char *path, struct balimg_error *err)
{
	AUTO_FREE char *folder = new_file_folder(path);
	AUTO_FREE char *inside = NULL;

	/* With the dot, what is no folder is told from one that is closed. */
	if (!folder || asprintf(&inside, "%s/.", folder) < 0) {
		inside = NULL;
		return error_nomem(err);
	}
	if (faccessat(AT_FDCWD, inside, W_OK | X_OK, AT_EACCESS) < 0)
		return error_sys(err, "cannot make a file in %s", folder);
	return 0;
}

int
new_file_refuse(const char *path, struct balimg_error *err)
{
	error_set(err, BALIMG_E_REFUSED, "%s exists already", path);
	return error_hint(err, "choose another name");
}

int
new_file_open(struct new_file *file, const char *path,
	      struct balimg_error *err)
{
	AUTO_FREE char *folder = new_file_folder(path);

	file->path = strdup(path);
	if (!folder || !file->path)
		return error_nomem(err);

	file->fd = os_open_nameless(folder, 0600);
	if (file->fd >= 0)
		return 0;

	if (asprintf(&file->temporary, "%s/.balimg-XXXXXX", folder) < 0) {
		file->temporary = NULL;
		return error_nomem(err);
	}
	file->fd = mkostemp(file->temporary, O_CLOEXEC);
	if (file->fd >= 0)
		return 0;
	error_sys(err, "cannot make a file in %s", folder);
	free(STEAL(file->temporary));
	return -1;
}

/* A nameless file cannot replace another: give it a temporary name. */
static int
name_temporarily(struct new_file *file, struct balimg_error *err)
{
	AUTO_FREE char *folder = new_file_folder(file->path);
	char *name = NULL;
	unsigned i;

	if (!folder)
		return error_nomem(err);
	for (i = 0; i < LINK_TRIES; i++) {
		if (asprintf(&name, "%s/.balimg-%ld-%u", folder,
			     (long)getpid(), i) < 0)
			return error_nomem(err);
		if (!os_link_file(file->fd, name)) {
			file->temporary = name;
			return 0;
		}
		free(name);
		if (errno != EEXIST)
			break;
	}
	return error_sys(err, "cannot make a file in %s", folder);
}

static int
give_name(struct new_file *file, bool replace)
{
	if (!file->temporary)
		return os_link_file(file->fd, file->path);
	if (replace)
		return rename(file->temporary, file->path);
	return os_rename_new(file->temporary, file->path);
}

/* What is private needs no umask. */
static int
settle_mode(const struct new_file *file, bool replace,
	    struct balimg_error *err)
{
	struct stat st, old;
	mode_t mode;

	if (fstat(file->fd, &st) < 0)
		return error_sys(err, "cannot look at %s", file->path);
	mode = st.st_mode & 07777;
	if (replace && lstat(file->path, &old) == 0 && S_ISREG(old.st_mode))
		mode = (mode & 07000) | (old.st_mode & 0777);
	else if (mode & 077)
		mode &= ~os_umask();
	if (mode != (st.st_mode & 07777) && fchmod(file->fd, mode) < 0)
		return error_sys(err, "cannot set the mode of %s", file->path);
	return 0;
}

int
new_file_publish(struct new_file *file, bool replace, struct balimg_error *err)
{
	if (settle_mode(file, replace, err) < 0)
		return -1;
	if (replace && !file->temporary && name_temporarily(file, err) < 0)
		return -1;
	if (give_name(file, replace) < 0) {
		if (errno == EEXIST)
			return new_file_refuse(file->path, err);
		return error_sys(err, "cannot make %s", file->path);
	}
	free(STEAL(file->temporary));
	return 0;
}

void
new_file_close(struct new_file *file)
{
	cleanup_fd(&file->fd);
	if (file->temporary)
		unlink(file->temporary);
	free(file->temporary);
	free(file->path);
	*file = (struct new_file)NEW_FILE_INIT;
}
