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
#include "volume-model-nodes.h"

#define FILE_LIMIT 24000u /* bytes of a file */

struct node model_nodes[MODEL_NODES_MAX];
size_t model_count;
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

const char *
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

struct node *
model_find(const char *path)
{
	size_t i;

	for (i = 0; i < model_count; i++)
		if (same_name(model_nodes[i].path, path))
			return &model_nodes[i];
	return NULL;
}

struct node *
model_pick(bool directory)
{
	size_t at = model_count ? pick(model_count) : 0;
	size_t i;

	for (i = 0; i < model_count; i++, at = (at + 1) % model_count)
		if (model_nodes[at].directory == directory &&
		    !model_nodes[at].link)
			return &model_nodes[at];
	return NULL;
}

static bool
has_children(const struct node *dir)
{
	size_t len = strlen(dir->path);
	size_t i;

	for (i = 0; i < model_count; i++)
		if (!strncmp(model_nodes[i].path, dir->path, len) &&
		    model_nodes[i].path[len] == '/')
			return true;
	return false;
}

void
model_add(const char *path, bool directory)
{
	model_nodes[model_count++] = (struct node){ strdup(path), directory,
						    false };
}

void
model_remove(struct node *node)
{
	if (remove(model_path(node->path)) < 0)
		die("model: %s: %s", node->path, strerror(errno));
	free(node->path);
	*node = model_nodes[--model_count];
}

void
model_write(const char *path, const uint8_t *data, size_t len)
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
	const struct node *dir = pick(3) ? model_pick(true) : NULL;
	char name[300];

	make_name(name, sizeof(name));
	snprintf(path, size, "%s/%s", dir ? dir->path : "", name);
}

/* ---- edits ---- */

/* Full volumes are part of the game. */
bool
model_done(int rc, const char *what, const char *path)
{
	if (rc == 0)
		return true;
	if (err.code != BALIMG_E_NO_SPACE)
		die("%s %s", what, path);
	error_clear(&err);
	return false;
}

/* Random bytes; where there may be holes, runs of zeroes too. */
size_t
model_content(uint8_t *data)
{
	size_t len = pick(4) ? pick(FILE_LIMIT) : pick(3) * 512 + pick(2);
	size_t i;

	if (!is_fat && !pick(6))
		len = pick(MODEL_LARGE_MAX);
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
	static uint8_t data[MODEL_LARGE_MAX];
	size_t len = model_content(data);
	unsigned flags = pick(2) ? VOLUME_WIPE_OLD : 0;
	struct node *node = model_find(path);

	if (node ? node->directory || node->link :
		   model_count == MODEL_NODES_MAX)
		return;
	if (!model_done(volume_write_file(vol, path, data, len, flags, &err),
			"write", path))
		return;
	model_write(node ? node->path : path, data, len);
	if (!node)
		model_add(path, false);
}

static void
make_dir(struct volume *vol, const char *path)
{
	if (model_find(path) || model_count == MODEL_NODES_MAX ||
	    strlen(path) > 1000)
		return;
	if (!model_done(volume_mkdir(vol, path, &err), "mkdir", path))
		return;
	if (mkdir(model_path(path), 0700) < 0)
		die("model: %s", path);
	model_add(path, true);
}

void
model_remove_one(struct volume *vol, struct node *node)
{
	if (!node || (node->directory && has_children(node)))
		return;
	if (volume_remove(vol, node->path, pick(2) ? VOLUME_WIPE_OLD : 0,
			  &err) < 0)
		die("remove %s", node->path);
	model_remove(node);
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
	if (node->link) {
		model_compare_link(vol, node);
		return;
	}
	fd = open(model_path(node->path), O_RDONLY);
	if (fd < 0 || fstat(fd, &st) < 0)
		die("model: %s", node->path);
	want = malloc((size_t)st.st_size + 1);
	if (volume_read_file(vol, node->path, MODEL_LARGE_MAX, &data, &len,
			     &err) < 0 ||
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
	if (!model_done(zero ? source_zero(file, at, len, &err) :
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
	if (!is_fat && !pick(3)) {
		model_edit_ext(vol, path);
		return;
	}
	switch (pick(10)) {
	case 0:
	case 1:
	case 2:
		write_file(vol, path);
		break;
	case 3:
	case 4:
		node = model_pick(false);
		if (node)
			write_file(vol, node->path);
		break;
	case 5:
		model_remove_one(vol, model_pick(false));
		break;
	case 6:
		model_remove_one(vol, model_pick(true));
		break;
	case 7:
		make_dir(vol, path);
		break;
	case 8: /* gone and back within a flush */
		node = model_pick(false);
		if (!node)
			break;
		snprintf(path, sizeof(path), "%s", node->path);
		model_remove_one(vol, node);
		write_file(vol, path);
		break;
	default:
		compare_one(vol, model_pick(false));
		patch_file(vol, model_pick(false));
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
		node = model_find(full);
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
	for (i = 0; i < model_count; i++) {
		if (model_nodes[i].directory)
			compare_dir(vol, model_nodes[i].path);
		else
			compare_one(vol, &model_nodes[i]);
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
	while (model_count)
		free(model_nodes[--model_count].path);
}
