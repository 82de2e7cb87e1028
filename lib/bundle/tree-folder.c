/* tree-folder.c - a directory of the host, entry by entry
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each directory is opened from the one that it is in, by a name that is no
 * link, so that nothing leads out, whatever others do meanwhile.  What
 * belongs to the host and not to the tree stays behind: the labels of its
 * security module and its access lists.
 */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "base/buffer.h"
#include "base/io.h"
#include "base/os.h"
#include "bundle/manifest.h"
#include "bundle/tree-met.h"
#include "bundle/tree.h"
#include "volume/volume-ops.h"

#define MAX_DEPTH 200u /* directories in directories */

struct walk {
	struct tree_visitor *visitor;
	struct tree_met met;
	struct buffer path;		 /* of the entry, below the root */
	const struct manifest *manifest; /* or NULL */
};

/* ---- one entry ----------------------------------------------------- */

/* A file's content; opened when it is first asked for. */
struct content {
	struct tree_content head; /* first */
	int folder;
	const char *name;
	int fd;
	uint64_t at, size; /* bytes */
};

/* A file that grew is cut, one that shrank a failure: its size is told. */
static int
read_content(struct tree_content *head, void *piece, size_t room, size_t *got,
	     struct balimg_error *err)
{
	struct content *content = (struct content *)head;

	*got = tree_next(content->size, content->at, room);
	if (!*got)
		return 0;
	if (content->fd < 0)
		content->fd = openat(content->folder, content->name,
				     O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
					     O_CLOEXEC);
	if (content->fd < 0)
		return error_sys(err, "cannot open");
	if (io_read_at(content->fd, piece, *got, content->at, err) < 0)
		return -1;
	content->at += *got;
	return 0;
}

static enum tree_type
type_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return TREE_DIRECTORY;
	case S_IFLNK:
		return TREE_SYMLINK;
	case S_IFCHR:
		return TREE_CHAR;
	case S_IFBLK:
		return TREE_BLOCK;
	case S_IFIFO:
		return TREE_FIFO;
	case S_IFSOCK:
		return TREE_SOCKET;
	default:
		return TREE_FILE;
	}
}

static void
describe(const struct walk *walk, const struct stat *st, struct tree_entry *to)
{
	*to = (struct tree_entry){
		.path = walk->path.len ? walk->path.data : "",
		.type = type_of(st->st_mode),
		.mode = st->st_mode & 07777,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.mtime = st->st_mtime,
	};
	if (to->type == TREE_FILE)
		to->size = (uint64_t)st->st_size;
	if (to->type == TREE_CHAR || to->type == TREE_BLOCK)
		os_device_numbers(st->st_rdev, &to->major, &to->minor);
}

/* Let @to be what its line says, which is returned, if it has one: NULL, and
 * root's, if not.  A mode that unpacking did not set is the user's wish. */
static const struct manifest_line *
recall(const struct walk *walk, struct tree_entry *to)
{
	const struct manifest_line *line =
		walk->manifest ? manifest_find(walk->manifest, to->path) :
				 NULL;
	unsigned given;

	if (walk->manifest)
		to->uid = to->gid = 0;
	if (!line || line->entry.type != to->type)
		return NULL;
	to->uid = line->entry.uid;
	to->gid = line->entry.gid;
	given = manifest_host_mode(&line->entry);
	if (to->type == TREE_SYMLINK || to->mode == given)
		to->mode = line->entry.mode;
	else
		to->mode = (to->mode & 0777) | (line->entry.mode & 07000);
	return line;
}

static int
add_xattr(void *data, const char *name, const void *value, size_t len,
	  struct balimg_error *err)
{
	if (!strcmp(name, "security.selinux") ||
	    !strncmp(name, "system.", strlen("system.")))
		return 0;
	return volume_xattrs_add(data, name, value, len, err);
}

static int
visit_described(struct walk *walk, int folder, const char *name,
		const struct manifest_line *line, struct tree_entry *entry,
		struct balimg_error *err)
{
	AUTO_XATTRS struct volume_xattrs xattrs = { 0 };
	struct content content = {
		.head.read = read_content,
		.folder = folder,
		.name = name,
		.fd = -1,
		.size = entry->size,
	};
	int rc;

	if (!line && os_read_xattrs(folder, name, add_xattr, &xattrs, err) < 0)
		return -1;
	entry->xattrs = line ? &line->xattrs : &xattrs;
	rc = walk->visitor->visit(
		walk->visitor, entry,
		entry->type == TREE_FILE ? &content.head : NULL, err);
	cleanup_fd(&content.fd);
	return rc;
}

static int
read_target(int folder, const char *name, char target[PATH_MAX],
	    struct balimg_error *err)
{
	ssize_t len = readlinkat(folder, name, target, PATH_MAX - 1);

	if (len < 0)
		return error_sys(err, "cannot read the link");
	target[len] = '\0';
	return 0;
}

static int
visit_named(struct walk *walk, int folder, const char *name,
	    const struct stat *st, struct balimg_error *err)
{
	const char *first = NULL;
	char target[PATH_MAX];
	const struct manifest_line *line;
	struct tree_entry entry;

	describe(walk, st, &entry);
	line = recall(walk, &entry);
	if (entry.type != TREE_DIRECTORY && st->st_nlink > 1 &&
	    tree_met_add(&walk->met, st->st_dev, st->st_ino, entry.path,
			 &first, err) < 0)
		return -1;
	if (first) {
		entry.linked = entry.type;
		entry.type = TREE_HARDLINK;
		entry.target = first;
		entry.size = 0;
	} else if (entry.type == TREE_SYMLINK) {
		if (read_target(folder, name, target, err) < 0)
			return -1;
		entry.target = target;
	}
	return visit_described(walk, folder, name, line, &entry, err);
}

/* ---- the walk ------------------------------------------------------ */

struct names {
	char **names;
	size_t count, room;
};

static void
names_clear(struct names *names)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		free(names->names[i]);
	free(names->names);
}

static int
add_name(struct names *names, const char *name, struct balimg_error *err)
{
	char **list;

	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return 0;
	if (names->count == names->room) {
		size_t room = names->room ? 2 * names->room : 32;

		list = realloc(names->names, room * sizeof(*list));
		if (!list)
			return error_nomem(err);
		names->names = list;
		names->room = room;
	}
	names->names[names->count] = strdup(name);
	return names->names[names->count++] ? 0 : error_nomem(err);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
list(int fd, struct names *names, struct balimg_error *err)
{
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = again < 0 ? NULL : fdopendir(again);
	const struct dirent *entry;
	int rc = 0;

	if (!folder) {
		cleanup_fd(&again);
		return error_sys(err, "cannot list the directory");
	}
	while (rc == 0 && (errno = 0, entry = readdir(folder)))
		rc = add_name(names, entry->d_name, err);
	if (rc == 0 && errno)
		rc = error_sys(err, "cannot list the directory");
	closedir(folder);
	return rc;
}

static int walk_below(struct walk *walk, int fd, unsigned depth,
		      struct balimg_error *err);

static int
enter(struct walk *walk, int folder, const char *name, unsigned depth,
      struct balimg_error *err)
{
	AUTO_FD int fd = openat(
		folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return error_sys(err, "cannot open the directory");
	if (depth == MAX_DEPTH)
		return error_set(err, BALIMG_E_INVALID,
				 "more than %u directories in each other",
				 MAX_DEPTH);
	return walk_below(walk, fd, depth, err);
}

/* Where nothing is, a device may be recorded. */
static int
visit_missing(struct walk *walk, struct balimg_error *err)
{
	const struct manifest_line *line =
		walk->manifest ?
			manifest_find(walk->manifest, walk->path.data) :
			NULL;
	struct tree_entry entry;

	if (!line)
		return error_sys(err, "cannot look at it");
	entry = line->entry;
	entry.path = walk->path.data;
	entry.xattrs = &line->xattrs;
	return walk->visitor->visit(walk->visitor, &entry, NULL, err);
}

/* The names of devices that are recorded in this directory, and not there. */
static int
add_recorded(struct walk *walk, int fd, struct names *names,
	     struct balimg_error *err)
{
	size_t i, len = walk->path.len;
	struct stat st;

	for (i = 0; walk->manifest && i < walk->manifest->device_count; i++) {
		const char *name = walk->manifest->devices[i]->path;

		if (len && (strncmp(name, walk->path.data, len) != 0 ||
			    name[len] != '/'))
			continue;
		name += len + (len > 0);
		if (*name && !strchr(name, '/') &&
		    fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 &&
		    add_name(names, name, err) < 0)
			return -1;
	}
	if (names->count)
		qsort(names->names, names->count, sizeof(*names->names),
		      by_name);
	return 0;
}

static int
walk_named(struct walk *walk, int folder, const char *name, unsigned depth,
	   struct balimg_error *err)
{
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return visit_missing(walk, err);
	if (visit_named(walk, folder, name, &st, err) < 0)
		return -1;
	return S_ISDIR(st.st_mode) ?
		       enter(walk, folder, name, depth + 1, err) :
		       0;
}

static int
walk_below(struct walk *walk, int fd, unsigned depth, struct balimg_error *err)
{
	__attribute__((cleanup(names_clear))) struct names names = { 0 };
	size_t len = walk->path.len;
	size_t i;

	if (list(fd, &names, err) < 0 ||
	    add_recorded(walk, fd, &names, err) < 0)
		return -1;
	for (i = 0; i < names.count; i++) {
		buffer_printf(&walk->path, "%s%s", len ? "/" : "",
			      names.names[i]);
		if (walk->path.failed)
			return error_nomem(err);
		if (walk_named(walk, fd, names.names[i], depth, err) < 0)
			return -1;
		buffer_splice(&walk->path, len, walk->path.len - len, "", 0);
	}
	return 0;
}

static int
walk_root(struct walk *walk, int fd, struct balimg_error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_sys(err, "cannot look at it");
	if (!S_ISDIR(st.st_mode))
		return error_set(err, BALIMG_E_NOT_FOUND, "not a directory");
	if (visit_named(walk, fd, ".", &st, err) < 0 ||
	    walk_below(walk, fd, 0, err) < 0)
		return walk->path.len ?
			       error_wrap(err, "%s", walk->path.data) :
			       -1;
	return 0;
}

int
tree_walk_folder(int fd, const struct manifest *manifest,
		 struct tree_visitor *visitor, struct balimg_error *err)
{
	struct walk walk = {
		.visitor = visitor,
		.path = BUFFER_INIT,
		.manifest = manifest,
	};
	int rc = walk_root(&walk, fd, err);

	buffer_free(&walk.path);
	tree_met_clear(&walk.met);
	return rc;
}
