/* build-sums.c - the sums of a bundle's files, as its fingerprints list them
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A line is an MD5, one or two blanks, a slash where there always was one, and
 * the path.  The build leaves out some files; so what an old fingerprint did
 * not list, a new one does not either, unless it was added.
 */
#include <config.h>

#include <string.h>

#include "bundle/build-private.h"

#define HEX ((size_t)(2 * MD5_SIZE))

/* ---- the sums ------------------------------------------------------ */

int
build_sums_add(struct build_sums *sums, const char *path,
	       const uint8_t md5[MD5_SIZE], struct balimg_error *err)
{
	struct build_sum *list;
	char *copy;

	if (sums->count == sums->room) {
		size_t room = sums->room ? 2 * sums->room : 1024;

		list = realloc(sums->sums, room * sizeof(*list));
		if (!list)
			return error_nomem(err);
		sums->sums = list;
		sums->room = room;
	}
	copy = strdup(path);
	if (!copy)
		return error_nomem(err);
	sums->sums[sums->count].path = copy;
	memcpy(sums->sums[sums->count++].md5, md5, MD5_SIZE);
	sums->sorted = false;
	return 0;
}

static int
by_path(const void *a, const void *b)
{
	const struct build_sum *one = a;
	const struct build_sum *other = b;

	return strcmp(one->path, other->path);
}

static void
sort(struct build_sums *sums)
{
	if (!sums->sorted && sums->count)
		qsort(sums->sums, sums->count, sizeof(*sums->sums), by_path);
	sums->sorted = true;
}

const uint8_t *
build_sums_find(struct build_sums *sums, const char *path)
{
	struct build_sum key = { .path = (char *)path };
	const struct build_sum *found;

	sort(sums);
	found = sums->count ? bsearch(&key, sums->sums, sums->count,
				      sizeof(key), by_path) :
			      NULL;
	return found ? found->md5 : NULL;
}

void
build_sums_clear(struct build_sums *sums)
{
	size_t i;

	for (i = 0; i < sums->count; i++)
		free(sums->sums[i].path);
	free(sums->sums);
}

/* ---- a fingerprint ------------------------------------------------- */

static void
put_line(struct buffer *text, const uint8_t *md5, const char *rest, size_t len,
	 unsigned long *lines)
{
	char hex[2 * MD5_SIZE + 1];

	digest_hex(md5, MD5_SIZE, hex);
	buffer_add(text, hex, HEX);
	buffer_add(text, rest, len);
	buffer_add(text, "\n", 1);
	++*lines;
}

/* The path in a line that has @len bytes after its sum. */
static size_t
path_at(const char *rest, size_t len)
{
	size_t at = strspn(rest, " ");

	if (at > len)
		at = len;
	return at + (at < len && rest[at] == '/');
}

static int
keep_line(struct build_sums *sums, const struct build_print *print,
	  const char *rest, size_t len, struct buffer *text,
	  unsigned long *lines, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer path = BUFFER_INIT;
	size_t at = path_at(rest, len);
	const uint8_t *md5;

	buffer_puts(&path, print->folder);
	buffer_add(&path, rest + at, len - at);
	if (path.failed)
		return error_nomem(err);
	md5 = build_sums_find(sums, path.data ? path.data : "");
	if (md5)
		put_line(text, md5, rest, len, lines);
	return 0;
}

static int
keep_lines(struct build_sums *sums, const struct build_print *print,
	   struct buffer *text, unsigned long *lines, struct balimg_error *err)
{
	const char *at = print->old;
	size_t len;

	for (; *at; at += len + (at[len] == '\n')) {
		len = strcspn(at, "\n");
		if (len > HEX && keep_line(sums, print, at + HEX, len - HEX,
					   text, lines, err) < 0)
			return -1;
	}
	return 0;
}

/* Is @path one that a new fingerprint of the folder lists?  A name that would
 * need md5sum's quotes is not. */
static bool
is_listed(const struct build_print *print, const char *path)
{
	static const char *const others[] = { "resin-boot/", "quirks/" };
	size_t i;

	if (strncmp(path, print->folder, strlen(print->folder)) != 0 ||
	    strpbrk(path, "\\\n"))
		return false;
	for (i = 0; !*print->folder && i < 2; i++)
		if (!strncmp(path, others[i], strlen(others[i])))
			return false;
	return true;
}

/* What a device makes anew: see image-resin.bbclass in meta-balena. */
static bool
is_left_out(const char *path)
{
	static const char *const paths[] = { "etc/machine-id",
					     "etc/ld.so.cache",
					     "var/cache/ldconfig/aux-cache" };
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		if (!strcmp(path, paths[i]))
			return true;
	return false;
}

static void
add_line(const struct build_print *print, const char *path, const uint8_t *md5,
	 struct buffer *text, unsigned long *lines)
{
	AUTO_BUFFER struct buffer rest = BUFFER_INIT;

	buffer_printf(&rest, "%s/%s", print->blanks,
		      path + strlen(print->folder));
	if (rest.failed)
		text->failed = true;
	else
		put_line(text, md5, rest.data, rest.len, lines);
}

/* Does a line of @text end with @path? */
static bool
has_line(const struct buffer *text, const struct build_print *print,
	 const char *path)
{
	const char *name = path + strlen(print->folder);
	const char *at = text->data;
	size_t len, skip;

	for (; at && *at; at += len + (at[len] == '\n')) {
		len = strcspn(at, "\n");
		skip = HEX + path_at(at + HEX, len - HEX);
		if (len - skip == strlen(name) &&
		    !memcmp(at + skip, name, len - skip))
			return true;
	}
	return false;
}

int
build_fingerprint(struct build_sums *sums, const struct build_print *print,
		  struct buffer *text, unsigned long *lines,
		  struct balimg_error *err)
{
	size_t i;

	*lines = 0;
	sort(sums);
	if (print->old && keep_lines(sums, print, text, lines, err) < 0)
		return -1;
	for (i = 0; !print->old && i < sums->count; i++)
		if (is_listed(print, sums->sums[i].path) &&
		    !is_left_out(sums->sums[i].path))
			add_line(print, sums->sums[i].path, sums->sums[i].md5,
				 text, lines);
	for (i = 0; print->old && i < print->request->change_count; i++) {
		const char *path = print->request->changes[i].path;
		const uint8_t *md5 = build_sums_find(sums, path);

		if (md5 && is_listed(print, path) &&
		    !has_line(text, print, path))
			add_line(print, path, md5, text, lines);
	}
	return text->failed ? error_nomem(err) : 0;
}
