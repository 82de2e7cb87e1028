/* copy.c - base and overlay become a new image, raw or qcow2
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The base comes first, the overlay goes on top.  The file gets its name when
 * all of it is on the medium.
 */
#include <config.h>

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/io.h"
#include "commit/commit.h"
#include "commit/new-file.h"
#include "commit/transfer.h"
#include "source/disk-image.h"

enum form {
	FORM_RAW,
	FORM_QCOW2,
};

/* ---- may it be written there? -------------------------------------- */

struct suffix {
	const char *suffix;
	const char *what; /* cannot be written; NULL if it can */
	const char *hint;
};

#define COMPRESS_LATER "write a raw image, then compress it"
#define CONVERT_LATER  "write a .qcow2, then: qemu-img convert -O"

static const struct suffix suffixes[] = {
	{ ".qcow2", NULL, NULL },
	{ ".gz", "compressed images", COMPRESS_LATER },
	{ ".zip", "compressed images", COMPRESS_LATER },
	{ ".xz", "compressed images", COMPRESS_LATER },
	{ ".zst", "compressed images", COMPRESS_LATER },
	{ ".bz2", "compressed images", COMPRESS_LATER },
	{ ".vmdk", "VMDK disks", CONVERT_LATER " vmdk" },
	{ ".vdi", "VDI disks", CONVERT_LATER " vdi" },
	{ ".vhdx", "VHDX disks", CONVERT_LATER " vhdx" },
};

/* The form that the suffix of @output tells. */
static int
choose_form(const char *output, enum form *form, struct balimg_error *err)
{
	size_t len = strlen(output);
	size_t i, suffix;

	*form = FORM_RAW;
	for (i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		suffix = strlen(suffixes[i].suffix);
		if (len < suffix ||
		    strcasecmp(output + len - suffix, suffixes[i].suffix) != 0)
			continue;
		*form = FORM_QCOW2;
		if (!suffixes[i].what)
			return 0;
		error_set(err, BALIMG_E_UNSUPPORTED,
			  "%s: %s cannot be written yet", output,
			  suffixes[i].what);
		return error_hint(err, "%s", suffixes[i].hint);
	}
	return 0;
}

/* ---- writing ------------------------------------------------------- */

/* As the base's, where we may: the owner first, for a change of owner can
 * take mode bits away.  An image read from a device is private. */
static int
set_owner_and_mode(int fd, const struct backing *backing,
		   struct balimg_error *err)
{
	const struct stat *st = backing_stat(backing);

	if (backing_is_device(backing))
		return 0;
	if ((st->st_uid != geteuid() || st->st_gid != getegid()) &&
	    fchown(fd, st->st_uid, st->st_gid) < 0 && errno != EPERM)
		return error_sys(err, "cannot set the owner");
	if (fchmod(fd, st->st_mode & 0777) < 0)
		return error_sys(err, "cannot set the mode");
	return 0;
}

static int
write_qcow2(struct transfer *transfer, struct source *overlay,
	    struct balimg_error *err)
{
	AUTO_SOURCE struct source *disk = NULL;

	if (disk_format_make_qcow2(transfer->to_fd, source_size(overlay),
				   err) < 0)
		return -1;
	disk = disk_image_open(transfer->to_fd, "qcow2", true, err);
	if (!disk)
		return -1;
	transfer->to = disk;
	if (transfer_base(transfer, err) < 0 ||
	    transfer_overlay(transfer, overlay, err) < 0)
		return -1;
	return disk_image_finish(disk, err);
}

static int
write_raw(struct transfer *transfer, struct source *overlay,
	  struct balimg_error *err)
{
	if (transfer_base(transfer, err) < 0)
		return -1;
	return transfer_overlay(transfer, overlay, err);
}

static int
fill(int fd, enum form form, struct source *overlay,
     const struct backing *backing, const struct progress *progress,
     struct balimg_error *err)
{
	struct transfer transfer = {
		.from = backing_source(backing),
		.from_fd = backing_format(backing) ? -1 : backing_fd(backing),
		.to_fd = fd,
		.progress = progress,
	};

	if ((form == FORM_QCOW2 ? write_qcow2 : write_raw)(&transfer, overlay,
							   err) < 0 ||
	    set_owner_and_mode(fd, backing, err) < 0)
		return -1;
	return io_sync(fd, err);
}

/* May it be there, and in what form? */
static int
check(const struct backing *backing, const char *output, bool replace,
      enum form *form, struct balimg_error *err)
{
	if (choose_form(output, form, err) < 0)
		return -1;
	return new_file_check(output, backing_stat(backing),
			      "leave out -o to edit it in place", replace,
			      err);
}

int
commit_check_copy(const struct backing *backing, const char *output,
		  bool replace, struct balimg_error *err)
{
	enum form form;

	if (check(backing, output, replace, &form, err) < 0)
		return -1;
	return new_file_check_folder(output, err);
}

int
commit_copy(struct source *overlay, const struct backing *backing,
	    const char *output, bool replace, const struct progress *progress,
	    uint64_t *written, struct balimg_error *err)
{
	AUTO_NEW_FILE struct new_file file = NEW_FILE_INIT;
	enum form form;

	*written = 0;
	if (check(backing, output, replace, &form, err) < 0 ||
	    new_file_open(&file, output, err) < 0)
		return -1;
	if (fill(file.fd, form, overlay, backing, progress, err) < 0)
		return error_wrap(err, "%s", output);
	if (new_file_publish(&file, replace, err) < 0)
		return -1;
	*written = source_size(overlay);
	return io_sync_folder(output, err);
}
