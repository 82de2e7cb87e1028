/* bundle-read.c - the members of an update bundle
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/ending.h"
#include "bundle/bundle-private.h"
#include "bundle/nested.h"

/* ---- releasing ----------------------------------------------------- */

void
bundle_tree_clear(struct bundle_tree *tree)
{
	free(tree->os_release);
	free(tree->device_type_json);
	json_decref(tree->hooks);
	json_decref(tree->boot_files);
}

void
bundle_clear(struct bundle *bundle)
{
	size_t i;

	for (i = 0; i < bundle->count; i++) {
		free(bundle->members[i].path);
		free(bundle->members[i].target);
		free(bundle->members[i].text);
		free(bundle->members[i].twice);
		bundle_tree_clear(&bundle->members[i].tree);
	}
	free(bundle->members);
	bundle_tree_clear(&bundle->tree);
	json_decref(bundle->findings);
}

/* ---- for all ------------------------------------------------------- */

int
bundle_fail(struct archive *archive, const char *what,
	    struct balimg_error *err)
{
	const char *why = archive_error_string(archive);

	return error_set(err, BALIMG_E_INVALID, "%s cannot be read: %s", what,
			 why ? why : "no reason given");
}

int
bundle_find_fault(struct bundle *bundle, const char *severity,
		  const char *where, struct balimg_error *err, const char *fmt,
		  ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (json_array_append_new(bundle->findings,
				  json_pack("{s:s, s:o, s:o}", "severity",
					    severity, "where",
					    json_string_nocheck(where), "text",
					    json_string_nocheck(text))) < 0)
		return error_nomem(err);
	return 0;
}

char *
bundle_path(const char *path, struct balimg_error *err)
{
	char *copy = malloc((path ? strlen(path) : 0) + 1);
	char *end = copy;

	if (!copy) {
		error_nomem(err);
		return NULL;
	}
	while (path && *path) {
		size_t len = strcspn(path, "/");

		if (len && !(len == 1 && *path == '.')) {
			if (end > copy)
				*end++ = '/';
			memcpy(end, path, len);
			end += len;
		}
		path += len + (path[len] == '/');
	}
	*end = '\0';
	return copy;
}

const struct bundle_member *
bundle_find(const struct bundle *bundle, const char *path)
{
	size_t i;

	for (i = bundle->count; i-- > 0;)
		if (!strcmp(bundle->members[i].path, path))
			return &bundle->members[i];
	return NULL;
}

/* ---- what kind of bundle ------------------------------------------- */

static bool
is_hex_name(const char *path, size_t len)
{
	return strspn(path, "0123456789abcdef") >= len;
}

/* Is it a name that only a docker archive has at its top? */
static bool
is_docker_name(const char *path)
{
	static const char *const names[] = { "manifest.json", "oci-layout",
					     "index.json", "repositories",
					     "blobs" };
	size_t top = strcspn(path, "/");
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == top && !strncmp(path, names[i], top))
			return true;
	return is_hex_name(path, 64) || !strncmp(path, "sha256:", 7);
}

/* ---- members ------------------------------------------------------- */

static struct bundle_member *
add_member(struct bundle *bundle, struct archive_entry *entry,
	   struct balimg_error *err)
{
	struct bundle_member *member;
	const char *target = archive_entry_hardlink(entry);
	size_t room = bundle->room ? 2 * bundle->room : 64;

	if (bundle->count == BUNDLE_MEMBERS) {
		error_set(err, BALIMG_E_INVALID, "more than %u members",
			  BUNDLE_MEMBERS);
		return NULL;
	}
	if (bundle->count == bundle->room) {
		member = realloc(bundle->members, room * sizeof(*member));
		if (!member) {
			error_nomem(err);
			return NULL;
		}
		bundle->members = member;
		bundle->room = room;
	}
	if (!target)
		target = archive_entry_symlink(entry);
	member = &bundle->members[bundle->count];
	*member = (struct bundle_member){
		.type = archive_entry_filetype(entry),
		.path = bundle_path(archive_entry_pathname(entry), err),
		.hard = archive_entry_hardlink(entry),
		.target = target ? bundle_path(target, err) : NULL,
	};
	if (!member->path)
		return NULL;
	bundle->count++;
	return target && !member->target ? NULL : member;
}

/* Is the text of this member worth keeping? */
static bool
is_kept_text(const struct bundle *bundle, const char *path)
{
	const char *name = strrchr(path, '/');

	name = name ? name + 1 : path;
	if (!bundle->docker)
		return stem_length(path, ".fingerprint") > 0;
	return !strcmp(name, "json") || !strncmp(path, "sha256:", 7) ||
	       stem_length(path, ".json");
}

/* Sum a member's content, and keep it as @text if that is not NULL and it is
 * no longer than what is kept. */
static int
read_content(struct bundle *bundle, struct archive *archive,
	     struct bundle_member *member, char **text,
	     struct balimg_error *err)
{
	AUTO_FREE char *piece = malloc(BUNDLE_PIECE);
	AUTO_BUFFER struct buffer kept = BUFFER_INIT;
	struct digest digest;
	la_ssize_t got;

	if (!piece)
		return error_nomem(err);
	digest_begin(&digest, bundle->docker ? DIGEST_SHA256 : DIGEST_MD5);
	while ((got = archive_read_data(archive, piece, BUNDLE_PIECE)) > 0) {
		digest_add(&digest, piece, (size_t)got);
		member->size += (uint64_t)got;
		bundle->done += (uint64_t)got;
		if (bundle->done > ARCHIVE_LIMIT)
			return error_set(err, BALIMG_E_INVALID,
					 "more than %llu GiB, as in no bundle",
					 ARCHIVE_LIMIT >> 30);
		if (text && member->size <= BUNDLE_TEXT)
			buffer_add(&kept, piece, (size_t)got);
		if (progress_report(bundle->progress, "reading", bundle->done,
				    0, err) < 0)
			return -1;
	}
	if (got < 0)
		return bundle_fail(archive, member->path, err);
	digest_finish(&digest, bundle->docker ? member->sha256 : member->md5);
	if (!text || member->size > BUNDLE_TEXT)
		return 0;
	bundle->kept += member->size;
	*text = buffer_take(&kept, &member->text_len, err);
	return *text ? 0 : -1;
}

/* A layer is told by its name in the layout of `docker save`; in that of OCI
 * every blob that does not begin as JSON does may be one. */
static bool
is_blob(const char *path)
{
	return !strncmp(path, "blobs/", 6);
}

static bool
is_maybe_layer(const char *path)
{
	return is_blob(path) || stem_length(path, ".tar") ||
	       stem_length(path, ".tar.gz");
}

static int
read_file(struct bundle *bundle, struct archive *archive,
	  struct archive_entry *entry, struct bundle_member *member,
	  struct balimg_error *err)
{
	char **keep = NULL;

	if (bundle->docker && is_maybe_layer(member->path)) {
		if (!bundle->skim)
			return bundle_read_layer(bundle, member, archive, err);
		if (!is_blob(member->path) ||
		    archive_entry_size(entry) > BUNDLE_TEXT)
			return 0;
		keep = &member->text;
	}
	if (!bundle->docker && bundle_tree_note(&bundle->tree, entry,
						member->path, &keep, err) < 0)
		return -1;
	if (!keep && is_kept_text(bundle, member->path))
		keep = &member->text;
	if (bundle->kept > BUNDLE_KEPT)
		keep = NULL;
	return read_content(bundle, archive, member, keep, err);
}

static int
read_member(struct bundle *bundle, struct archive *archive,
	    struct archive_entry *entry, struct balimg_error *err)
{
	struct bundle_member *member = add_member(bundle, entry, err);
	char **unused;

	if (!member)
		return -1;
	if (!bundle->decided && *member->path) {
		bundle->docker = is_docker_name(member->path);
		bundle->decided = true;
	}
	if (bundle->skim && !bundle->docker)
		return 0;
	if (member->type == AE_IFREG && !member->hard)
		return read_file(bundle, archive, entry, member, err);
	return bundle->docker ? 0 :
				bundle_tree_note(&bundle->tree, entry,
						 member->path, &unused, err);
}

/* ---- the whole ----------------------------------------------------- */

static int
note_member(struct archive *archive, struct archive_entry *entry, size_t at,
	    void *data, struct balimg_error *err)
{
	struct bundle *bundle = data;

	if (!at)
		nested_tell_compression(archive, bundle->compression);
	if (read_member(bundle, archive, entry, err) < 0)
		return -1;
	return bundle->skim && bundle->decided && !bundle->docker;
}

int
bundle_read(struct bundle *bundle, int fd, struct balimg_error *err)
{
	return bundle_each_member(fd, note_member, bundle, err);
}

/* What is @fd, of which nothing could be read as an archive? */
static int
fail_first(struct archive *archive, int fd, struct balimg_error *err)
{
	uint8_t sector[512] = { 0 };
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_sys(err, "cannot look at the bundle");
	if (S_ISDIR(st.st_mode))
		return error_set(err, BALIMG_E_INVALID,
				 "is a folder, not an update bundle");
	if (S_ISREG(st.st_mode) && !st.st_size)
		return error_set(err, BALIMG_E_INVALID, "is empty");
	if (archive_errno(archive) != EILSEQ) /* a format it does not know */
		return bundle_fail(archive, "the bundle", err);
	if (pread(fd, sector, sizeof(sector), 0) == sizeof(sector) &&
	    le16_get(sector + 510) == 0xaa55) {
		error_set(err, BALIMG_E_INVALID,
			  "is a disk image, not an update bundle");
		return error_hint(
			err,
			"`balimg info` tells of it, and `balimg hup build` "
			"makes a bundle of it");
	}
	return error_set(err, BALIMG_E_INVALID,
			 "is no update bundle: no tar file, plain or "
			 "compressed by gzip, bzip2, xz or zstd");
}

static int
each_member(struct archive *archive, int fd,
	    int (*visit)(struct archive *archive, struct archive_entry *entry,
			 size_t at, void *data, struct balimg_error *err),
	    void *data, struct balimg_error *err)
{
	struct archive_entry *entry;
	size_t at;
	int rc, more;

	for (at = 0;
	     (rc = archive_read_next_header(archive, &entry)) >= ARCHIVE_WARN;
	     at++) {
		if (rc == ARCHIVE_EOF)
			return 0;
		more = visit(archive, entry, at, data, err);
		if (more)
			return more < 0 ? -1 : 0;
	}
	return at ? bundle_fail(archive, "the bundle", err) :
		    fail_first(archive, fd, err);
}

int
bundle_each_member(int fd,
		   int (*visit)(struct archive *archive,
				struct archive_entry *entry, size_t at,
				void *data, struct balimg_error *err),
		   void *data, struct balimg_error *err)
{
	struct archive *archive = nested_new_reader();
	int rc;

	if (!archive)
		return error_nomem(err);
	if (archive_read_open_fd(archive, fd, BUNDLE_PIECE) < ARCHIVE_WARN)
		rc = fail_first(archive, fd, err);
	else
		rc = each_member(archive, fd, visit, data, err);
	archive_read_free(archive);
	return rc;
}
