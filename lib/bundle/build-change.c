/* build-change.c - files that go into a bundle besides
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * An old file is replaced where it passes by, and keeps its owner and mode;
 * what is new comes at the end.
 */
#include <config.h>

#include <string.h>

#include "base/io.h"
#include "bundle/build-private.h"

/* ---- entries of our own -------------------------------------------- */

static int
read_content(struct tree_content *head, void *piece, size_t room, size_t *got,
	     struct balimg_error *err)
{
	struct build_content *content = (struct build_content *)head;

	*got = tree_next(source_size(content->source), content->at, room);
	if (*got &&
	    source_read(content->source, content->at, piece, *got, err) < 0)
		return -1;
	content->at += *got;
	return 0;
}

struct build_content
build_content_of(struct source *source)
{
	return (struct build_content){ { read_content }, source, 0 };
}

int
build_put_file(struct tree_visitor *visitor, const char *path, unsigned mode,
	       struct source *content, struct balimg_error *err)
{
	struct build_content from = build_content_of(content);
	struct tree_entry entry = {
		.path = path,
		.type = TREE_FILE,
		.mode = mode,
		.mtime = io_now(),
		.size = source_size(content),
	};

	return visitor->visit(visitor, &entry, &from.head, err);
}

int
build_put_directory(struct tree_visitor *visitor, const char *path,
		    struct balimg_error *err)
{
	struct tree_entry entry = {
		.path = path,
		.type = TREE_DIRECTORY,
		.mode = 0755,
		.mtime = io_now(),
	};

	return visitor->visit(visitor, &entry, NULL, err);
}

/* ---- the changes --------------------------------------------------- */

/* Put the new content into the place of what is there. */
static int
replace(struct build_changes *changes, size_t at,
	const struct tree_entry *entry, struct balimg_error *err)
{
	const struct build_change *change = &changes->changes[at];
	struct build_content content = build_content_of(change->content);
	struct tree_entry changed = *entry;

	if (entry->type == TREE_DIRECTORY)
		return error_set(err, BALIMG_E_REFUSED,
				 "%s is a directory, and no file",
				 change->path);
	if (entry->type != TREE_FILE && entry->type != TREE_HARDLINK)
		changed.mode = change->mode;
	changed.type = TREE_FILE;
	changed.size = source_size(change->content);
	changed.mtime = io_now();
	changed.target = NULL;
	changed.major = changed.minor = 0;
	changed.xattrs = NULL;
	changes->state[at].placed = true;
	return changes->next->visit(changes->next, &changed, &content.head,
				    err);
}

/* Is @entry on the way to the change? */
static int
note_parent(struct build_changes *changes, size_t at,
	    const struct tree_entry *entry, struct balimg_error *err)
{
	const char *path = changes->changes[at].path;
	size_t len = strlen(entry->path);

	if (!len || strncmp(path, entry->path, len) != 0 || path[len] != '/')
		return 0;
	if (entry->type != TREE_DIRECTORY) {
		error_set(err, BALIMG_E_REFUSED,
			  "%s cannot go there: %s is no directory", path,
			  entry->path);
		return entry->type == TREE_SYMLINK ?
			       error_hint(err, "name the place that the link "
					       "leads to") :
			       -1;
	}
	if (changes->state[at].known < len)
		changes->state[at].known = len;
	return 0;
}

static int
visit(struct tree_visitor *visitor, const struct tree_entry *entry,
      struct tree_content *content, struct balimg_error *err)
{
	struct build_changes *changes = (struct build_changes *)visitor;
	size_t i;

	for (i = 0; i < changes->count; i++) {
		if (!strcmp(entry->path, changes->changes[i].path))
			return replace(changes, i, entry, err);
		if (note_parent(changes, i, entry, err) < 0)
			return -1;
	}
	return changes->next->visit(changes->next, entry, content, err);
}

int
build_changes_begin(struct build_changes *changes,
		    const struct build_request *request,
		    struct tree_visitor *next, struct balimg_error *err)
{
	*changes = (struct build_changes){
		.visitor.visit = visit,
		.next = next,
		.changes = request->changes,
		.count = request->change_count,
		.state = calloc(request->change_count + 1,
				sizeof(*changes->state)),
	};
	return changes->state ? 0 : error_nomem(err);
}

/* The directories that are still missing, from the top down. */
static int
put_parents(struct build_changes *changes, size_t at, struct balimg_error *err)
{
	const char *path = changes->changes[at].path;
	const char *slash;

	for (;;) {
		AUTO_FREE char *parent = NULL;
		size_t known = changes->state[at].known;

		slash = strchr(path + known + (known > 0), '/');
		if (!slash)
			return 0;
		parent = strndup(path, (size_t)(slash - path));
		if (!parent)
			return error_nomem(err);
		if (build_put_directory(&changes->visitor, parent, err) < 0)
			return -1;
	}
}

int
build_changes_finish(struct build_changes *changes, struct balimg_error *err)
{
	size_t i;

	for (i = 0; i < changes->count; i++) {
		const struct build_change *change = &changes->changes[i];

		if (changes->state[i].placed)
			continue;
		if (put_parents(changes, i, err) < 0 ||
		    build_put_file(changes->next, change->path, change->mode,
				   change->content, err) < 0)
			return -1;
	}
	return 0;
}

void
build_changes_clear(struct build_changes *changes)
{
	free(changes->state);
}
