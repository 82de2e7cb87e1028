/* os-linux-xattr.c - extended attributes and device numbers, as on Linux
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "base/cleanup.h"
#include "base/os.h"

/* The kernel lets neither names nor a value be longer. */
#define XATTR_ROOM 65536u

dev_t
os_device(uint32_t upper, uint32_t lower)
{
	return makedev(upper, lower);
}

void
os_device_numbers(dev_t device, uint32_t *major_out, uint32_t *minor_out)
{
	*major_out = major(device);
	*minor_out = minor(device);
}

/* One that is gone meanwhile, or that we may not read, is none. */
static int
pass_on(const char *path, const char *name, char *value, os_xattr_taker *take,
	void *data, struct balimg_error *err)
{
	ssize_t len = lgetxattr(path, name, value, XATTR_ROOM);

	if (len >= 0)
		return take(data, name, value, (size_t)len, err);
	if (errno == ENODATA || errno == EPERM || errno == EACCES)
		return 0;
	return error_sys(err, "cannot read the attribute %s", name);
}

int
os_read_xattrs(int folder, const char *name, os_xattr_taker *take, void *data,
	       struct balimg_error *err)
{
	AUTO_FREE char *room = malloc(2 * XATTR_ROOM);
	AUTO_FREE char *path = NULL;
	const char *at;
	ssize_t len;

	if (!room || asprintf(&path, "/proc/self/fd/%d/%s", folder, name) < 0)
		return error_nomem(err);
	len = llistxattr(path, room, XATTR_ROOM);
	if (len < 0)
		return errno == ENOTSUP || errno == EPERM ?
			       0 :
			       error_sys(err, "cannot list the attributes");
	for (at = room; at < room + len; at += strlen(at) + 1)
		if (pass_on(path, at, room + XATTR_ROOM, take, data, err) < 0)
			return -1;
	return 0;
}

/* The names of the attributes of @fd, each with a NUL, in *@names, to be
 * freed; their length, or -1 with errno set. */
static ssize_t
list_attributes(int fd, char **names)
{
	*names = malloc(XATTR_ROOM);
	return *names ? flistxattr(fd, *names, XATTR_ROOM) : -1;
}

static int
copy_attribute(int from, int to, const char *name)
{
	AUTO_FREE char *value = malloc(XATTR_ROOM);
	ssize_t len;

	if (!value)
		return -1;
	len = fgetxattr(from, name, value, XATTR_ROOM);
	if (len < 0)
		return -1;
	return fsetxattr(to, name, value, (size_t)len, 0);
}

int
os_copy_attributes(int from, int to, struct balimg_error *err)
{
	AUTO_FREE char *names = NULL;
	ssize_t len = list_attributes(from, &names);
	const char *name;

	if (len < 0)
		return errno == EOPNOTSUPP ?
			       0 :
			       error_sys(err, "cannot list its attributes");
	for (name = names; name < names + len; name += strlen(name) + 1)
		if (copy_attribute(from, to, name) < 0 &&
		    strncmp(name, "security.", 9) != 0)
			return error_sys(err, "cannot set the attribute %s",
					 name);
	return 0;
}

int
os_write_xattr(int folder, const char *name, const char *attribute,
	       const void *value, size_t len, struct balimg_error *err)
{
	AUTO_FREE char *path = NULL;

	if (asprintf(&path, "/proc/self/fd/%d/%s", folder, name) < 0)
		return error_nomem(err);
	if (lsetxattr(path, attribute, value, len, 0) < 0)
		return error_sys(err, "cannot set the attribute %s",
				 attribute);
	return 0;
}
