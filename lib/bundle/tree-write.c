/* tree-write.c - a tree, written as a tar file
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <errno.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/buffer.h"
#include "bundle/tree-write.h"

#define PIECE (256u << 10) /* bytes copied at a time */

static int
fail(struct tree_writer *writer, struct balimg_error *err)
{
	const char *why = archive_error_string(writer->archive);

	if (writer->why.code) {
		error_pass(err, &writer->why);
		return writer->why.sys_errno ? error_wrap(err, "the output") :
					       -1;
	}
	return error_set(err, BALIMG_E_IO, "cannot write the tar file: %s",
			 why ? why : "no reason given");
}

/* ---- one entry ----------------------------------------------------- */

static unsigned
file_type(enum tree_type type)
{
	static const unsigned types[] = {
		[TREE_FILE] = AE_IFREG,	   [TREE_DIRECTORY] = AE_IFDIR,
		[TREE_SYMLINK] = AE_IFLNK, [TREE_HARDLINK] = AE_IFREG,
		[TREE_CHAR] = AE_IFCHR,	   [TREE_BLOCK] = AE_IFBLK,
		[TREE_FIFO] = AE_IFIFO,	   [TREE_SOCKET] = AE_IFSOCK,
	};

	return types[type];
}

/* "./etc/passwd" for "etc/passwd"; "./" for the root. */
static int
set_names(struct archive_entry *to, const struct tree_entry *entry,
	  struct balimg_error *err)
{
	AUTO_BUFFER struct buffer name = BUFFER_INIT;
	AUTO_BUFFER struct buffer target = BUFFER_INIT;
	bool slash = entry->type == TREE_DIRECTORY && *entry->path;

	buffer_printf(&name, "./%s%s", entry->path, slash ? "/" : "");
	if (entry->type == TREE_HARDLINK)
		buffer_printf(&target, "./%s", entry->target);
	if (name.failed || target.failed)
		return error_nomem(err);
	archive_entry_set_pathname(to, name.data);
	if (entry->type == TREE_HARDLINK)
		archive_entry_set_hardlink(to, target.data);
	else if (entry->type == TREE_SYMLINK && entry->target)
		archive_entry_set_symlink(to, entry->target);
	return 0;
}

static int
describe(struct archive_entry *to, const struct tree_entry *entry,
	 struct balimg_error *err)
{
	size_t i;

	if (set_names(to, entry, err) < 0)
		return -1;
	archive_entry_set_filetype(to, file_type(entry->type));
	archive_entry_set_perm(to, (mode_t)entry->mode);
	archive_entry_set_uid(to, entry->uid);
	archive_entry_set_gid(to, entry->gid);
	archive_entry_set_mtime(to, entry->mtime, 0);
	archive_entry_set_size(to, (int64_t)entry->size);
	archive_entry_set_rdevmajor(to, entry->major);
	archive_entry_set_rdevminor(to, entry->minor);
	for (i = 0; entry->xattrs && i < entry->xattrs->count; i++)
		archive_entry_xattr_add_entry(to,
					      entry->xattrs->xattrs[i].name,
					      entry->xattrs->xattrs[i].value,
					      entry->xattrs->xattrs[i].len);
	return 0;
}

static int
copy_content(struct tree_writer *writer, struct tree_content *content,
	     struct balimg_error *err)
{
	size_t got;

	for (;;) {
		if (content->read(content, writer->piece, PIECE, &got, err) <
		    0)
			return -1;
		if (!got)
			return 0;
		if (archive_write_data(writer->archive, writer->piece, got) !=
		    (la_ssize_t)got)
			return fail(writer, err);
		writer->sum.bytes += got;
		if (progress_report(writer->progress, "writing",
				    writer->sum.bytes, 0, err) < 0)
			return -1;
	}
}

static int
put_entry(struct tree_writer *writer, const struct tree_entry *entry,
	  struct tree_content *content, struct archive_entry *to,
	  struct balimg_error *err)
{
	if (describe(to, entry, err) < 0)
		return -1;
	if (archive_write_header(writer->archive, to) < ARCHIVE_WARN)
		return fail(writer, err);
	writer->sum.entries++;
	return content ? copy_content(writer, content, err) : 0;
}

static int
visit(struct tree_visitor *visitor, const struct tree_entry *entry,
      struct tree_content *content, struct balimg_error *err)
{
	struct tree_writer *writer = (struct tree_writer *)visitor;
	struct archive_entry *to;
	int rc;

	if (entry->type == TREE_SOCKET) {
		writer->sum.sockets++;
		return 0;
	}
	to = archive_entry_new();
	if (!to)
		return error_nomem(err);
	rc = put_entry(writer, entry, content, to, err);
	archive_entry_free(to);
	return rc;
}

/* ---- the file ------------------------------------------------------ */

int
tree_writer_add_filter(struct archive *archive, const char *compress)
{
	static const struct {
		const char *name;
		int (*add)(struct archive *archive);
	} filters[] = {
		{ "bz2", archive_write_add_filter_bzip2 },
		{ "xz", archive_write_add_filter_xz },
		{ "zst", archive_write_add_filter_zstd },
	};
	size_t i;

	for (i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		if (!strcmp(compress, filters[i].name))
			return filters[i].add(archive);
	return ARCHIVE_OK;
}

static la_ssize_t
write_on(struct archive *archive, void *data, const void *piece, size_t len)
{
	struct tree_writer *writer = data;

	if (!writer->sink ||
	    sink_write(writer->sink, piece, len, &writer->why) == 0)
		return (la_ssize_t)len;
	archive_set_error(archive, EIO, "not written");
	return -1;
}

/* Names stay the bytes they are. */
static int
open_archive(struct tree_writer *writer, const char *compress,
	     struct balimg_error *err)
{
	if (archive_write_set_format_pax_restricted(writer->archive) < 0 ||
	    tree_writer_add_filter(writer->archive, compress) < 0 ||
	    archive_write_set_format_option(writer->archive, NULL,
					    "xattrheader", "SCHILY") < 0 ||
	    /* Else a pipe would get another end than a file. */
	    archive_write_set_bytes_in_last_block(writer->archive, 1) < 0 ||
	    archive_write_open(writer->archive, writer, NULL, write_on, NULL) <
		    0)
		return fail(writer, err);
	return 0;
}

int
tree_writer_open(struct tree_writer *writer, struct sink *sink,
		 const char *compress, unsigned threads,
		 const struct progress *progress, struct balimg_error *err)
{
	writer->visitor.visit = visit;
	writer->progress = progress;
	writer->sink = sink;
	writer->archive = archive_write_new();
	writer->piece = malloc(PIECE);
	if (!writer->archive || !writer->piece)
		return error_nomem(err);
	if (!strcmp(compress, "gz")) {
		writer->gzip = gzip_open(sink, threads, err);
		if (!writer->gzip)
			return -1;
		writer->sink = gzip_sink(writer->gzip);
	}
	return open_archive(writer, compress, err);
}

int
tree_writer_finish(struct tree_writer *writer, struct balimg_error *err)
{
	if (archive_write_close(writer->archive) != ARCHIVE_OK)
		return fail(writer, err);
	return writer->gzip ? gzip_finish(writer->gzip, err) : 0;
}

void
tree_writer_clear(struct tree_writer *writer)
{
	free(writer->piece);
	/* What was not finished gets no end that makes it look whole. */
	writer->sink = NULL;
	archive_write_free(writer->archive);
	gzip_close(writer->gzip);
}
