/* device.c - the file or block device that holds an image, and its guards
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "base/bytes.h"
#include "base/os.h"
#include "source/device.h"
#include "source/disk-image.h"

struct backing {
	struct source *file; /* what lies in the file, byte for byte */
	struct source *disk; /* the disk that it is an image of, or NULL */
	const struct disk_format *format; /* NULL: none but its bytes */
	int fd;
	bool writable;
	char *path; /* resolved */
	struct stat stat;
	char serial[128];
};

/* Files that hold an image in a form that is not its bytes. */
struct container {
	const char *name;
	const char *magic;
	const char *tool;   /* makes raw bytes of it, with the path behind, */
	const char *result; /* and, where the tool needs it, a new name */
};

static const struct container containers[] = {
	{ "a gzip file", "\x1f\x8b\x08", "gunzip -k", "" },
	{ "a zip archive", "PK\x03\x04", "unzip", "" },
	{ "an xz file",
	  "\xfd"
	  "7zXZ",
	  "unxz -k", "" },
	{ "a zstd file", "\x28\xb5\x2f\xfd", "unzstd", "" },
	{ "a bzip2 file", "BZh", "bunzip2 -k", "" },
	{ "a 7z archive", "7z\xbc\xaf\x27\x1c", "7z x", "" },
	{ "a VHDX disk", "vhdxfile", "qemu-img convert -O raw", " NEW.img" },
	{ "a VHD disk", "conectix", "qemu-img convert -f vpc -O raw",
	  " NEW.img" },
};

static int
check_kind(const struct backing *backing, struct balimg_error *err)
{
	const char *is = NULL;

	if (S_ISREG(backing->stat.st_mode) || S_ISBLK(backing->stat.st_mode))
		return 0;

	if (S_ISDIR(backing->stat.st_mode))
		is = "a folder";
	else if (S_ISCHR(backing->stat.st_mode))
		is = "a character device";
	else if (S_ISFIFO(backing->stat.st_mode))
		is = "a pipe";
	else
		is = "a socket";
	return error_set(err, BALIMG_E_INVALID,
			 "is %s, not an image file or block device", is);
}

static int
refuse_use(const struct backing *backing, const char *why,
	   struct balimg_error *err)
{
	error_set(err, BALIMG_E_REFUSED, "%s is in use: %s", backing->path,
		  why);
	return error_hint(err, "unmount or detach it first, "
			       "or write a copy with -o");
}

static int
report_open(const struct backing *backing, struct balimg_error *err)
{
	char why[256] = "another program holds it";

	if (errno == EBUSY) {
		os_device_in_use(backing->stat.st_rdev, why, sizeof(why));
		return refuse_use(backing, why, err);
	}
	error_sys(err, "cannot be opened%s",
		  backing->writable ? " for writing" : "");
	if (err && err->sys_errno == EACCES && backing_is_device(backing))
		error_hint(err, "devices belong to root: try with sudo");
	return -1;
}

/* O_NONBLOCK: what turned into a pipe meanwhile must not hang us.  O_EXCL:
 * the kernel refuses a device that is mounted or held. */
static int
open_descriptor(struct backing *backing, struct balimg_error *err)
{
	int flags = O_CLOEXEC | (backing->writable ? O_RDWR : O_RDONLY);

	if (!backing_is_device(backing))
		flags |= O_NONBLOCK;
	else if (backing->writable)
		flags |= O_EXCL;
	backing->fd = open(backing->path, flags);
	if (backing->fd < 0)
		return report_open(backing, err);
	if (fstat(backing->fd, &backing->stat) < 0)
		return error_sys(err, "cannot look at %s", backing->path);
	return check_kind(backing, err);
}

/* The lock is on the file, not on its name: whoever replaced the file while
 * we waited or opened would be undone by us. */
static int
lock(const struct backing *backing, struct balimg_error *err)
{
	struct stat now;

	if (flock(backing->fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK)
			return error_sys(err, "cannot lock %s", backing->path);
		error_set(err, BALIMG_E_REFUSED,
			  "%s is being written by another program",
			  backing->path);
		return error_hint(err, "try again when that is done");
	}
	if (stat(backing->path, &now) < 0 ||
	    now.st_dev != backing->stat.st_dev ||
	    now.st_ino != backing->stat.st_ino ||
	    now.st_rdev != backing->stat.st_rdev) {
		error_set(err, BALIMG_E_REFUSED,
			  "%s was replaced while it was being opened",
			  backing->path);
		return error_hint(err, "try again");
	}
	return 0;
}

static int
guard(const struct backing *backing, struct balimg_error *err)
{
	char why[256];
	bool used;

	if (backing_is_device(backing))
		used = os_device_in_use(backing->stat.st_rdev, why,
					sizeof(why));
	else
		used = os_file_in_use(&backing->stat, why, sizeof(why));
	return used ? refuse_use(backing, why, err) : 0;
}

static int
refuse_containers(const struct backing *backing, const char *head,
		  struct balimg_error *err)
{
	const struct container *known;
	size_t i;

	for (i = 0; i < sizeof(containers) / sizeof(*containers); i++) {
		known = &containers[i];
		if (memcmp(head, known->magic, strlen(known->magic)) != 0)
			continue;
		error_set(err, BALIMG_E_UNSUPPORTED, "is %s, not a raw image",
			  known->name);
		return error_hint(err, "make a raw image of it first: %s %s%s",
				  known->tool, backing->path, known->result);
	}
	return 0;
}

static int
open_disk(struct backing *backing, struct balimg_error *err)
{
	if (disk_format_check(backing->format, backing->file,
			      backing->writable, err) < 0)
		return -1;
	backing->disk = disk_image_open(backing->fd, backing->format->name,
					false, err);
	if (!backing->disk)
		return error_wrap(err, "%s", backing->format->title);
	if (!source_size(backing->disk))
		return error_set(err, BALIMG_E_INVALID, "is empty");
	return 0;
}

/* Is what is in the file the disk, or a form of it? */
static int
look_inside(struct backing *backing, struct balimg_error *err)
{
	char head[DISK_FORMAT_HEAD] = { 0 };
	uint64_t size = source_size(backing->file);
	size_t len = size < sizeof(head) ? (size_t)size : sizeof(head);

	if (backing_is_device(backing))
		return 0;
	if (source_read(backing->file, 0, head, len, err) < 0 ||
	    refuse_containers(backing, head, err) < 0)
		return -1;
	backing->format = disk_format_find(head);
	return backing->format ? open_disk(backing, err) : 0;
}

static int
open_source(struct backing *backing, struct balimg_error *err)
{
	backing->file = source_file_open(backing->fd, err);
	if (!backing->file)
		return error_wrap(err, "%s", backing->path);
	if (!source_size(backing->file))
		return error_set(err, BALIMG_E_INVALID, "is empty");
	return look_inside(backing, err);
}

struct backing *
backing_open(const char *path, bool write, struct balimg_error *err)
{
	AUTO_BACKING struct backing *backing = calloc(1, sizeof(*backing));

	if (!backing) {
		error_nomem(err);
		return NULL;
	}
	backing->fd = -1;
	backing->writable = write;
	/* A pipe may have no path that is real. */
	if (stat(path, &backing->stat) < 0) {
		error_sys(err, "cannot be opened");
		return NULL;
	}
	if (check_kind(backing, err) < 0)
		return NULL;
	backing->path = realpath(path, NULL);
	if (!backing->path) {
		error_sys(err, "cannot be opened");
		return NULL;
	}
	if (open_descriptor(backing, err) < 0)
		return NULL;
	if (write && (lock(backing, err) < 0 || guard(backing, err) < 0))
		return NULL;
	if (open_source(backing, err) < 0)
		return NULL;
	if (backing_is_device(backing))
		os_device_serial(backing->stat.st_rdev, backing->serial,
				 sizeof(backing->serial));
	return STEAL(backing);
}

void
backing_close(struct backing *backing)
{
	if (!backing)
		return;
	source_close(backing->disk);
	source_close(backing->file);
	cleanup_fd(&backing->fd);
	free(backing->path);
	free(backing);
}

struct source *
backing_source(const struct backing *backing)
{
	return backing->disk ? backing->disk : backing->file;
}

const char *
backing_format(const struct backing *backing)
{
	return backing->format ? backing->format->name : NULL;
}

int
backing_fd(const struct backing *backing)
{
	return backing->fd;
}

const char *
backing_path(const struct backing *backing)
{
	return backing->path;
}

const struct stat *
backing_stat(const struct backing *backing)
{
	return &backing->stat;
}

bool
backing_is_device(const struct backing *backing)
{
	return S_ISBLK(backing->stat.st_mode);
}

bool
backing_is_writable(const struct backing *backing)
{
	return backing->writable;
}

const char *
backing_serial(const struct backing *backing)
{
	return backing->serial;
}
