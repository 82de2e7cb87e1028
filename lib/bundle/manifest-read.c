/* manifest-read.c - what a folder of the host could not hold, read again
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The user may have edited it, and somebody else may have made it.
 */
#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/base64.h"
#include "bundle/bundle-private.h"
#include "bundle/manifest.h"
#include "volume/volume-ops.h"

#define LINE_LIMIT (128u << 10) /* bytes: an attribute has up to 64 KiB */
#define SIZE_LIMIT (1l << 30)	/* of all */

void
manifest_clear(struct manifest *manifest)
{
	size_t i;

	for (i = 0; i < manifest->count; i++) {
		free(manifest->lines[i].path);
		free(manifest->lines[i].link);
		volume_xattrs_clear(&manifest->lines[i].xattrs);
	}
	free(manifest->lines);
	free(manifest->devices);
	*manifest = (struct manifest){ 0 };
}

/* ---- words --------------------------------------------------------- */

/* Undo \ooo in @text, in place; false if that makes a NUL. */
static bool
unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (text[0] == '\\' && text[1] && text[2] && text[3] &&
		    strspn(text + 1, "01234567") >= 3) {
			*to = (char)((text[1] - '0') << 6 |
				     (text[2] - '0') << 3 | (text[3] - '0'));
			if (!*to++)
				return false;
			text += 3;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
	return true;
}

static bool
take_number(const char *text, int base, uint64_t limit, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, base);
	return !errno && end > text && !*end && *text != '-' &&
	       *number <= limit;
}

static bool
take_type(const char *text, enum tree_type *type)
{
	static const char *const types[] = {
		[TREE_FILE] = "file",	 [TREE_DIRECTORY] = "dir",
		[TREE_SYMLINK] = "link", [TREE_HARDLINK] = "",
		[TREE_CHAR] = "char",	 [TREE_BLOCK] = "block",
		[TREE_FIFO] = "fifo",	 [TREE_SOCKET] = "socket",
	};
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (*types[i] && !strcmp(text, types[i])) {
			*type = (enum tree_type)i;
			return true;
		}
	}
	return false;
}

/* "linux,8,1", or "native,8,1" as bsdtar says. */
static bool
take_device(const char *text, struct tree_entry *entry)
{
	const char *upper = strchr(text, ',');
	const char *lower = upper ? strchr(upper + 1, ',') : NULL;
	uint64_t major, minor;
	char number[16];

	if (!lower || lower - upper > (ptrdiff_t)sizeof(number))
		return false;
	snprintf(number, sizeof(number), "%.*s", (int)(lower - upper - 1),
		 upper + 1);
	if (!take_number(number, 10, TREE_MAJOR, &major) ||
	    !take_number(lower + 1, 10, TREE_MINOR, &minor))
		return false;
	entry->major = (uint32_t)major;
	entry->minor = (uint32_t)minor;
	return true;
}

static bool
take_word(struct manifest_line *line, const char *word)
{
	const char *value = strchr(word, '=');
	size_t len = value ? (size_t)(value - word) : 0;
	uint64_t number = 0;
	bool fits = true;

	value = value ? value + 1 : word;
	if (len == 4 && !strncmp(word, "type", len)) {
		fits = take_type(value, &line->entry.type);
	} else if (len == 4 && !strncmp(word, "mode", len)) {
		fits = take_number(value, 8, 07777, &number);
		line->entry.mode = (unsigned)number;
	} else if (len == 3 && !strncmp(word, "uid", len)) {
		fits = take_number(value, 10, UINT32_MAX - 1, &number);
		line->entry.uid = (uint32_t)number;
	} else if (len == 3 && !strncmp(word, "gid", len)) {
		fits = take_number(value, 10, UINT32_MAX - 1, &number);
		line->entry.gid = (uint32_t)number;
	} else if (len == 4 && !strncmp(word, "time", len)) {
		line->entry.mtime = strtoll(value, NULL, 10);
	} else if (len == 6 && !strncmp(word, "device", len)) {
		fits = take_device(value, &line->entry);
	}
	return fits;
}

/* ---- lines --------------------------------------------------------- */

static int
refuse(size_t number, const char *what, struct balimg_error *err)
{
	return error_set(err, BALIMG_E_INVALID, "line %zu: %s", number, what);
}

static int
add_line(struct manifest *manifest, char *text, size_t number,
	 struct balimg_error *err)
{
	size_t room = manifest->room ? 2 * manifest->room : 256;
	struct manifest_line *line = manifest->lines;
	char *rest, *word;

	(void)strtok_r(text, " \t", &rest);
	if (*text != '.' || !unescape(text))
		return refuse(number, "no path that begins with a dot", err);
	if (manifest->count == TREE_ENTRIES)
		return refuse(number, "more files than a tree has", err);
	if (manifest->count == manifest->room) {
		line = realloc(line, room * sizeof(*line));
		if (!line)
			return error_nomem(err);
		manifest->lines = line;
		manifest->room = room;
	}
	line = &manifest->lines[manifest->count];
	*line = (struct manifest_line){
		.path = bundle_path(text, err),
		.number = number,
		.entry = { .mode = 0755 },
	};
	if (!line->path)
		return -1;
	manifest->count++;
	while ((word = strtok_r(NULL, " \t", &rest)))
		if (!take_word(line, word))
			return refuse(number, "a word that makes no sense",
				      err);
	return 0;
}

static int
add_attribute(struct manifest_line *line, char *text, size_t number,
	      struct balimg_error *err)
{
	char *value = strchr(text, '=');
	AUTO_FREE uint8_t *bytes = NULL;
	size_t len;

	if (!value)
		return refuse(number, "an attribute without a value", err);
	*value++ = '\0';
	len = strlen(value);
	bytes = malloc(BASE64_DECODED_SIZE(len) + 1);
	if (!bytes)
		return error_nomem(err);
	if (!unescape(text) || !*text ||
	    !base64_decode(value, len, bytes, &len))
		return refuse(number, "an attribute that is no base64", err);
	if (line->xattrs.count == TREE_XATTRS)
		return refuse(number, "too many attributes", err);
	return volume_xattrs_add(&line->xattrs, text, bytes, len, err);
}

/* A comment may be ours, and about the line before. */
static int
add_comment(struct manifest *manifest, char *text, size_t number,
	    struct balimg_error *err)
{
	struct manifest_line *line =
		manifest->count ? &manifest->lines[manifest->count - 1] : NULL;

	if (line && !strncmp(text, "#xattr ", 7))
		return add_attribute(line, text + 7, number, err);
	if (!line || strncmp(text, "#link ", 6) != 0)
		return 0;
	if (!unescape(text + 6))
		return refuse(number, "no path", err);
	free(line->link);
	line->link = bundle_path(text + 6, err);
	return line->link ? 0 : -1;
}

static int
read_line(struct manifest *manifest, char *text, size_t len, size_t number,
	  struct balimg_error *err)
{
	if (len > LINE_LIMIT || memchr(text, '\0', len))
		return refuse(number, "too long, or no text", err);
	while (len && strchr("\r\n\t ", text[len - 1]))
		text[--len] = '\0';
	while (*text == ' ' || *text == '\t')
		text++;
	if (!*text)
		return 0;
	if (*text == '#')
		return add_comment(manifest, text, number, err);
	return add_line(manifest, text, number, err);
}

/* ---- the whole ----------------------------------------------------- */

static int
by_path(const void *a, const void *b)
{
	const struct manifest_line *one = a;
	const struct manifest_line *other = b;
	int order = strcmp(one->path, other->path);

	return order			   ? order :
	       one->number < other->number ? -1 :
					     one->number > other->number;
}

static bool
is_device(const struct manifest_line *line)
{
	return line->entry.type == TREE_CHAR || line->entry.type == TREE_BLOCK;
}

/* Into order, and the devices into a list of their own. */
static int
settle(struct manifest *manifest, struct balimg_error *err)
{
	struct manifest_line *lines = manifest->lines;
	size_t i;

	if (!manifest->count)
		return 0;
	qsort(lines, manifest->count, sizeof(*lines), by_path);
	manifest->devices = calloc(manifest->count,
				   sizeof(manifest->devices[0]));
	if (!manifest->devices)
		return error_nomem(err);
	for (i = 0; i < manifest->count; i++)
		if (is_device(&lines[i]) &&
		    (i + 1 == manifest->count ||
		     strcmp(lines[i].path, lines[i + 1].path) != 0))
			manifest->devices[manifest->device_count++] =
				&lines[i];
	return 0;
}

static int
check_size(int fd, struct balimg_error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_sys(err, "cannot look at the manifest");
	if (st.st_size > SIZE_LIMIT)
		return error_set(err, BALIMG_E_INVALID,
				 "is too long for a manifest");
	return 0;
}

int
manifest_read(struct manifest *manifest, int fd, struct balimg_error *err)
{
	int again = dup(fd);
	FILE *file = again < 0 ? NULL : fdopen(again, "r");
	AUTO_FREE char *text = NULL;
	size_t number, room = 0;
	ssize_t len;
	int rc = check_size(fd, err);

	if (!file) {
		cleanup_fd(&again);
		return error_sys(err, "cannot read the manifest");
	}
	for (number = 1; rc == 0 && (len = getline(&text, &room, file)) >= 0;
	     number++)
		rc = read_line(manifest, text, (size_t)len, number, err);
	if (rc == 0 && ferror(file))
		rc = error_sys(err, "cannot read the manifest");
	fclose(file);
	return rc == 0 ? settle(manifest, err) : -1;
}

/* The last line of @path, or NULL. */
static const struct manifest_line *
find_line(const struct manifest *manifest, const char *path)
{
	size_t low = 0;
	size_t high = manifest->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(manifest->lines[middle].path, path) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low && !strcmp(manifest->lines[low - 1].path, path) ?
		       &manifest->lines[low - 1] :
		       NULL;
}

const struct manifest_line *
manifest_find(const struct manifest *manifest, const char *path)
{
	const struct manifest_line *line = find_line(manifest, path);
	unsigned hops;

	for (hops = 0; line && line->link && hops < 16; hops++)
		line = find_line(manifest, line->link);
	return line && !line->link ? line : NULL;
}
