/* build-layer.c - a layer's files, as a docker archive has them
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Where a layer says that a file of a lower one is gone, overlay2 has a
 * character device 0/0, and an attribute at a directory that hides all below;
 * aufs has files called ".wh.NAME" and ".wh..wh..opq", as the archive has.
 * See pkg/archive in balena-engine.
 */
#include <config.h>

#include <string.h>

#include "bundle/build-layer.h"

#define MARK	    ".wh."
#define MARK_OWN    ".wh..wh."
#define MARK_OPAQUE ".wh..wh..opq"
#define OVERLAY	    "trusted.overlay."

static bool
begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static const char *
name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool
build_is_aufs_own(const char *path)
{
	const char *at = path;
	size_t len;

	for (; *at; at += len + (at[len] == '/')) {
		len = strcspn(at, "/");
		if (begins(at, MARK_OWN) &&
		    (len != strlen(MARK_OPAQUE) || !begins(at, MARK_OPAQUE)))
			return true;
	}
	return false;
}

static int
refuse_mark(const char *path, struct balimg_error *err)
{
	return error_set(err, BALIMG_E_REFUSED,
			 "%s: an engine would take the name for the mark of "
			 "a file that is gone",
			 path);
}

/* Hand on an empty file called @path, with the owner of @entry. */
static int
put_mark(const struct build_whiteouts *whiteouts,
	 const struct tree_entry *entry, const char *path,
	 struct balimg_error *err)
{
	struct tree_entry mark = {
		.path = path,
		.type = TREE_FILE,
		.mode = 0600,
		.uid = entry->uid,
		.gid = entry->gid,
		.mtime = entry->mtime,
	};

	return whiteouts->next->visit(whiteouts->next, &mark, NULL, err);
}

/* ---- overlay2 ------------------------------------------------------ */

static bool
is_whiteout(const struct tree_entry *entry)
{
	enum tree_type type = entry->type == TREE_HARDLINK ? entry->linked :
							     entry->type;

	return type == TREE_CHAR && !entry->major && !entry->minor;
}

static int
put_whiteout(const struct build_whiteouts *whiteouts,
	     const struct tree_entry *entry, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer path = BUFFER_INIT;
	const char *name = name_of(entry->path);

	buffer_printf(&path, "%.*s" MARK "%s", (int)(name - entry->path),
		      entry->path, name);
	return path.failed ? error_nomem(err) :
			     put_mark(whiteouts, entry, path.data, err);
}

static int
put_opaque(const struct build_whiteouts *whiteouts,
	   const struct tree_entry *entry, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer path = BUFFER_INIT;

	buffer_printf(&path, "%s%s" MARK_OPAQUE, entry->path,
		      *entry->path ? "/" : "");
	return path.failed ? error_nomem(err) :
			     put_mark(whiteouts, entry, path.data, err);
}

/* To @kept those attributes that are not overlay's; what those say to us. */
static int
sort_xattrs(const struct tree_entry *entry, struct volume_xattrs *kept,
	    bool *opaque, struct balimg_error *err)
{
	const struct volume_xattr *xattr;
	size_t i;

	for (i = 0; entry->xattrs && i < entry->xattrs->count; i++) {
		xattr = &entry->xattrs->xattrs[i];
		if (!begins(xattr->name, OVERLAY)) {
			kept->xattrs[kept->count++] = *xattr;
			continue;
		}
		if (!strcmp(xattr->name, OVERLAY "redirect") ||
		    !strcmp(xattr->name, OVERLAY "metacopy"))
			return error_set(err, BALIMG_E_UNSUPPORTED,
					 "part of it is in another layer "
					 "(%s)",
					 xattr->name);
		if (!strcmp(xattr->name, OVERLAY "opaque") &&
		    xattr->len == 1 && *xattr->value == 'y')
			*opaque = true;
	}
	return 0;
}

static int
visit_overlay(const struct build_whiteouts *whiteouts,
	      const struct tree_entry *entry, struct tree_content *content,
	      struct balimg_error *err)
{
	size_t count = entry->xattrs ? entry->xattrs->count : 0;
	struct volume_xattrs kept = { 0 };
	struct tree_entry clean = *entry;
	bool opaque = false;
	int rc;

	if (is_whiteout(entry))
		return put_whiteout(whiteouts, entry, err);
	kept.xattrs = calloc(count + 1, sizeof(*kept.xattrs));
	if (!kept.xattrs)
		return error_nomem(err);
	clean.xattrs = &kept;
	rc = sort_xattrs(entry, &kept, &opaque, err);
	if (rc == 0)
		rc = whiteouts->next->visit(whiteouts->next, &clean, content,
					    err);
	if (rc == 0 && opaque && entry->type == TREE_DIRECTORY)
		rc = put_opaque(whiteouts, entry, err);
	free(kept.xattrs);
	return rc;
}

/* ---- aufs ---------------------------------------------------------- */

static int
visit_aufs(const struct build_whiteouts *whiteouts,
	   const struct tree_entry *entry, struct tree_content *content,
	   struct balimg_error *err)
{
	if (build_is_aufs_own(entry->path))
		return 0;
	if (begins(name_of(entry->path), MARK))
		return put_mark(whiteouts, entry, entry->path, err);
	if (entry->type == TREE_HARDLINK && build_is_aufs_own(entry->target))
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "its content is kept in %s", entry->target);
	return whiteouts->next->visit(whiteouts->next, entry, content, err);
}

static int
visit(struct tree_visitor *visitor, const struct tree_entry *entry,
      struct tree_content *content, struct balimg_error *err)
{
	struct build_whiteouts *whiteouts = (struct build_whiteouts *)visitor;

	if (whiteouts->marks == BUILD_MARKS_AUFS)
		return visit_aufs(whiteouts, entry, content, err);
	if (begins(name_of(entry->path), MARK))
		return refuse_mark(entry->path, err);
	if (whiteouts->marks == BUILD_MARKS_OVERLAY)
		return visit_overlay(whiteouts, entry, content, err);
	return whiteouts->next->visit(whiteouts->next, entry, content, err);
}

struct build_whiteouts
build_whiteouts_for(enum build_marks marks, struct tree_visitor *next)
{
	return (struct build_whiteouts){ .visitor.visit = visit,
					 .next = next,
					 .marks = marks };
}
