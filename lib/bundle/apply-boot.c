/* apply-boot.c - the boot files of a hostapp
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * As the hooks 0-bootfiles and 1-bootfiles of meta-balena do: every file of
 * the new root's resin-boot that differs is copied, but for those that are the
 * user's, and the splash goes with its new name.
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "bundle/apply-private.h"
#include "volume/volume-ops.h"

#define NEW_BOOT  "/resin-boot"
#define LOGO	  "/splash/balena-logo.png"
#define OLD_LOGO  "/splash/resin-logo.png"
#define NAMED_MAX 6u /* files that are named, the rest is counted */
#define PIECE	  65536u
#define HEX_LEN	  ((size_t)(2 * MD5_SIZE))

/* The update of the boot files, under way. */
struct update {
	struct tree_visitor visitor; /* first */
	struct apply *apply;
	struct apply_keep keep;
	char *fingerprint; /* what the boot partition was before, or NULL */
	unsigned added, replaced, same, kept, modified;
	struct buffer named; /* of the modified ones that were replaced */
};

/* ---- fingerprints -------------------------------------------------- */

static const char *const lists[] = {
	"/balenaos.fingerprint",			   /* since 2.72.0 */
	"/resinos.fingerprint", "/resin-boot.fingerprint", /* 1.x */
};

static int
read_fingerprint(struct update *update, struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	size_t i, len;

	for (i = 0; i < 3 && !update->fingerprint; i++) {
		update->fingerprint = apply_read_text(update->apply->boot,
						      lists[i], &len, &why);
		if (!update->fingerprint && why.code)
			return error_pass(err, &why);
	}
	return 0;
}

/* Is the line of @len bytes that of @path?  It may begin with a slash, or
 * not. */
static bool
is_line_of(const char *line, size_t len, const char *path)
{
	size_t at = HEX_LEN;

	while (at < len && line[at] == ' ')
		at++;
	if (at == HEX_LEN || at >= len)
		return false;
	at += line[at] == '/';
	path += *path == '/';
	return len - at == strlen(path) && !memcmp(line + at, path, len - at);
}

static int
sum_file(struct volume *vol, const char *path, char hex[HEX_LEN + 1],
	 struct balimg_error *err)
{
	AUTO_SOURCE struct source *file = volume_open_file(vol, path, err);
	AUTO_FREE char *piece = malloc(PIECE);
	uint8_t sum[MD5_SIZE];
	struct digest digest;
	uint64_t at, left;
	size_t now;

	if (!file)
		return -1;
	if (!piece)
		return error_nomem(err);
	digest_begin(&digest, DIGEST_MD5);
	left = source_size(file);
	for (at = 0; left; at += now, left -= now) {
		now = left < PIECE ? (size_t)left : PIECE;
		if (source_read(file, at, piece, now, err) < 0)
			return -1;
		digest_add(&digest, piece, now);
	}
	digest_finish(&digest, sum);
	digest_hex(sum, sizeof(sum), hex);
	return 0;
}

/* *@modified: is @path another than the fingerprint says?  So it is when it
 * says nothing. */
static int
is_modified(const struct update *update, const char *path, bool *modified,
	    struct balimg_error *err)
{
	const char *line = update->fingerprint;
	char hex[HEX_LEN + 1];
	size_t len;

	*modified = true;
	for (; line && *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		if (!is_line_of(line, len, path))
			continue;
		if (sum_file(update->apply->boot, path, hex, err) < 0)
			return -1;
		*modified = strncmp(line, hex, HEX_LEN) != 0;
		return 0;
	}
	return 0;
}

/* ---- copying ------------------------------------------------------- */

/* Each file goes beside its old one first, as on the device, but there one is
 * gone before the next comes: free what earlier ones had, if need be. */
static int
write_boot(struct apply *apply, const char *path, struct source *content,
	   struct balimg_error *err)
{
	struct balimg_error why = { 0 };

	if (volume_write_from(apply->boot, path, content, 0, &why) == 0)
		return 0;
	if (!error_is(&why, BALIMG_E_NO_SPACE))
		return error_pass(err, &why);
	if (volume_flush(apply->boot, err) < 0)
		return -1;
	return volume_write_from(apply->boot, path, content, 0, err);
}

static void
count_modified(struct update *update, const char *path)
{
	if (++update->modified <= NAMED_MAX)
		buffer_printf(&update->named, "%s%s",
			      update->modified > 1 ? ", " : "", path + 1);
}

/* Bring @content to @path, if it is not there already. */
static int
copy_file(struct update *update, const char *path, struct source *content,
	  struct balimg_error *err)
{
	struct apply *apply = update->apply;
	AUTO_SOURCE struct source *old = NULL;
	bool exists, same = false, modified = false;

	if (volume_exists(apply->boot, path, &exists, err) < 0)
		return -1;
	if (exists) {
		old = volume_open_file(apply->boot, path, err);
		if (!old || (source_size(old) == source_size(content) &&
			     volume_compare(old, content, &same, err) < 0))
			return -1;
	}
	if (same) {
		update->same++;
		return 0;
	}
	if (exists && update->fingerprint &&
	    is_modified(update, path, &modified, err) < 0)
		return -1;
	if (modified && strstr(path, ".fingerprint") == NULL)
		count_modified(update, path);
	*(exists ? &update->replaced : &update->added) += 1;
	return write_boot(apply, path, content, err);
}

/* *@keep: does the old file stay?  One of the user's does, from 2.9.0 on
 * always, before only if it is another than the fingerprint says.  One that
 * is missing is not made, but for these, since 6.11.9. */
static int
is_kept(const struct update *update, const char *path, bool *keep,
	struct balimg_error *err)
{
	const struct release *to = &update->apply->to;
	const char *name = strrchr(path, '/') + 1;
	bool exists;

	*keep = apply_keep_has(&update->keep, path);
	if (!*keep)
		return 0;
	if (volume_exists(update->apply->boot, path, &exists, err) < 0)
		return -1;
	if (!exists) {
		*keep = !release_at_least(to, "6.11.9") ||
			(strcmp(name, "extra_uEnv.txt") != 0 &&
			 strcmp(name, "grub_extraenv") != 0);
		return 0;
	}
	if (!to->parsed || release_at_least(to, "2.9.0") ||
	    !strcmp(path, "/config.json"))
		return 0;
	return is_modified(update, path, keep, err);
}

static int
make_folder(struct update *update, const char *path, struct balimg_error *err)
{
	bool exists;

	if (volume_exists(update->apply->boot, path, &exists, err) < 0)
		return -1;
	return exists ? 0 : volume_mkdir(update->apply->boot, path, err);
}

static int
visit(struct tree_visitor *visitor, const struct tree_entry *entry,
      struct tree_content *unused, struct balimg_error *err)
{
	struct update *update = (struct update *)visitor;
	AUTO_SOURCE struct source *content = NULL;
	AUTO_BUFFER struct buffer from = BUFFER_INIT;
	const char *path;
	bool keep;

	(void)unused;
	buffer_printf(&from, NEW_BOOT "/%s", entry->path);
	if (from.failed)
		return error_nomem(err);
	path = from.data + strlen(NEW_BOOT);
	if (!*entry->path)
		return 0;
	if (entry->type == TREE_DIRECTORY)
		return make_folder(update, path, err);
	if (entry->type != TREE_FILE && entry->type != TREE_HARDLINK)
		return 0;
	if (is_kept(update, path, &keep, err) < 0)
		return -1;
	if (keep) {
		update->kept++;
		return 0;
	}
	content = volume_open_file(update->apply->view, from.data, err);
	return content ? copy_file(update, path, content, err) : -1;
}

/* ---- the splash ---------------------------------------------------- */

/* From 2.53.0 on the logo has another name: one that is the user's gets it,
 * the stock one gives way to the new. */
static int
rename_logo(struct update *update, struct balimg_error *err)
{
	struct apply *apply = update->apply;
	AUTO_SOURCE struct source *content = NULL;
	bool exists, modified;

	if (volume_exists(apply->boot, OLD_LOGO, &exists, err) < 0)
		return -1;
	if (!exists || !release_at_least(&apply->to, "2.53.0"))
		return 0;
	if (is_modified(update, OLD_LOGO, &modified, err) < 0)
		return -1;
	if (modified) {
		content = volume_open_file(apply->boot, OLD_LOGO, err);
	} else {
		if (volume_exists(apply->view, NEW_BOOT LOGO, &exists, err) <
		    0)
			return -1;
		if (!exists)
			return 0;
		content = volume_open_file(apply->view, NEW_BOOT LOGO, err);
	}
	if (!content || write_boot(apply, LOGO, content, err) < 0)
		return -1;
	update->replaced++;
	return volume_remove(apply->boot, OLD_LOGO, 0, err);
}

/* ---- the new fingerprint ------------------------------------------- */

struct listing {
	struct tree_visitor visitor; /* first */
	struct volume *boot;
	struct buffer text;
};

static int
list_file(struct tree_visitor *visitor, const struct tree_entry *entry,
	  struct tree_content *unused, struct balimg_error *err)
{
	struct listing *listing = (struct listing *)visitor;
	AUTO_BUFFER struct buffer path = BUFFER_INIT;
	char hex[HEX_LEN + 1];

	(void)unused;
	if (entry->type != TREE_FILE || !strcmp(entry->path, "config.json") ||
	    !strcmp(entry->path, lists[0] + 1))
		return 0;
	buffer_printf(&path, "/%s", entry->path);
	if (path.failed)
		return error_nomem(err);
	if (sum_file(listing->boot, path.data, hex, err) < 0)
		return -1;
	buffer_printf(&listing->text, "%s  %s\n", hex, entry->path);
	return 0;
}

static int
by_path(const void *a, const void *b)
{
	const char *const *one = a;
	const char *const *other = b;

	return strcmp(*one + HEX_LEN, *other + HEX_LEN);
}

/* The lines in the order of their paths. */
static int
sort_lines(struct buffer *text, struct balimg_error *err)
{
	AUTO_FREE char *copy = text->data ? strdup(text->data) : NULL;
	AUTO_FREE char **lines = NULL;
	size_t count = 0;
	char *at, *end;
	size_t i;

	for (at = copy; at && (end = strchr(at, '\n')); at = end + 1)
		count++;
	lines = calloc(count + 1, sizeof(*lines));
	if (!copy || !lines)
		return error_nomem(err);
	for (at = copy, i = 0; i < count; at = end + 1, i++) {
		end = strchr(at, '\n');
		*end = '\0';
		lines[i] = at;
	}
	qsort(lines, count, sizeof(*lines), by_path);
	text->len = 0;
	for (i = 0; i < count; i++)
		buffer_printf(text, "%s\n", lines[i]);
	return text->failed ? error_nomem(err) : 0;
}

/* From 5.3.4 on an update sums up what is there. */
static int
make_fingerprint(struct apply *apply, struct balimg_error *err)
{
	struct listing listing = { .visitor = { .visit = list_file },
				   .boot = apply->boot };
	int rc;

	if (!release_at_least(&apply->to, "5.3.4"))
		return 0;
	rc = tree_walk_volume(apply->boot, "/", &listing.visitor, err);
	if (rc == 0 && listing.text.failed)
		rc = error_nomem(err);
	if (rc == 0)
		rc = sort_lines(&listing.text, err);
	if (rc == 0)
		rc = volume_write_file(apply->boot, lists[0],
				       listing.text.data, listing.text.len, 0,
				       err);
	buffer_free(&listing.text);
	return rc;
}

/* ---- together ------------------------------------------------------ */

static void
tell(const struct update *update)
{
	const struct apply *apply = update->apply;
	const char *title = os_partition_title(apply->os, apply->boot_at);
	char after[128];

	if (update->added || update->replaced) {
		snprintf(after, sizeof(after),
			 "%u files replaced, %u added, %u the same, %u kept",
			 update->replaced, update->added, update->same,
			 update->kept);
		plan_change(apply->c->plan, title, "its boot files", after,
			    false);
	}
	if (update->modified)
		plan_note(apply->c->plan, PLAN_WARNING, title,
			  "as on the device, %u file%s that had been changed "
			  "%s replaced: %s%s",
			  update->modified, update->modified == 1 ? "" : "s",
			  update->modified == 1 ? "is" : "are",
			  update->named.data,
			  update->modified > NAMED_MAX ? ", ..." : "");
}

static int
run(struct update *update, struct balimg_error *err)
{
	struct apply *apply = update->apply;
	bool exists;

	if (volume_exists(apply->view, NEW_BOOT, &exists, err) < 0)
		return -1;
	if (!exists) {
		plan_note(apply->c->plan, PLAN_WARNING, apply->wish->name,
			  "has no boot files (resin-boot): those of the image "
			  "stay");
		return 0;
	}
	if (apply_keep_find(apply, &update->keep, err) < 0 ||
	    read_fingerprint(update, err) < 0 ||
	    tree_walk_volume(apply->view, NEW_BOOT, &update->visitor, err) <
		    0 ||
	    rename_logo(update, err) < 0 || make_fingerprint(apply, err) < 0)
		return -1;
	tell(update);
	customize_wrote(apply->c, apply->os, apply->boot_at);
	return 0;
}

int
apply_boot_files(struct apply *apply, struct balimg_error *err)
{
	struct update update = { .visitor = { .visit = visit },
				 .apply = apply };
	int rc = run(&update, err);

	apply_keep_clear(&update.keep);
	buffer_free(&update.named);
	free(update.fingerprint);
	return rc;
}
