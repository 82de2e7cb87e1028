/* apply-node.c - entries of a tree become files of a volume
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * What an entry says of its place is not believed: all that its path leads
 * through must be directories, so that no symbolic link of the tree leads to
 * what is outside of it.  An entry that comes again replaces the earlier one,
 * and a directory that is missing is made, as tar does.
 */
#include <config.h>

#include <string.h>

#include "base/buffer.h"
#include "base/io.h"
#include "bundle/apply-private.h"

#define WHITEOUT     ".wh."
#define WHITEOUT_OWN ".wh..wh."
#define OPAQUE	     ".wh..wh..opq"
#define MARK	     "trusted.overlay."

/* ---- where it goes ------------------------------------------------- */

static char *
join(const char *top, const char *path, size_t len, struct balimg_error *err)
{
	struct buffer whole = BUFFER_INIT;

	buffer_printf(&whole, "%s%s%.*s", top, len ? "/" : "", (int)len, path);
	if (!whole.len)
		buffer_puts(&whole, "/");
	return buffer_take(&whole, NULL, err);
}

/* *@entry: what is there, to be cleared; *@there: is there anything? */
static int
look(struct volume *vol, const char *path, struct volume_entry *entry,
     bool *there, struct balimg_error *err)
{
	struct balimg_error why = { 0 };

	*entry = (struct volume_entry){ 0 };
	*there = volume_stat_link(vol, path, entry, &why) == 0;
	if (*there || error_is(&why, BALIMG_E_NOT_FOUND))
		return 0;
	return error_pass(err, &why);
}

/* See to it that the first @len bytes of @path are a directory. */
static int
need_directory(struct apply_nodes *nodes, const char *path, size_t len,
	       struct balimg_error *err)
{
	AUTO_FREE char *whole = join(nodes->top, path, len, err);
	struct volume_entry entry;
	bool there, directory;

	if (!whole || look(nodes->vol, whole, &entry, &there, err) < 0)
		return -1;
	directory = entry.directory;
	volume_entry_clear(&entry);
	if (directory)
		return 0;
	if (there)
		return error_set(err, BALIMG_E_INVALID,
				 "%s lies in what is no directory", path);
	return apply_mkdir(nodes->vol, whole, 0755, err);
}

/* All directories that @path is in. */
static int
need_parents(struct apply_nodes *nodes, const char *path,
	     struct balimg_error *err)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	const char *at;

	if (!slash ||
	    (strlen(nodes->known) == len && !strncmp(nodes->known, path, len)))
		return 0;
	for (at = strchr(path, '/'); at; at = strchr(at + 1, '/'))
		if (need_directory(nodes, path, (size_t)(at - path), err) < 0)
			return -1;
	if (len < sizeof(nodes->known)) {
		memcpy(nodes->known, path, len);
		nodes->known[len] = '\0';
	}
	return 0;
}

/* ---- content ------------------------------------------------------- */

/* A content, as a volume wants it. */
struct tree_stream {
	struct volume_stream head; /* first */
	struct tree_content *content;
};

static int
read_tree(struct volume_stream *stream, void *data, size_t len,
	  struct balimg_error *err)
{
	struct tree_content *content = ((struct tree_stream *)stream)->content;
	char *to = data;
	size_t got;

	for (; len; len -= got, to += got) {
		if (content->read(content, to, len, &got, err) < 0)
			return -1;
		if (!got)
			return error_set(err, BALIMG_E_INVALID,
					 "the content is cut short");
	}
	return 0;
}

/* ---- one entry ----------------------------------------------------- */

static void
describe(const struct tree_entry *entry, struct volume_entry *as)
{
	static const char *const specials[] = {
		[TREE_SYMLINK] = "symlink",
		[TREE_CHAR] = "character device",
		[TREE_BLOCK] = "block device",
		[TREE_FIFO] = "fifo",
		[TREE_SOCKET] = "socket",
	};

	*as = (struct volume_entry){
		.directory = entry->type == TREE_DIRECTORY,
		.special = specials[entry->type],
		.modified = entry->mtime,
		/* That of a link is not asked for. */
		.mode = entry->type == TREE_SYMLINK ? 0777 : entry->mode,
		.uid = entry->uid,
		.gid = entry->gid,
		.major = entry->major,
		.minor = entry->minor,
		.target = (char *)(uintptr_t)entry->target,
	};
}

/* Is it a root file system, and no layer? */
static bool
is_root(const struct apply_nodes *nodes)
{
	return nodes->form == FORM_PLAIN || nodes->form == FORM_TAR;
}

/* Those attributes that are the file's, lent. */
static int
choose_xattrs(const struct apply_nodes *nodes, const struct tree_entry *entry,
	      struct volume_xattrs *chosen, struct balimg_error *err)
{
	size_t count = entry->xattrs ? entry->xattrs->count : 0;
	const char *name;
	size_t i;

	*chosen = (struct volume_xattrs){ 0 };
	if (!count || is_root(nodes))
		return 0;
	chosen->xattrs = calloc(count, sizeof(*chosen->xattrs));
	if (!chosen->xattrs)
		return error_nomem(err);
	for (i = 0; i < count; i++) {
		name = entry->xattrs->xattrs[i].name;
		/* What lays layers over each other is not for them to say,
		 * and what the kernel does not know the engine drops. */
		if (strncmp(name, MARK, strlen(MARK)) != 0 &&
		    (!strncmp(name, "user.", 5) ||
		     !strncmp(name, "trusted.", 8) ||
		     !strncmp(name, "security.", 9) ||
		     !strncmp(name, "system.", 7)))
			chosen->xattrs[chosen->count++] =
				entry->xattrs->xattrs[i];
	}
	return 0;
}

/* Remove @path, which leaves the time of its directory as it was. */
static int
remove_old(struct apply_nodes *nodes, const char *path,
	   struct balimg_error *err)
{
	size_t len = (size_t)(strrchr(path, '/') - path);
	AUTO_FREE char *dir = strndup(path, len ? len : 1);
	struct volume_entry as;
	int rc;

	if (!dir)
		return error_nomem(err);
	if (volume_stat(nodes->vol, dir, &as, err) < 0)
		return -1;
	rc = volume_remove_tree(nodes->vol, path, 0, err);
	if (rc == 0)
		rc = volume_dress(nodes->vol, dir, &as, NULL, err);
	volume_entry_clear(&as);
	return rc;
}

/* What has the name already goes, unless both are directories. */
static int
make_way(struct apply_nodes *nodes, const struct tree_entry *entry,
	 const char *path, bool *there, struct balimg_error *err)
{
	struct volume_entry old;
	uint64_t size;
	bool directory;

	if (look(nodes->vol, path, &old, there, err) < 0)
		return -1;
	directory = old.directory;
	size = old.target ? strlen(old.target) : old.size;
	if (old.links > 1)
		size = 0;
	volume_entry_clear(&old);
	if (!*there || (directory && entry->type == TREE_DIRECTORY))
		return 0;
	nodes->size -= size;
	*there = false;
	*nodes->known = '\0';
	return remove_old(nodes, path, err);
}

/* The file at @path got one more name: the engine gives it what that one's
 * header says, too.  (Of a capability that this header does not repeat, the
 * kernel would leave nothing: it is kept.) */
static int
dress_again(struct apply_nodes *nodes, const struct tree_entry *entry,
	    const char *path, struct balimg_error *err)
{
	struct volume_xattrs xattrs;
	struct volume_entry old, as;
	bool there;
	int rc;

	if (look(nodes->vol, path, &old, &there, err) < 0)
		return -1;
	describe(entry, &as);
	if (tree_type_of(&old) == TREE_SYMLINK) {
		as.mode = old.mode;
		as.modified = old.modified;
	}
	volume_entry_clear(&old);
	if (choose_xattrs(nodes, entry, &xattrs, err) < 0)
		return -1;
	rc = volume_dress(nodes->vol, path, &as, &xattrs, err);
	free(xattrs.xattrs);
	return rc;
}

static int
make_hard_link(struct apply_nodes *nodes, const struct tree_entry *entry,
	       const char *path, struct balimg_error *err)
{
	AUTO_FREE char *old = join(nodes->top, entry->target,
				   strlen(entry->target), err);

	*nodes->known = '\0';
	if (!old || need_parents(nodes, entry->target, err) < 0)
		return -1;
	*nodes->known = '\0';
	if (volume_link(nodes->vol, path, old, err) < 0)
		return -1;
	return is_root(nodes) ? 0 : dress_again(nodes, entry, path, err);
}

static int
make(struct apply_nodes *nodes, const struct tree_entry *entry,
     struct tree_content *content, const char *path, struct balimg_error *err)
{
	struct tree_stream stream = { { entry->size, read_tree }, content };
	struct volume_xattrs xattrs;
	struct volume_entry as;
	bool there;
	int rc;

	if (make_way(nodes, entry, path, &there, err) < 0)
		return -1;
	if (entry->type == TREE_HARDLINK)
		return make_hard_link(nodes, entry, path, err);
	if (choose_xattrs(nodes, entry, &xattrs, err) < 0)
		return -1;
	describe(entry, &as);
	if (there)
		rc = volume_dress(nodes->vol, path, &as, &xattrs, err);
	else
		rc = volume_create(nodes->vol, path, &as, &xattrs,
				   content ? &stream.head : NULL, err);
	free(xattrs.xattrs);
	nodes->size += entry->size;
	if (entry->type == TREE_SYMLINK)
		nodes->size += strlen(entry->target);
	nodes->files++;
	return rc;
}

/* ---- whiteouts ----------------------------------------------------- */

/* The directory that @path is in hides those below. */
static int
make_opaque(struct apply_nodes *nodes, const char *path,
	    struct balimg_error *err)
{
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *dir = join(nodes->top, path,
				   slash ? (size_t)(slash - path) : 0, err);
	struct volume_xattr mark = { (char[]){ MARK "opaque" },
				     (char[]){ "y" }, 1 };
	const struct volume_xattrs xattrs = { 1, &mark };
	struct volume_entry as;
	int rc;

	if (!dir || volume_stat(nodes->vol, dir, &as, err) < 0)
		return -1;
	rc = volume_dress(nodes->vol, dir, &as, &xattrs, err);
	volume_entry_clear(&as);
	return rc;
}

/* A device 0/0 hides the name. */
static int
make_whiteout(struct apply_nodes *nodes, const struct tree_entry *entry,
	      const char *name, struct balimg_error *err)
{
	size_t dir = (size_t)(name - entry->path);
	AUTO_BUFFER struct buffer hidden = BUFFER_INIT;
	struct tree_entry as = *entry;

	AUTO_FREE char *path = NULL;

	buffer_printf(&hidden, "%.*s%s", (int)dir, entry->path,
		      name + strlen(WHITEOUT));
	if (hidden.failed)
		return error_nomem(err);
	path = join(nodes->top, hidden.data, hidden.len, err);
	as.type = TREE_CHAR;
	as.mode = 0;
	as.major = as.minor = 0;
	as.size = 0;
	as.xattrs = NULL;
	return path ? make(nodes, &as, NULL, path, err) : -1;
}

static int
visit_plain(struct apply_nodes *nodes, const struct tree_entry *entry,
	    struct tree_content *content, struct balimg_error *err)
{
	struct tree_entry plain = *entry;
	AUTO_FREE char *path = NULL;
	const char *where;

	if (apply_choose_plain(nodes, entry, &where, err) < 0)
		return -1;
	if (!where)
		return 0;
	/* Copied, not unpacked: modes are kept, owners and times are not. */
	if (nodes->form == FORM_PLAIN) {
		plain.uid = plain.gid = 0;
		plain.mtime = io_now();
	}
	plain.path = where;
	if (need_parents(nodes, where, err) < 0)
		return -1;
	path = join(nodes->top, where, strlen(where), err);
	return path ? make(nodes, &plain, content, path, err) : -1;
}

/* ---- all of them --------------------------------------------------- */

static int
visit_layer(struct apply_nodes *nodes, const struct tree_entry *entry,
	    struct tree_content *content, struct balimg_error *err)
{
	const char *slash = strrchr(entry->path, '/');
	const char *name = slash ? slash + 1 : entry->path;
	AUTO_FREE char *path = NULL;

	/* Of a layer's top, the engine takes nothing. */
	if (!*entry->path && nodes->form != FORM_COPY)
		return 0;
	if (need_parents(nodes, entry->path, err) < 0)
		return -1;
	if (nodes->form == FORM_OVERLAY2 &&
	    !strncmp(name, WHITEOUT, strlen(WHITEOUT))) {
		if (!strcmp(name, OPAQUE))
			return make_opaque(nodes, entry->path, err);
		if (!strncmp(name, WHITEOUT_OWN, strlen(WHITEOUT_OWN)))
			return 0;
		return make_whiteout(nodes, entry, name, err);
	}
	path = join(nodes->top, entry->path, strlen(entry->path), err);
	return path ? make(nodes, entry, content, path, err) : -1;
}

static int
visit(struct tree_visitor *visitor, const struct tree_entry *entry,
      struct tree_content *content, struct balimg_error *err)
{
	struct apply_nodes *nodes = (struct apply_nodes *)visitor;
	int rc;

	nodes->entries++;
	nodes->contents += entry->size;
	if (is_root(nodes))
		rc = visit_plain(nodes, entry, content, err);
	else
		rc = visit_layer(nodes, entry, content, err);
	return rc < 0 ? error_wrap(err, "%s", entry->path) : 0;
}

void
apply_nodes_begin(struct apply_nodes *nodes, struct volume *vol,
		  const char *top, enum apply_form form)
{
	*nodes = (struct apply_nodes){
		.visitor = { .visit = visit },
		.vol = vol,
		.top = top,
		.form = form,
		.only = "",
	};
}
