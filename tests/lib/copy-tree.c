/* copy-tree.c - make in a volume what a folder holds, node by node
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * usage: copy-tree FOLDER IMAGE PATH
 *        copy-tree --remove IMAGE PATH
 *        copy-tree --format IMAGE TYPE
 *
 * Makes directory PATH, which must not be there, in the ext volume IMAGE, as
 * FOLDER is: every kind of node with owner, mode, time and attributes.
 */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/io.h"
#include "trace-source.h"
#include "volume/volume-ops.h"

static struct balimg_error err;
static struct volume *vol;

/* Where a file with several names was made first. */
static struct {
	ino_t ino;
	char *path;
} links[1000];
static size_t link_count;

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "%s: %s%s%s\n", what, err.where,
		*err.where ? ": " : "", err.message);
	exit(1);
}

struct file_stream {
	struct volume_stream head; /* first */
	int fd;
	uint64_t at;
};

static int
read_file(struct volume_stream *stream, void *data, size_t len,
	  struct balimg_error *why)
{
	struct file_stream *self = (struct file_stream *)stream;
	int rc = io_read_at(self->fd, data, len, self->at, why);

	self->at += len;
	return rc;
}

static void
list_attributes(const char *from, struct volume_xattrs *xattrs)
{
	static char names[65536], value[65536];
	ssize_t len = llistxattr(from, names, sizeof(names));
	ssize_t size;
	const char *name;

	for (name = names; name < names + len; name += strlen(name) + 1) {
		size = lgetxattr(from, name, value, sizeof(value));
		if (size < 0 || volume_xattrs_add(xattrs, name, value,
						  (size_t)size, &err) < 0)
			die(from);
	}
}

static const char *
special_kind(mode_t mode)
{
	return S_ISLNK(mode)  ? "symlink" :
	       S_ISCHR(mode)  ? "character device" :
	       S_ISBLK(mode)  ? "block device" :
	       S_ISFIFO(mode) ? "fifo" :
	       S_ISSOCK(mode) ? "socket" :
				NULL;
}

/* Is it one more name of what is there? */
static bool
is_linked(const struct stat *st, const char *to)
{
	size_t i;

	if (S_ISDIR(st->st_mode) || st->st_nlink < 2)
		return false;
	for (i = 0; i < link_count; i++) {
		if (links[i].ino != st->st_ino)
			continue;
		if (volume_link(vol, to, links[i].path, &err) < 0)
			die(to);
		return true;
	}
	if (link_count < sizeof(links) / sizeof(links[0])) {
		links[link_count].ino = st->st_ino;
		links[link_count++].path = strdup(to);
	}
	return false;
}

static void
make_node(const char *from, const char *to, const struct stat *st)
{
	AUTO_XATTRS struct volume_xattrs xattrs = { 0 };
	AUTO_FD int fd = -1;
	struct file_stream content = { .head = { .read = read_file } };
	struct volume_entry as = {
		.directory = S_ISDIR(st->st_mode),
		.special = special_kind(st->st_mode),
		.mode = st->st_mode & 07777u,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.modified = st->st_mtime,
		.major = major(st->st_rdev),
		.minor = minor(st->st_rdev),
	};
	char target[8192] = "";

	if (S_ISLNK(st->st_mode) &&
	    readlink(from, target, sizeof(target) - 1) < 0)
		die(from);
	as.target = target;
	if (S_ISREG(st->st_mode)) {
		fd = open(from, O_RDONLY);
		content.fd = fd;
		content.head.size = (uint64_t)st->st_size;
	}
	list_attributes(from, &xattrs);
	if (volume_create(vol, to, &as, &xattrs,
			  S_ISREG(st->st_mode) ? &content.head : NULL,
			  &err) < 0)
		die(to);
}

static void
copy_tree(const char *from, const char *to)
{
	char below[8192], there[8192];
	struct dirent *entry;
	struct stat st;
	DIR *dir;

	if (lstat(from, &st) < 0)
		die(from);
	if (is_linked(&st, to))
		return;
	make_node(from, to, &st);
	if (!S_ISDIR(st.st_mode))
		return;
	dir = opendir(from);
	while (dir && (entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") ||
		    !strcmp(entry->d_name, ".."))
			continue;
		snprintf(below, sizeof(below), "%s/%s", from, entry->d_name);
		snprintf(there, sizeof(there), "%s/%s", to, entry->d_name);
		copy_tree(below, there);
	}
	if (dir)
		closedir(dir);
}

static void
format(struct source *image, const char *type)
{
	const struct volume_format as = {
		.type = type,
		.label = "resin-rootB",
		.uuid = (const uint8_t *)"0123456789abcdef",
	};

	if (volume_format(image, &as, &err) < 0)
		die(type);
}

int
main(int argc, char **argv)
{
	AUTO_SOURCE struct source *image = NULL;
	AUTO_VOLUME struct volume *opened = NULL;

	if (argc != 4)
		return 2;
	image = trace_open(argv[2], TRACE_SHARED);
	if (!strcmp(argv[1], "--format")) {
		format(image, argv[3]);
		return 0;
	}
	vol = opened = volume_open(image, &err);
	if (!vol)
		die(argv[2]);
	if (strcmp(argv[1], "--remove") != 0)
		copy_tree(argv[1], argv[3]);
	else if (volume_remove_tree(vol, argv[3], 0, &err) < 0)
		die(argv[3]);
	if (volume_flush(vol, &err) < 0)
		die("flush");
	while (link_count)
		free(links[--link_count].path);
	return 0;
}
