/* anew.c - a disk image of a virtual machine is edited as a copy of itself
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * In a qcow2 file, what a sector of the disk becomes is not for us to say: it
 * may be a new cluster, with tables and counts that follow.  So no journal of
 * ours could bring it back; but a copy can be thrown away.  Everything of the
 * image that is not the disk (snapshots, bitmaps) comes along.
 */
#include <config.h>

#include <errno.h>

#include "base/io.h"
#include "base/os.h"
#include "commit/anew.h"
#include "commit/new-file.h"
#include "commit/transfer.h"
#include "source/disk-image.h"
#include "source/overlay.h"

static int
refuse(const char *why, struct balimg_error *err)
{
	error_set(err, BALIMG_E_REFUSED, "%s", why);
	return error_hint(err, "write a copy with -o");
}

/* Is the path still that of the file?  Nothing of another may be lost. */
static int
check_name(const struct backing *backing, struct balimg_error *err)
{
	const struct stat *was = backing_stat(backing);
	struct stat now;

	if (stat(backing_path(backing), &now) < 0 ||
	    now.st_dev != was->st_dev || now.st_ino != was->st_ino)
		return error_set(err, BALIMG_E_REFUSED,
				 "was replaced while it was being edited");
	if (now.st_nlink > 1)
		return refuse("has other names, which would keep the old "
			      "image",
			      err);
	return 0;
}

/* The owner first, for a change of owner can take mode bits away. */
static int
keep_attributes(int fd, const struct backing *backing,
		struct balimg_error *err)
{
	const struct stat *st = backing_stat(backing);

	if ((st->st_uid != geteuid() || st->st_gid != getegid()) &&
	    fchown(fd, st->st_uid, st->st_gid) < 0)
		return errno == EPERM ?
			       refuse("belongs to another user or group, and "
				      "would not any more",
				      err) :
			       error_sys(err, "cannot set the owner");
	if (fchmod(fd, st->st_mode & 07777) < 0)
		return error_sys(err, "cannot set the mode");
	return os_copy_attributes(backing_fd(backing), fd, err);
}

static int
copy_file(int fd, const struct backing *backing,
	  const struct progress *progress, struct balimg_error *err)
{
	AUTO_SOURCE struct source *file = source_file_open(backing_fd(backing),
							   err);
	struct transfer transfer = {
		.from = file,
		.from_fd = backing_fd(backing),
		.to_fd = fd,
		.progress = progress,
	};

	return file ? transfer_base(&transfer, err) : -1;
}

static int
edit_copy(int fd, const struct backing *backing, struct source *overlay,
	  struct balimg_error *err)
{
	AUTO_SOURCE struct source *disk =
		disk_image_open(fd, backing_format(backing), true, err);
	struct transfer transfer = { .to_fd = fd, .to = disk };

	if (!disk || transfer_overlay(&transfer, overlay, err) < 0)
		return -1;
	return disk_image_finish(disk, err);
}

static uint64_t
bytes_of(const struct source *overlay)
{
	uint64_t bytes = 0;
	size_t i;

	for (i = 0; i < overlay_record_count(overlay); i++)
		bytes += overlay_get_record(overlay, i)->len;
	return bytes;
}

int
commit_anew(struct source *overlay, const struct backing *backing,
	    const struct progress *progress, uint64_t *written,
	    struct balimg_error *err)
{
	AUTO_NEW_FILE struct new_file file = NEW_FILE_INIT;
	const char *path = backing_path(backing);

	if (check_name(backing, err) < 0 ||
	    new_file_open(&file, path, err) < 0 ||
	    copy_file(file.fd, backing, progress, err) < 0 ||
	    edit_copy(file.fd, backing, overlay, err) < 0 ||
	    keep_attributes(file.fd, backing, err) < 0 ||
	    io_sync(file.fd, err) < 0 || check_name(backing, err) < 0 ||
	    new_file_publish(&file, true, err) < 0)
		return error_wrap(err, "%s", path);
	*written = bytes_of(overlay);
	return io_sync_folder(path, err);
}
