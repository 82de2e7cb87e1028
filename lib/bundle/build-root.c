/* build-root.c - a bundle for the updaters of 1.x to 2.4
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The root file system, with the boot files in resin-boot and what lies over
 * the new root at last in quirks; see bundle-root.c for what the updaters do
 * with it, and host-update-resin.bbclass and image-resin.bbclass in
 * meta-balena for how it was built.  What belongs to one device stays out of
 * it: its settings and networks, and what other programs leave on a FAT.  The
 * fingerprints come last, when all sums are known.
 */
#include <config.h>

#include <string.h>
#include <strings.h>

#include "bundle/build-private.h"
#include "bundle/tree-write.h"

#define BOOT	    "resin-boot/"
#define PRINT_LIMIT (8u << 20) /* bytes of a fingerprint */

/* Writes what it meets. */
struct root {
	struct tree_visitor visitor; /* first */
	struct tree_writer writer;
	const struct build_request *request;
	struct build_sums sums;
	struct buffer old_root, old_boot; /* fingerprints */
	bool has_boot, has_quirks;
	struct build_quirks quirks;
	uint64_t left_out;
};

static void
root_clear(struct root *root)
{
	build_quirks_clear(&root->quirks);
	buffer_free(&root->old_root);
	buffer_free(&root->old_boot);
	build_sums_clear(&root->sums);
	tree_writer_clear(&root->writer);
}

/* ---- what goes into a bundle --------------------------------------- */

static bool
is_first(const struct root *root)
{
	return root->request->release.major < 2;
}

static bool
begins(const char *text, const char *with)
{
	return !strncasecmp(text, with, strlen(with));
}

/* Is @path of the boot partition one device's, or nobody's?  FAT knows no
 * case. */
static bool
is_private(const char *path)
{
	static const char *const folders[] = { "network", "balimg",
					       "System Volume Information" };
	const char *dot = strrchr(path, '.');
	size_t i, len;

	for (i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		len = strlen(folders[i]);
		if (begins(path, folders[i]) &&
		    (!path[len] || path[len] == '/'))
			return true;
	}
	if (begins(path, "system-connections/"))
		return !dot || strcasecmp(dot, ".ignore") != 0;
	return *path == '.' || begins(path, "config.json") ||
	       (dot && !strcasecmp(dot, ".old"));
}

/* The updater's copy leaves these names out, at any depth. */
static int
refuse_name(const struct tree_entry *entry, struct balimg_error *err)
{
	const char *slash = strrchr(entry->path, '/');

	if (!slash || (strcmp(slash, "/resin-boot") != 0 &&
		       strcmp(slash, "/quirks") != 0))
		return 0;
	return error_set(err, BALIMG_E_REFUSED,
			 "%s: the device's updater would leave it out, for "
			 "its name",
			 entry->path);
}

static int
refuse_changes(const struct build_request *request, struct balimg_error *err)
{
	const char *path;
	size_t i;

	for (i = 0; i < request->change_count; i++) {
		path = request->changes[i].path;
		if (!strncmp(path, BOOT, strlen(BOOT)) &&
		    is_private(path + strlen(BOOT)))
			return error_set(err, BALIMG_E_REFUSED,
					 "%s would replace what is each "
					 "device's own",
					 path);
	}
	return 0;
}

/* ---- content on its way -------------------------------------------- */

/* A file's content that is summed up, and maybe kept, as it is read. */
struct summed {
	struct tree_content head; /* first */
	struct tree_content *below;
	struct digest digest;
	struct buffer *keep; /* or NULL */
};

static int
read_summed(struct tree_content *head, void *piece, size_t room, size_t *got,
	    struct balimg_error *err)
{
	struct summed *summed = (struct summed *)head;

	if (summed->below->read(summed->below, piece, room, got, err) < 0)
		return -1;
	digest_add(&summed->digest, piece, *got);
	if (summed->keep && *got)
		buffer_add(summed->keep, piece, *got);
	return 0;
}

static int
write_file(struct root *root, const struct tree_entry *entry,
	   struct tree_content *content, struct buffer *keep,
	   struct balimg_error *err)
{
	struct tree_visitor *writer = &root->writer.visitor;
	struct summed summed = { { read_summed }, content, { 0 }, keep };
	uint8_t md5[MD5_SIZE];

	digest_begin(&summed.digest, DIGEST_MD5);
	if (writer->visit(writer, entry, &summed.head, err) < 0)
		return -1;
	digest_finish(&summed.digest, md5);
	return build_sums_add(&root->sums, entry->path, md5, err);
}

/* Another name of a file, which has the sum of the first. */
static int
write_link(struct root *root, const struct tree_entry *entry,
	   struct balimg_error *err)
{
	struct tree_visitor *writer = &root->writer.visitor;
	size_t i;

	for (i = root->sums.count; i > 0; i--) {
		if (strcmp(root->sums.sums[i - 1].path, entry->target) != 0)
			continue;
		if (build_sums_add(&root->sums, entry->path,
				   root->sums.sums[i - 1].md5, err) < 0)
			return -1;
		break;
	}
	return writer->visit(writer, entry, NULL, err);
}

/* Keep a fingerprint's text instead of writing it. */
static int
keep_print(struct buffer *text, const struct tree_entry *entry,
	   struct tree_content *content, struct balimg_error *err)
{
	char piece[4096];
	size_t got = 1;

	if (text->len || !content)
		return 0;
	if (entry->size > PRINT_LIMIT)
		return error_set(err, BALIMG_E_INVALID,
				 "%s is too long for a fingerprint",
				 entry->path);
	while (got) {
		if (content->read(content, piece, sizeof(piece), &got, err) <
		    0)
			return -1;
		buffer_add(text, piece, got);
	}
	return text->failed ? error_nomem(err) : 0;
}

/* ---- entries ------------------------------------------------------- */

/* Where the text of a fingerprint of this name is kept; NULL if it is none. */
static struct buffer *
print_text(struct root *root, const char *path)
{
	static const char *const names[] = { "resin-root.fingerprint",
					     "resin-boot.fingerprint",
					     "resinos.fingerprint" };
	bool boot = !strncmp(path, BOOT, strlen(BOOT));
	const char *name = boot ? path + strlen(BOOT) : path;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(name, names[i]))
			return boot ? &root->old_boot : &root->old_root;
	return NULL;
}

static int
visit(struct tree_visitor *visitor, const struct tree_entry *entry,
      struct tree_content *content, struct balimg_error *err)
{
	struct root *root = (struct root *)visitor;
	struct tree_visitor *writer = &root->writer.visitor;
	bool boot = !strncmp(entry->path, BOOT, strlen(BOOT));
	struct buffer *print;

	root->has_boot = root->has_boot || boot;
	print = print_text(root, entry->path);
	if (boot && is_private(entry->path + strlen(BOOT)))
		return 0;
	if (print)
		return keep_print(print, entry, content, err);
	if (refuse_name(entry, err) < 0)
		return -1;
	root->has_quirks = root->has_quirks || !strcmp(entry->path, "quirks");
	switch (entry->type) {
	case TREE_FILE:
		return write_file(root, entry, content,
				  build_quirks_note(&root->quirks, entry),
				  err);
	case TREE_HARDLINK:
		return write_link(root, entry, err);
	case TREE_CHAR:
	case TREE_BLOCK:
	case TREE_FIFO:
	case TREE_SOCKET:
		root->left_out++;
		return 0;
	default:
		build_quirks_note(&root->quirks, entry);
		return writer->visit(writer, entry, NULL, err);
	}
}

/* ---- where they come from ------------------------------------------ */

/* Hands on an image's root, or its boot partition, as what is in a bundle. */
struct part {
	struct tree_visitor visitor; /* first */
	struct tree_visitor *next;
};

/* The boot files are those of the boot partition, where they are edited. */
static int
visit_root(struct tree_visitor *visitor, const struct tree_entry *entry,
	   struct tree_content *content, struct balimg_error *err)
{
	struct part *part = (struct part *)visitor;

	if (!strncmp(entry->path, BOOT, strlen(BOOT)) ||
	    !strcmp(entry->path, "resin-boot") ||
	    !strcmp(entry->path, "lost+found"))
		return 0;
	if (entry->type == TREE_HARDLINK &&
	    !strncmp(entry->target, BOOT, strlen(BOOT)))
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "it is a hard link to %s, which the boot "
				 "files of the image replace",
				 entry->target);
	return part->next->visit(part->next, entry, content, err);
}

static int
visit_boot(struct tree_visitor *visitor, const struct tree_entry *entry,
	   struct tree_content *content, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer path = BUFFER_INIT;
	struct part *part = (struct part *)visitor;
	struct tree_entry moved = *entry;

	buffer_printf(&path, "resin-boot%s%s", *entry->path ? "/" : "",
		      entry->path);
	if (path.failed)
		return error_nomem(err);
	moved.path = path.data;
	return part->next->visit(part->next, &moved, content, err);
}

static int
walk_image(const struct build_request *request, struct tree_visitor *next,
	   struct balimg_error *err)
{
	struct part root = { .visitor.visit = visit_root, .next = next };
	struct part boot = { .visitor.visit = visit_boot, .next = next };

	if (tree_walk_volume(request->view, "/", &root.visitor, err) < 0)
		return error_wrap(err, "root");
	if (tree_walk_volume(request->boot, "/", &boot.visitor, err) < 0)
		return error_wrap(err, "boot");
	return 0;
}

static int
walk(struct root *root, struct balimg_error *err)
{
	AUTO_BUILD_CHANGES struct build_changes changes = { .count = 0 };
	const struct build_request *request = root->request;

	if (build_changes_begin(&changes, request, &root->visitor, err) < 0)
		return -1;
	if ((request->view ? walk_image : build_walk_tree)(
		    request, &changes.visitor, err) < 0 ||
	    build_changes_finish(&changes, err) < 0)
		return -1;
	if (root->has_boot)
		return 0;
	error_set(err, BALIMG_E_NOT_FOUND,
		  "there is no resin-boot, with the boot files, in the tree");
	return error_hint(err, "build the bundle from an image");
}

static int
put_quirks(struct root *root, struct balimg_error *err)
{
	return root->has_quirks ?
		       0 :
		       build_quirks_put(&root->quirks, &root->visitor, err);
}

/* ---- the bundle ---------------------------------------------------- */

static int
put_print(struct root *root, const char *path, struct build_print print,
	  unsigned long *lines, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer text = BUFFER_INIT;
	AUTO_SOURCE struct source *source = NULL;
	struct tree_visitor *writer = &root->writer.visitor;

	print.request = root->request;
	if (build_fingerprint(&root->sums, &print, &text, lines, err) < 0)
		return -1;
	source = source_memory_open(text.data ? text.data : "", text.len, err);
	return source ? build_put_file(writer, path, 0644, source, err) : -1;
}

/* Names and blanks are as in the releases; see image-resin.bbclass. */
static int
put_prints(struct root *root, unsigned long lines[2], struct balimg_error *err)
{
	const struct build_print of_boot = {
		.folder = BOOT,
		.old = root->old_boot.data,
		.blanks = is_first(root) ? " " : "  ",
	};
	const struct build_print of_root = {
		.folder = "",
		.old = root->old_root.data,
		.blanks = "  ",
	};

	if (put_print(root,
		      is_first(root) ? BOOT "resin-boot.fingerprint" :
				       BOOT "resinos.fingerprint",
		      of_boot, &lines[0], err) < 0)
		return -1;
	return put_print(root,
			 is_first(root) ? "resin-root.fingerprint" :
					  "resinos.fingerprint",
			 of_root, &lines[1], err);
}

static int
begin(struct root *root, struct build_request *request, struct sink_file *file,
      struct balimg_error *err)
{
	AUTO_BUFFER struct buffer name = BUFFER_INIT;

	if (!request->compress)
		request->compress = "gz";
	if (!strcmp(request->compress, "zst")) {
		error_set(err, BALIMG_E_REFUSED,
			  "no device's updater reads zstd");
		return error_hint(err, "let the name end in .gz, .xz, .bz2 or "
				       ".tar");
	}
	if (refuse_changes(request, err) < 0)
		return -1;
	buffer_printf(&name, "resinhup-%s.tar%s%s", request->release.text,
		      *request->compress ? "." : "", request->compress);
	if (name.failed)
		return error_nomem(err);
	root->request = request;
	root->visitor.visit = visit;
	root->quirks.first = is_first(root);
	if (request->begin(request, name.data, err) < 0)
		return -1;
	*file = sink_to_file(request->out);
	return tree_writer_open(&root->writer, &file->head, request->compress,
				request->threads, request->progress, err);
}

json_t *
build_root(struct build_request *request, struct balimg_error *err)
{
	__attribute__((cleanup(root_clear))) struct root root = { 0 };
	unsigned long lines[2];
	struct sink_file file;
	json_t *answer;

	if (begin(&root, request, &file, err) < 0 || walk(&root, err) < 0 ||
	    put_quirks(&root, err) < 0 || put_prints(&root, lines, err) < 0 ||
	    tree_writer_finish(&root.writer, err) < 0)
		return NULL;
	answer = json_pack("{s:s, s:s, s:I, s:I, s:I, s:{s:I, s:I}}", "format",
			   "resinhup", "compression",
			   *request->compress ? request->compress : "none",
			   "files", (json_int_t)root.writer.sum.entries,
			   "bytes", (json_int_t)root.writer.sum.bytes,
			   "leftOut", (json_int_t)root.left_out,
			   "fingerprints", "boot", (json_int_t)lines[0],
			   "root", (json_int_t)lines[1]);
	if (!answer)
		error_nomem(err);
	return answer;
}
