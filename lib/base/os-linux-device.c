/* os-linux-device.c - who uses a block device, and which one it is
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The kernel tells it in /proc/self/mountinfo, /proc/swaps and sysfs.  What
 * cannot be read there (a container may lack it) counts as not in use: the
 * last word is the kernel's, when the device is opened with O_EXCL.
 */
#include <config.h>

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/os.h"

#define MAX_PARTITIONS 255u

/* A device and its partitions. */
struct family {
	dev_t member[1 + MAX_PARTITIONS];
	size_t count;
};

static void
cleanup_stream(FILE **stream)
{
	if (*stream)
		fclose(*stream);
}

static void
cleanup_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

#define AUTO_STREAM __attribute__((cleanup(cleanup_stream)))
#define AUTO_DIR    __attribute__((cleanup(cleanup_dir)))

/* The path of @name in sysfs's folder of @device. */
static void
sysfs_path(dev_t device, const char *name, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "/sys/dev/block/%u:%u/%s", major(device),
		 minor(device), name);
}

/* The file's text without the newline; false if there is none. */
static bool
read_text(const char *path, char *text, size_t size)
{
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, text, size - 1);

	if (len <= 0)
		return false;
	text[len] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return text[0] != '\0';
}

static void
find_family(dev_t device, struct family *family)
{
	char path[PATH_MAX], file[PATH_MAX], text[32];
	AUTO_DIR DIR *dir = NULL;
	const struct dirent *entry;
	unsigned upper, lower;

	family->member[0] = device;
	family->count = 1;
	sysfs_path(device, "", path);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)) &&
	       family->count <= MAX_PARTITIONS) {
		snprintf(file, sizeof(file), "/sys/dev/block/%u:%u/%s/dev",
			 major(device), minor(device), entry->d_name);
		if (entry->d_name[0] != '.' &&
		    read_text(file, text, sizeof(text)) &&
		    sscanf(text, "%u:%u", &upper, &lower) == 2)
			family->member[family->count++] = makedev(upper,
								  lower);
	}
}

static bool
is_member(const struct family *family, dev_t device)
{
	size_t i;

	for (i = 0; i < family->count; i++)
		if (family->member[i] == device)
			return true;
	return false;
}

/* Is @path the device node of a member? */
static bool
names_member(const struct family *family, const char *path)
{
	struct stat st;

	return path[0] == '/' && !stat(path, &st) && S_ISBLK(st.st_mode) &&
	       is_member(family, st.st_rdev);
}

/* A line of mountinfo: "ID PARENT MAJOR:MINOR ROOT POINT OPTIONS ... - TYPE
 * SOURCE ...".  btrfs shows a number of its own, so the source counts too. */
static bool
mounts_member(const struct family *family, const char *line, char *why,
	      size_t size)
{
	char point[PATH_MAX] = "", source[PATH_MAX] = "";
	const char *rest = strstr(line, " - ");
	unsigned upper, lower;

	if (sscanf(line, "%*u %*u %u:%u %*s %4095s", &upper, &lower, point) !=
	    3)
		return false;
	if (!is_member(family, makedev(upper, lower)) &&
	    !(rest && sscanf(rest, " - %*s %4095s", source) == 1 &&
	      names_member(family, source)))
		return false;
	snprintf(why, size, "mounted at %s", point);
	return true;
}

static bool
is_mounted(const struct family *family, char *why, size_t size)
{
	AUTO_STREAM FILE *stream = fopen("/proc/self/mountinfo", "re");
	AUTO_FREE char *line = NULL;
	size_t room = 0;

	while (stream && getline(&line, &room, stream) > 0)
		if (mounts_member(family, line, why, size))
			return true;
	return false;
}

static bool
is_held(dev_t device, char *why, size_t size)
{
	char path[PATH_MAX];
	AUTO_DIR DIR *dir = NULL;
	const struct dirent *entry;

	sysfs_path(device, "holders", path);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(why, size, "held by %s", entry->d_name);
		return true;
	}
	return false;
}

/* Does a line of /proc/swaps name a member, or @file? */
static bool
is_swap(const struct family *family, const struct stat *file, char *why,
	size_t size)
{
	AUTO_STREAM FILE *stream = fopen("/proc/swaps", "re");
	char path[PATH_MAX];
	struct stat st;

	while (stream && fscanf(stream, "%4095s%*[^\n]", path) == 1) {
		if (!(family && names_member(family, path)) &&
		    !(file && path[0] == '/' && !stat(path, &st) &&
		      st.st_dev == file->st_dev && st.st_ino == file->st_ino))
			continue;
		snprintf(why, size, "swap space");
		return true;
	}
	return false;
}

bool
os_device_in_use(dev_t device, char *why, size_t size)
{
	struct family family;
	size_t i;

	find_family(device, &family);
	for (i = 0; i < family.count; i++)
		if (is_held(family.member[i], why, size))
			return true;
	return is_mounted(&family, why, size) ||
	       is_swap(&family, NULL, why, size);
}

bool
os_file_in_use(const struct stat *file, char *why, size_t size)
{
	char path[PATH_MAX], below[PATH_MAX];
	AUTO_DIR DIR *dir = opendir("/sys/block");
	const struct dirent *entry;
	struct stat st;

	while (dir && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "loop", 4))
			continue;
		snprintf(path, sizeof(path), "/sys/block/%s/loop/backing_file",
			 entry->d_name);
		if (!read_text(path, below, sizeof(below)) ||
		    stat(below, &st) < 0 || st.st_dev != file->st_dev ||
		    st.st_ino != file->st_ino)
			continue;
		snprintf(why, size, "behind /dev/%s", entry->d_name);
		return true;
	}
	return is_swap(NULL, file, why, size);
}

void
os_device_serial(dev_t device, char *serial, size_t size)
{
	/* A partition's own folder lies in that of its disk. */
	static const char *const places[] = {
		"device/cid",  "device/serial",	 "serial",
		"device/wwid", "../device/cid",	 "../device/serial",
		"../serial",   "../device/wwid",
	};
	char path[PATH_MAX], number[16];
	size_t i, used;

	serial[0] = '\0';
	for (i = 0; i < sizeof(places) / sizeof(*places); i++) {
		sysfs_path(device, places[i], path);
		if (read_text(path, serial, size))
			break;
		serial[0] = '\0';
	}
	sysfs_path(device, "partition", path);
	used = strlen(serial);
	if (used && read_text(path, number, sizeof(number)))
		snprintf(serial + used, size - used, "-part%s", number);
}
