/* bundle-build.c - update bundles, made
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "api/basis.h"
#include "api/beside.h"
#include "api/edits.h"
#include "api/image.h"
#include "balenaos/places.h"
#include "base/io.h"
#include "bundle/archive.h"
#include "commit/new-file.h"
#include "document/png.h"
#include "feature/rootfs.h"

/* What is to be made, and what it takes. */
struct build {
	struct build_request request; /* first */
	struct new_file file;
	const char *output; /* NULL: as it is called by custom */
	char *folder;
	bool replace;
	struct stat from;	      /* of the image or tree */
	struct build_change *changes; /* as many as there are edits */
	char **paths;
	struct source **contents;
	size_t count;
};

static void
build_clear(struct build *build)
{
	size_t i;

	for (i = 0; i < build->count; i++) {
		source_close(build->contents[i]);
		free(build->paths[i]);
	}
	free(build->contents);
	free(build->paths);
	free(build->changes);
	free(build->folder);
	new_file_close(&build->file);
}

#define AUTO_BUILD __attribute__((cleanup(build_clear)))

/* ---- what goes in besides ------------------------------------------ */

/* "/etc//hosts" as "etc/hosts", new. */
static char *
clean_path(const char *path, struct balimg_error *err)
{
	struct buffer clean = BUFFER_INIT;
	size_t len;

	for (; *path; path += len + (path[len] == '/')) {
		len = strcspn(path, "/");
		if (!len || (len == 1 && *path == '.'))
			continue;
		if (len == 2 && !strncmp(path, "..", 2)) {
			buffer_free(&clean);
			error_set(err, BALIMG_E_USAGE,
				  "the path of a file in a bundle has no "
				  "\"..\"");
			return NULL;
		}
		buffer_printf(&clean, "%s%.*s", clean.len ? "/" : "", (int)len,
			      path);
	}
	return buffer_take(&clean, NULL, err);
}

static int
check_new_path(const struct build *build, const char *path,
	       struct balimg_error *err)
{
	size_t i;

	if (!*path)
		return error_set(err, BALIMG_E_USAGE,
				 "a file in a bundle needs a path");
	for (i = 0; i < build->count; i++)
		if (build->paths[i] && !strcmp(build->paths[i], path))
			return error_set(err, BALIMG_E_USAGE,
					 "%s is given twice", path);
	return 0;
}

/* Its path, NULL for the splash; its mode. */
static int
take_place(struct build *build, const struct edit *edit, char **path,
	   unsigned *mode, struct balimg_error *err)
{
	struct stat st;

	*mode = 0644;
	*path = NULL;
	if (edit->op == BALIMG_SPLASH_SET)
		return png_check(edit->data, edit->len, NULL, err);
	if (edit->op != BALIMG_FILE_PUT || !edit->name)
		return error_set(err, BALIMG_E_USAGE,
				 "only files and a splash go into a bundle");
	if (edit->fd >= 0 && fstat(edit->fd, &st) == 0 && st.st_mode & 0111)
		*mode = 0755;
	*path = clean_path(edit->name, err);
	if (!*path || check_new_path(build, *path, err) == 0)
		return *path ? 0 : -1;
	free(STEAL(*path));
	return -1;
}

static int
add_change(struct build *build, const struct edit *edit,
	   struct balimg_error *err)
{
	struct build_change *change = &build->changes[build->count];
	char **path = &build->paths[build->count];
	struct source *content;

	if (take_place(build, edit, path, &change->mode, err) < 0)
		return error_wrap(err, "%s", edit->name ? edit->name : "");
	content = edit->fd >= 0 ?
			  source_file_open(edit->fd, err) :
			  source_memory_open(edit->data ? edit->data : "",
					     edit->len, err);
	build->contents[build->count++] = content;
	change->path = *path;
	change->content = content;
	return content ? 0 : -1;
}

static int
add_changes(struct build *build, const struct balimg_edits *edits,
	    struct balimg_error *err)
{
	size_t count = edits_count(edits);
	size_t i;

	build->changes = calloc(count + 1, sizeof(*build->changes));
	build->paths = calloc(count + 1, sizeof(*build->paths));
	build->contents = calloc(count + 1, sizeof(*build->contents));
	if (!build->changes || !build->paths || !build->contents)
		return error_nomem(err);
	for (i = 0; i < count; i++)
		if (add_change(build, edits_get(edits, i), err) < 0)
			return -1;
	build->request.changes = build->changes;
	build->request.change_count = build->count;
	return 0;
}

/* ---- the file ------------------------------------------------------ */

/* The module knows what the bundle is: begin the file. */
static int
begin(struct build_request *request, const char *name,
      struct balimg_error *err)
{
	struct build *build = (struct build *)request;

	if (!build->output)
		build->output = name;
	if (new_file_check(build->output, &build->from, "name another file",
			   build->replace, err) < 0 ||
	    new_file_open(&build->file, build->output, err) < 0)
		return -1;
	build->output = build->file.path;
	build->folder = new_file_folder(build->output);
	if (!build->folder)
		return error_nomem(err);
	request->folder = build->folder;
	request->out = build->file.fd;
	return 0;
}

/* Who may read what it was made of may read it. */
static int
publish(struct build *build, struct balimg_error *err)
{
	if (fchmod(build->file.fd, build->from.st_mode & 0666) < 0)
		return error_sys(err, "cannot set the mode");
	if (io_sync(build->file.fd, err) < 0 ||
	    new_file_publish(&build->file, build->replace, err) < 0)
		return -1;
	return io_sync_folder(build->output, err);
}

/* The answer is there before the file is: nothing may fail after that. */
static char *
make(struct build *build, const struct balimg_edits *edits,
     struct balimg_error *err)
{
	const struct archive_calls *archive = archive_load(err);
	json_t *answer = NULL;
	char *text;

	if (!archive || add_changes(build, edits, err) < 0)
		return NULL;
	build->request.begin = begin;
	answer = archive->build_bundle(&build->request, err);
	if (answer && (json_object_set_new(answer, "output",
					   answer_string(build->output)) < 0 ||
		       json_object_set_new(
			       answer, "manifest",
			       build->request.manifest ?
				       answer_string(build->request.manifest) :
				       json_null()) < 0)) {
		json_decref(answer);
		error_nomem(err);
		return NULL;
	}
	text = answer_print(answer, err);
	if (text && publish(build, err) < 0)
		free(STEAL(text));
	return text;
}

/* The tree is a delta to @basis. */
static int
take_basis(struct build *build, struct basis *opened, const char *basis,
	   const struct balimg_edits *edits, struct balimg_error *err)
{
	if (edits_count(edits))
		return error_set(err, BALIMG_E_USAGE,
				 "nothing goes into the image that a "
				 "delta makes");
	build->request.basis = &opened->from;
	return basis_open(opened, basis, err);
}

/* The tree is a folder that was unpacked: what was recorded then is in
 * @manifest, or, if that is NULL and it is there, in the file *@beside. */
static int
take_manifest(struct build *build, const char *tree, const char *manifest,
	      char **beside, struct balimg_error *err)
{
	build->request.manifest = manifest;
	if (!S_ISDIR(build->from.st_mode))
		return manifest ? error_set(err, BALIMG_E_USAGE,
					    "is no folder, and only of one "
					    "there is a manifest") :
				  0;
	if (manifest)
		return 0;
	*beside = beside_manifest(tree, err);
	if (!*beside)
		return -1;
	if (access(*beside, F_OK) == 0)
		build->request.manifest = *beside;
	return 0;
}

/* ---- the doors ----------------------------------------------------- */

/* The system that the image holds, or the one that an installer carries. */
static int
find_system(struct balimg_image *image, struct build_request *request,
	    struct balimg_error *err)
{
	const struct release *release;
	struct rootfs root = { 0 };
	struct os *os = image_os(image, err);

	if (!os || image_check_updates(image, err) < 0 ||
	    rootfs_find(os, &root, err) < 0)
		return -1;
	request->view = root.vol;
	request->raw = os_volume(root.os, root.at, err);
	request->boot = os_boot(root.os, NULL, err);
	if (!request->raw || !request->boot ||
	    os_release(root.os, &release, err) < 0 ||
	    os_device_type(root.os, &request->device_type, err) < 0)
		return -1;
	if (release)
		request->release = *release;
	return 0;
}

char *
balimg_bundle_build(struct balimg_image *image,
		    const struct balimg_edits *edits, const char *output,
		    const char *compress, unsigned threads, unsigned flags,
		    struct balimg_error *err)
{
	AUTO_BUILD struct build build = {
		.request = { .compress = compress,
			     .threads = threads,
			     .progress = &image->progress,
			     .tree = -1 },
		.file = NEW_FILE_INIT,
		.output = output,
		.replace = (flags & BALIMG_FORCE) != 0,
		.from = *backing_stat(image->backing),
	};
	char *answer = NULL;

	err = NEED_ERR(err);
	if (backing_is_device(image->backing))
		build.from.st_mode = 0600;
	if (find_system(image, &build.request, err) == 0)
		answer = make(&build, edits, err);
	if (!answer)
		image_wrap(image, err);
	return answer;
}

char *
balimg_bundle_build_tree(const char *tree, const char *manifest,
			 const char *basis, const struct balimg_edits *edits,
			 const char *output, const char *compress,
			 unsigned threads, unsigned flags,
			 BALIMG_PROGRESS(progress), void *data,
			 struct balimg_error *err)
{
	const struct progress watch = { .report = progress, .data = data };
	AUTO_BASIS struct basis opened = BASIS_INIT;
	AUTO_FD int fd = open(tree, O_RDONLY | O_CLOEXEC);
	AUTO_BUILD struct build build = {
		.request = { .compress = compress,
			     .threads = threads,
			     .progress = &watch,
			     .tree = fd },
		.file = NEW_FILE_INIT,
		.output = output,
		.replace = (flags & BALIMG_FORCE) != 0,
	};
	AUTO_FREE char *beside = NULL;
	char *answer = NULL;

	err = NEED_ERR(err);
	if (fd < 0 || fstat(fd, &build.from) < 0)
		error_sys(err, "cannot open");
	else if (basis && take_basis(&build, &opened, basis, edits, err) < 0)
		return NULL;
	else if (take_manifest(&build, tree, manifest, &beside, err) == 0)
		answer = make(&build, edits, err);
	if (!answer)
		error_wrap(err, "%s", tree);
	return answer;
}
