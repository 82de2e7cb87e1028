/* unpack-folders.c - the directories of a tree that is unpacked
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "bundle/unpack.h"

#define OPEN_FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static int
make_room(void *list_ptr, size_t count, size_t *room, size_t size,
	  struct balimg_error *err)
{
	void **list = list_ptr;
	size_t wanted = *room ? 2 * *room : 64;
	void *grown;

	if (count < *room)
		return 0;
	grown = reallocarray(*list, wanted, size);
	if (!grown)
		return error_nomem(err);
	*list = grown;
	*room = wanted;
	return 0;
}

int
unpack_note_folder(struct unpack *unpack, const char *path, unsigned mode,
		   const int64_t *mtime, struct balimg_error *err)
{
	struct unpack_folder folder = {
		.mode = mode,
		.timed = mtime != NULL,
		.mtime = mtime ? *mtime : 0,
	};

	if (make_room(&unpack->folders, unpack->folder_count,
		      &unpack->folder_room, sizeof(folder), err) < 0)
		return -1;
	folder.path = strdup(path);
	if (!folder.path)
		return error_nomem(err);
	unpack->folders[unpack->folder_count++] = folder;
	return 0;
}

/* ---- on the way to a file ------------------------------------------ */

/* A directory that no entry told of, or not yet: anybody may enter, as what
 * the engine makes. */
#define IMPLIED_MODE 0755

/* The manifest has a line of it, also if it was there before we came; another
 * if it was @made again, for the last one counts. */
static int
tell_implied(struct unpack *unpack, const char *path, bool made,
	     struct balimg_error *err)
{
	const struct tree_entry entry = { .path = path,
					  .type = TREE_DIRECTORY,
					  .mode = IMPLIED_MODE };
	bool known;

	if (!unpack->manifest)
		return 0;
	if (name_set_add(&unpack->told, path, strlen(path), &known, err) < 0)
		return -1;
	if (known && !made)
		return 0;
	return manifest_add(unpack->manifest, &entry, err);
}

static int
make_missing(struct unpack *unpack, int in, const char *name, const char *path,
	     struct balimg_error *err)
{
	if (mkdirat(in, name, 0700) < 0)
		return error_sys(err, "cannot make the directory");
	return unpack_note_folder(unpack, path, IMPLIED_MODE, NULL, err);
}

/* @path, whose last part @name is, in the directory @in. */
static int
open_part(struct unpack *unpack, int in, const char *name, const char *path,
	  bool make, struct balimg_error *err)
{
	AUTO_FD int fd = openat(in, name, OPEN_FOLDER);
	bool made = fd < 0 && errno == ENOENT && make;

	if (made) {
		if (make_missing(unpack, in, name, path, err) < 0)
			return error_wrap(err, "%s", path);
		fd = openat(in, name, OPEN_FOLDER);
	}
	if (fd < 0 &&
	    (errno == ELOOP || errno == ENOTDIR || (errno == ENOENT && !make)))
		return error_set(
			err, BALIMG_E_INVALID,
			"the way leads below %s, which is no directory", path);
	if (fd < 0)
		return error_sys(err, "cannot open the directory %s", path);
	if (tell_implied(unpack, path, made, err) < 0)
		return -1;
	return STEAL_FD(fd);
}

/* Go from the directory open as @fd, of which the first @at bytes of @path
 * lead, along to @path.  @fd is closed; returns another, or -1. */
static int
go_along(struct unpack *unpack, int fd, char *path, size_t at, bool make,
	 struct balimg_error *err)
{
	unsigned depth = 0;
	size_t i, len;
	int next;

	for (i = 0; path[i]; i++)
		depth += path[i] == '/';
	if (depth >= UNPACK_DEPTH) {
		close(fd);
		return error_set(err, BALIMG_E_INVALID,
				 "more than %u directories in each other",
				 UNPACK_DEPTH);
	}
	while (fd >= 0 && path[at]) {
		char after;

		at += path[at] == '/';
		len = strcspn(path + at, "/");
		after = path[at + len];
		path[at + len] = '\0';
		next = open_part(unpack, fd, path + at, path, make, err);
		path[at + len] = after;
		close(fd);
		fd = next;
		at += len;
	}
	return fd;
}

int
unpack_enter(struct unpack *unpack, const char *path, bool make,
	     const char **name, struct balimg_error *err)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	AUTO_FREE char *folder = strndup(path, len);
	const char *before = unpack->parent_path;
	size_t at = before ? strlen(before) : 0;
	int from = unpack->root;
	int fd;

	*name = slash ? slash + 1 : path;
	if (!folder)
		return error_nomem(err);
	if (before && !strcmp(folder, before))
		return 0;
	if (at && !strncmp(folder, before, at) && folder[at] == '/')
		from = unpack->parent;
	else
		at = 0;
	fd = fcntl(from, F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		return error_sys(err, "cannot open the folder");
	fd = go_along(unpack, fd, folder, at, make, err);
	if (fd < 0)
		return -1;
	cleanup_fd(&unpack->parent);
	free(unpack->parent_path);
	unpack->parent = fd;
	unpack->parent_path = STEAL(folder);
	return 0;
}

/* ---- at the end ---------------------------------------------------- */

/* What is in a directory before itself; of two, the one that came last. */
static int
by_depth(const void *a, const void *b)
{
	const struct unpack_folder *one = a;
	const struct unpack_folder *other = b;

	int order = strcmp(other->path, one->path);

	return order ? order : one->order < other->order ? -1 : 1;
}

static int
settle_folder(struct unpack *unpack, const struct unpack_folder *folder,
	      struct balimg_error *err)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
				     { .tv_sec = folder->mtime } };
	AUTO_FD int fd = -1;
	const char *name;

	/* It may have been replaced by what is none. */
	if (unpack_enter(unpack, folder->path, false, &name, err) < 0)
		return -1;
	fd = openat(*name ? unpack->parent : unpack->root, *name ? name : ".",
		    OPEN_FOLDER);
	if (fd < 0 && (errno == ENOENT || errno == ELOOP || errno == ENOTDIR))
		return 0;
	if (fd < 0)
		return error_sys(err, "cannot open the directory");
	if (fchmod(fd, (mode_t)folder->mode) < 0)
		return error_sys(err, "cannot set its mode");
	if (folder->timed && futimens(fd, times) < 0)
		return error_sys(err, "cannot set its time");
	return 0;
}

int
unpack_finish(struct unpack *unpack, struct balimg_error *err)
{
	struct unpack_folder *folders = unpack->folders;
	size_t i, next, count = unpack->folder_count;

	for (i = 0; i < count; i++)
		folders[i].order = i;
	if (count)
		qsort(folders, count, sizeof(*folders), by_depth);
	for (i = 0; i < count; i = next) {
		for (next = i + 1; next < count && !strcmp(folders[next].path,
							   folders[i].path);
		     next++)
			continue;
		if (settle_folder(unpack, &folders[next - 1], err) < 0)
			return error_wrap(err, "%s", folders[i].path);
	}
	return unpack->manifest ? manifest_finish(unpack->manifest, err) : 0;
}
