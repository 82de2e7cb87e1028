/* volume-model.c - random edits of a volume, and of a folder alike
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#include "base/io.h"
#include "volume-model.h"

#define NODES_MAX  160
#define FILE_LIMIT 24000u  /* bytes of a file */
#define LARGE_MAX  400000u /* of one that FAT gets none of */

/* One name of the model; paths are absolute in the volume. */
struct node {
	char *path;
	bool directory;
};

static struct node nodes[NODES_MAX];
static size_t node_count;
static const char *model;
static uint64_t state;
static bool is_fat; /* the volume */
struct balimg_error err;

void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, ": %s: %s\n", err.where, err.message);
	exit(1);
}

size_t
pick(size_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (size_t)((state >> 11) % below);
}

/* ---- the model ---- */

static const char *
model_path(const char *path)
{
	static char text[8192];

	snprintf(text, sizeof(text), "%s%s", model, path);
	return text;
}

static bool
same_name(const char *a, const char *b)
{
	wchar_t wide_a[4096], wide_b[4096];

	if (!is_fat)
		return !strcmp(a, b);
	if (mbstowcs(wide_a, a, 4096) == (size_t)-1 ||
	    mbstowcs(wide_b, b, 4096) == (size_t)-1)
		die("%s: no text", a);
	return !wcscasecmp(wide_a, wide_b);
}

static struct node *
find_node(const char *path)
{
	size_t i;

	for (i = 0; i < node_count; i++)
		if (same_name(nodes[i].path, path))
			return &nodes[i];
	return NULL;
}

static struct node *
pick_node(bool directory)
{
	size_t at = node_count ? pick(node_count) : 0;
	size_t i;

	for (i = 0; i < node_count; i++, at = (at + 1) % node_count)
		if (nodes[at].directory == directory)
			return &nodes[at];
	return NULL;
}

static bool
has_children(const struct node *dir)
{
	size_t len = strlen(dir->path);
	size_t i;

	for (i = 0; i < node_count; i++)
		if (!strncmp(nodes[i].path, dir->path, len) &&
		    nodes[i].path[len] == '/')
			return true;
	return false;
}

static void
add_node(const char *path, bool directory)
{
	nodes[node_count].path = strdup(path);
	nodes[node_count++].directory = directory;
}

static void
remove_node(struct node *node)
{
	if (remove(model_path(node->path)) < 0)
		die("model: %s: %s", node->path, strerror(errno));
	free(node->path);
	*node = nodes[--node_count];
}

static void
write_model(const char *path, const uint8_t *data, size_t len)
{
	AUTO_FD int fd = open(model_path(path), O_WRONLY | O_CREAT | O_TRUNC,
			      0600);

	if (fd < 0 || io_write(fd, data, len, &err) < 0)
		die("model: %s", path);
}

/* ---- names ---- */

static void
make_name(char *name, size_t size)
{
	static const struct {
		const char *before, *behind; /* a number */
	} forms[] = {
		{ "FILE", ".TXT" },
		{ "file", ".txt" },
		{ "Mixed", ".Txt" },
		{ "low", ".UP" },
		{ "N", "" },
		{ ".hidden", "" },
		{ "a b c ", ".d e" },
		{ "x+y,", ";=[z]" },
		{ "a long name that goes on ", ".json" },
		{ "two.dots.", ".tar.gz" },
		{ "UPPERCASELONG", ".EXTENSION" },
		{ "upper", ".EXTENSION" },
		{ "space .", "" },
		{ "gr\u00f6\u00dfe ", ".\u00e4" },
		{ "\u041c\u0438", ".\u044b" },
		{ "\u65e5\u672c", "" },
	};
	size_t at = pick(sizeof(forms) / sizeof(forms[0]) + 1);
	size_t len;

	if (at < sizeof(forms) / sizeof(forms[0])) {
		snprintf(name, size, "%s%zu%s", forms[at].before, pick(40),
			 forms[at].behind);
		return;
	}
	/* Of any length, up to the limit. */
	len = 1 + pick(255);
	memset(name, 'L', len);
	snprintf(name, len + 1, "%zu", pick(1000));
	name[strlen(name)] = len > 4 ? '-' : '\0';
	name[len] = '\0';
}

static void
make_path(char *path, size_t size)
{
	const struct node *dir = pick(3) ? pick_node(true) : NULL;
	char name[300];

	make_name(name, sizeof(name));
	snprintf(path, size, "%s/%s", dir ? dir->path : "", name);
}

/* ---- edits ---- */

/* Full volumes are part of the game. */
static bool
done(int rc, const char *what, const char *path)
{
	if (rc == 0)
		return true;
	if (err.code != BALIMG_E_NO_SPACE)
		die("%s %s", what, path);
	error_clear(&err);
	return false;
}

/* Random bytes; where there may be holes, runs of zeroes too. */
static size_t
make_content(uint8_t *data)
{
	size_t len = pick(4) ? pick(FILE_LIMIT) : pick(3) * 512 + pick(2);
	size_t i;

	if (!is_fat && !pick(6))
		len = pick(LARGE_MAX);
	for (i = 0; i < len; i += 4)
		data[i] = (uint8_t)pick(256);
	while (!is_fat && len && pick(2)) {
		i = pick(len);
		memset(data + i, 0, pick(len - i + 1));
	}
	return len;
}

static void
write_file(struct volume *vol, const char *path)
{
	static uint8_t data[LARGE_MAX];
	size_t len = make_content(data);
	unsigned flags = pick(2) ? VOLUME_WIPE_OLD : 0;
	struct node *node = find_node(path);

	if (node ? node->directory : node_count == NODES_MAX)
		return;
	if (!done(volume_write_file(vol, path, data, len, flags, &err),
		  "write", path))
		return;
	write_model(node ? node->path : path, data, len);
	if (!node)
		add_node(path, false);
}

static void
make_dir(struct volume *vol, const char *path)
{
	if (find_node(path) || node_count == NODES_MAX || strlen(path) > 1000)
		return;
	if (!done(volume_mkdir(vol, path, &err), "mkdir", path))
		return;
	if (mkdir(model_path(path), 0700) < 0)
		die("model: %s", path);
	add_node(path, true);
}

static void
remove_one(struct volume *vol, struct node *node)
{
	if (!node || (node->directory && has_children(node)))
		return;
	if (volume_remove(vol, node->path, pick(2) ? VOLUME_WIPE_OLD : 0,
			  &err) < 0)
		die("remove %s", node->path);
	remove_node(node);
}

/* The volume as it is now, flushed or not, has the model's bytes. */
static void
compare_one(struct volume *vol, const struct node *node)
{
	AUTO_FREE char *data = NULL;
	AUTO_FREE char *want = NULL;
	AUTO_FD int fd = -1;
	struct stat st;
	size_t len;

	if (!node)
		return;
	fd = open(model_path(node->path), O_RDONLY);
	if (fd < 0 || fstat(fd, &st) < 0)
		die("model: %s", node->path);
	want = malloc((size_t)st.st_size + 1);
	if (volume_read_file(vol, node->path, LARGE_MAX, &data, &len, &err) <
		    0 ||
	    io_read_at(fd, want, (size_t)st.st_size, 0, &err) < 0)
		die("read %s", node->path);
	if (len != (size_t)st.st_size || memcmp(data, want, len))
		die("%s differs", node->path);
}

/* Overwrite a part of a file, where files can be written in place. */
static void
patch_file(struct volume *vol, const struct node *node)
{
	AUTO_SOURCE struct source *file = NULL;
	AUTO_FD int fd = -1;
	uint8_t data[5000];
	size_t size, at, len;
	bool zero = pick(3) == 0;

	if (!node || is_fat)
		return;
	file = volume_open_file(vol, node->path, &err);
	if (!file)
		die("open %s", node->path);
	size = (size_t)source_size(file);
	at = pick(size + 1);
	len = pick((size - at < sizeof(data) ? size - at : sizeof(data)) + 1);
	memset(data, zero ? 0 : (int)pick(256), len);
	if (!done(zero ? source_zero(file, at, len, &err) :
			 source_write(file, at, data, len, &err),
		  "patch", node->path))
		return;
	fd = open(model_path(node->path), O_WRONLY);
	if (fd < 0 || io_write_at(fd, data, len, at, &err) < 0)
		die("model: %s", node->path);
}

void
model_edit(struct volume *vol)
{
	struct node *node;
	char path[4096];

	is_fat = !strcmp(volume_type(vol), "vfat");
	make_path(path, sizeof(path));
	switch (pick(10)) {
	case 0:
	case 1:
	case 2:
		write_file(vol, path);
		break;
	case 3:
	case 4:
		node = pick_node(false);
		if (node)
			write_file(vol, node->path);
		break;
	case 5:
		remove_one(vol, pick_node(false));
		break;
	case 6:
		remove_one(vol, pick_node(true));
		break;
	case 7:
		make_dir(vol, path);
		break;
	case 8: /* gone and back within a flush */
		node = pick_node(false);
		if (!node)
			break;
		snprintf(path, sizeof(path), "%s", node->path);
		remove_one(vol, node);
		write_file(vol, path);
		break;
	default:
		compare_one(vol, pick_node(false));
		patch_file(vol, pick_node(false));
	}
}

/* Directories of which the volume knows other names than the model? */
static void
compare_dir(struct volume *vol, const char *path)
{
	AUTO_LISTING struct volume_listing listing = { 0 };
	char full[8192];
	struct node *node;
	size_t i;

	if (volume_list(vol, path, &listing, &err) < 0)
		die("list %s", path);
	for (i = 0; i < listing.count; i++) {
		snprintf(full, sizeof(full), "%s/%s", path[1] ? path : "",
			 listing.entries[i].name);
		if (!strcmp(full, "/lost+found"))
			continue;
		node = find_node(full);
		if (!node || strcmp(node->path, full))
			die("%s is not in the model", full);
	}
}

void
model_compare(struct volume *vol)
{
	size_t i;

	is_fat = !strcmp(volume_type(vol), "vfat");
	compare_dir(vol, "/");
	for (i = 0; i < node_count; i++) {
		if (nodes[i].directory)
			compare_dir(vol, nodes[i].path);
		else
			compare_one(vol, &nodes[i]);
	}
}

void
model_open(const char *folder, const char *seed)
{
	if (!setlocale(LC_ALL, "C.UTF-8"))
		die("no locale C.UTF-8");
	model = folder;
	state = strtoull(seed, NULL, 0) * 0x9e3779b97f4a7c15u + 1;
}

void
model_close(void)
{
	while (node_count)
		free(nodes[--node_count].path);
}
