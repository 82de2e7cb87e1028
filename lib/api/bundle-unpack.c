/* bundle-unpack.c - update bundles, unpacked into a folder
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "api/basis.h"
#include "api/beside.h"
#include "api/image.h"
#include "bundle/archive.h"

struct job {
	const char *bundle, *basis, *folder;
	char *manifest; /* or NULL: what takes root's rights is done */
	unsigned flags;
	int bundle_fd, folder_fd, manifest_fd;
	bool made; /* the folder is ours */
	struct unpack_sum sum;
};

/* ---- the folder ---------------------------------------------------- */

static int
need_empty(const struct job *job, struct balimg_error *err)
{
	int fd = openat(job->folder_fd, ".",
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	bool empty = true;

	if (!folder) {
		cleanup_fd(&fd);
		return error_sys(err, "%s: cannot list the folder",
				 job->folder);
	}
	while (empty && (entry = readdir(folder)))
		empty = !strcmp(entry->d_name, ".") ||
			!strcmp(entry->d_name, "..");
	closedir(folder);
	if (empty)
		return 0;
	error_set(err, BALIMG_E_REFUSED, "%s: the folder is not empty",
		  job->folder);
	return error_hint(err, "name a new one, or use --force to replace "
			       "files in it");
}

static int
open_folder(struct job *job, struct balimg_error *err)
{
	job->made = !mkdir(job->folder, 0777);
	if (!job->made && errno != EEXIST)
		return error_sys(err, "%s: cannot make the folder",
				 job->folder);
	job->folder_fd = open(job->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (job->folder_fd < 0)
		return error_sys(err, "%s: cannot open the folder",
				 job->folder);
	return job->flags & BALIMG_UNPACK_FORCE ? 0 : need_empty(job, err);
}

/* ---- the manifest -------------------------------------------------- */

/* Beside the folder, for those who may not set owners. */
static int
choose_manifest(struct job *job, const char *named, struct balimg_error *err)
{
	if (!named && geteuid() == 0)
		return 0;
	if (!named) {
		job->manifest = beside_manifest(job->folder, err);
		return job->manifest ? 0 : -1;
	}
	job->manifest = strdup(named);
	return job->manifest ? 0 : error_nomem(err);
}

static int
open_manifest(struct job *job, struct balimg_error *err)
{
	if (!job->manifest)
		return 0;
	if (job->flags & BALIMG_UNPACK_FORCE)
		(void)unlink(job->manifest);
	job->manifest_fd = open(job->manifest,
				O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (job->manifest_fd >= 0)
		return 0;
	if (errno != EEXIST)
		return error_sys(err, "%s: cannot write the manifest",
				 job->manifest);
	error_set(err, BALIMG_E_REFUSED, "%s: the manifest is there already",
		  job->manifest);
	return error_hint(err, "name another with --manifest, or use --force "
			       "to replace it");
}

/* ---- the job ------------------------------------------------------- */

static int
carry_out(struct job *job, const struct progress *progress,
	  const char *manifest, struct balimg_error *err)
{
	const struct archive_calls *archive = archive_load(err);

	if (!archive)
		return -1;
	job->bundle_fd = open(job->bundle, O_RDONLY | O_CLOEXEC);
	if (job->bundle_fd < 0) {
		error_sys(err, "cannot open");
		return error_wrap(err, "%s", job->bundle);
	}
	if (open_folder(job, err) < 0 ||
	    choose_manifest(job, manifest, err) < 0 ||
	    basis_apply(&job->bundle_fd, job->bundle, job->basis, job->folder,
			progress, err) < 0 ||
	    open_manifest(job, err) < 0)
		return -1;
	if (archive->unpack_bundle(job->bundle_fd, job->folder_fd,
				   job->flags & BALIMG_UNPACK_PARTS,
				   job->manifest_fd, progress, &job->sum,
				   err) < 0)
		return error_wrap(err, "%s", job->bundle);
	return 0;
}

/* Say what an unpacking that failed left behind; of one that did nothing,
 * nothing is left. */
static void
tidy_up(struct job *job, struct balimg_error *err)
{
	if (job->manifest && job->manifest_fd >= 0)
		(void)unlink(job->manifest);
	if (job->sum.entries)
		error_hint(err,
			   "%s holds %llu file%s of an unfinished tree: "
			   "remove it, or unpack again with --force",
			   job->folder, (unsigned long long)job->sum.entries,
			   job->sum.entries == 1 ? "" : "s");
	else if (job->made)
		(void)rmdir(job->folder);
}

char *
balimg_bundle_unpack(const char *path, const char *basis, const char *folder,
		     const char *manifest, unsigned flags,
		     BALIMG_PROGRESS(progress), void *data,
		     struct balimg_error *err)
{
	const struct progress watch = { .report = progress, .data = data };
	struct job job = {
		.bundle = path,
		.basis = basis,
		.folder = folder,
		.flags = flags,
		.bundle_fd = -1,
		.folder_fd = -1,
		.manifest_fd = -1,
	};
	json_t *answer = NULL;

	err = NEED_ERR(err);
	if (carry_out(&job, &watch, manifest, err) < 0)
		tidy_up(&job, err);
	else
		answer = json_pack(
			"{s:o, s:o, s:I, s:I, s:I}", "folder",
			json_string_nocheck(folder), "manifest",
			job.manifest ? json_string_nocheck(job.manifest) :
				       json_null(),
			"entries", (json_int_t)job.sum.entries, "bytes",
			(json_int_t)job.sum.bytes, "devicesRecorded",
			(json_int_t)job.sum.devices);
	cleanup_fd(&job.bundle_fd);
	cleanup_fd(&job.folder_fd);
	cleanup_fd(&job.manifest_fd);
	free(job.manifest);
	return err->code ? NULL : answer_print(answer, err);
}
