/* build-pack.c - a file compressed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>
#include <sys/stat.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/gzip.h"
#include "base/io.h"
#include "bundle/build-private.h"
#include "bundle/tree-write.h"

#define PIECE (256u << 10)

/* Have @sink get all of @fd. */
static int
copy(const struct build_request *request, int fd, struct sink *sink,
     struct balimg_error *err)
{
	AUTO_FREE char *piece = malloc(PIECE);
	struct stat st;
	uint64_t at = 0;
	size_t now;

	if (!piece)
		return error_nomem(err);
	if (fstat(fd, &st) < 0)
		return error_sys(err, "cannot look at a scratch file");
	while ((now = tree_next((uint64_t)st.st_size, at, PIECE))) {
		if (io_read_at(fd, piece, now, at, err) < 0 ||
		    sink_write(sink, piece, now, err) < 0)
			return -1;
		at += now;
		if (progress_report(request->progress, "compressing", at,
				    (uint64_t)st.st_size, err) < 0)
			return -1;
	}
	return 0;
}

static int
pack_gzip(const struct build_request *request, int fd, struct sink *sink,
	  struct balimg_error *err)
{
	AUTO_GZIP struct gzip *gzip = gzip_open(sink, request->threads, err);

	if (!gzip || copy(request, fd, gzip_sink(gzip), err) < 0)
		return -1;
	return gzip_finish(gzip, err);
}

/* Bytes for libarchive, which compresses them. */
struct packed {
	struct sink sink; /* first */
	struct archive *archive;
};

static int
fail(struct archive *archive, struct balimg_error *err)
{
	const char *why = archive_error_string(archive);

	return error_set(err, BALIMG_E_IO, "cannot compress the bundle: %s",
			 why ? why : "no reason given");
}

static int
write_packed(struct sink *sink, const void *data, size_t len,
	     struct balimg_error *err)
{
	struct archive *archive = ((struct packed *)sink)->archive;

	return archive_write_data(archive, data, len) == (la_ssize_t)len ?
		       0 :
		       fail(archive, err);
}

static int
pack_other(const struct build_request *request, int fd,
	   struct archive *archive, struct balimg_error *err)
{
	struct packed packed = { { write_packed }, archive };
	struct archive_entry *entry = archive_entry_new();
	int rc = 0;

	if (!entry)
		return error_nomem(err);
	archive_entry_set_filetype(entry, AE_IFREG);
	if (archive_write_set_format_raw(archive) < 0 ||
	    tree_writer_add_filter(archive, request->compress) < 0 ||
	    archive_write_open_fd(archive, request->out) < 0 ||
	    archive_write_header(archive, entry) < 0)
		rc = fail(archive, err);
	archive_entry_free(entry);
	if (rc < 0 || copy(request, fd, &packed.sink, err) < 0)
		return -1;
	return archive_write_close(archive) < 0 ? fail(archive, err) : 0;
}

int
build_pack(const struct build_request *request, int fd,
	   struct balimg_error *err)
{
	struct sink_file file = sink_to_file(request->out);
	struct archive *archive;
	int rc;

	if (!strcmp(request->compress, "gz"))
		return pack_gzip(request, fd, &file.head, err);
	archive = archive_write_new();
	if (!archive)
		return error_nomem(err);
	rc = pack_other(request, fd, archive, err);
	archive_write_free(archive);
	return rc;
}
