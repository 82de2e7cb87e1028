/* guest-mount.c - volumes: found, unlocked, and mounted one at a time
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <guestfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "volume/guest-machine.h"

#define HEAD 4096 /* bytes by which a partition is known again */

/* How to mount: to read without replaying anything, and to write. */
static const struct {
	const char *type;
	const char *reading;
	const char *writing;
} ways[] = {
	{ "ext2", "ro,noload", "noatime,noinit_itable" },
	{ "ext3", "ro,noload", "noatime,noinit_itable" },
	{ "ext4", "ro,noload", "noatime,noinit_itable" },
	{ "xfs", "ro,norecovery", "noatime" },
	{ "btrfs", "ro,rescue=nologreplay", "noatime" },
	{ "vfat", "ro,utf8=1,tz=UTC", "noatime,utf8=1,tz=UTC" },
};

static void
free_list(char **list)
{
	size_t i;

	for (i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

/* ---- mounting ------------------------------------------------------ */

static int
unmount(struct machine *machine, struct balimg_error *err)
{
	machine->mounted = MACHINE_VOLUMES;
	return guestfs_umount_all(machine->g) < 0 ?
		       machine_fail(machine, err) :
		       0;
}

static int
mount_volume(struct machine *machine, const struct machine_volume *vol)
{
	const char *options = NULL;
	size_t i;

	/* What is mounted for reading must not be written by any means. */
	if (vol->writing)
		guestfs_blockdev_setrw(machine->g, vol->device);
	else
		guestfs_blockdev_setro(machine->g, vol->device);
	for (i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (!strcmp(ways[i].type, vol->type))
			options = vol->writing ? ways[i].writing :
						 ways[i].reading;
	if (options &&
	    guestfs_mount_options(machine->g, options, vol->device, "/") == 0)
		return 0;
	/* Other kernels know other options. */
	return guestfs_mount_options(
		machine->g, vol->writing ? "noatime" : "ro", vol->device, "/");
}

int
machine_use(struct machine *machine, uint32_t volume, struct balimg_error *err)
{
	if (volume >= machine->count)
		return error_set(err, BALIMG_E_USAGE, "no such volume");
	if (machine->mounted == volume)
		return 0;
	if (machine->mounted < MACHINE_VOLUMES && unmount(machine, err) < 0)
		return -1;
	if (mount_volume(machine, &machine->volumes[volume]) < 0) {
		machine_fail(machine, err);
		return error_wrap(err, "%s", machine->volumes[volume].type);
	}
	machine->mounted = volume;
	return 0;
}

int
machine_edit(struct machine *machine, uint32_t volume,
	     struct balimg_error *err)
{
	if (volume >= machine->count)
		return error_set(err, BALIMG_E_USAGE, "no such volume");
	if (machine->volumes[volume].writing)
		return 0;
	machine->volumes[volume].writing = true;
	if (machine->mounted == volume && unmount(machine, err) < 0)
		return -1;
	return machine_use(machine, volume, err);
}

int
machine_flush(struct machine *machine, struct balimg_error *err)
{
	if (machine->mounted < MACHINE_VOLUMES && unmount(machine, err) < 0)
		return -1;
	return guestfs_sync(machine->g) < 0 ? machine_fail(machine, err) : 0;
}

/* ---- unlocking ----------------------------------------------------- */

static int
find_type(struct machine *machine, struct machine_volume *vol,
	  struct balimg_error *err)
{
	AUTO_FREE char *type = guestfs_vfs_type(machine->g, vol->device);

	if (!type)
		return machine_fail(machine, err);
	snprintf(vol->type, sizeof(vol->type), "%s", type);
	return 0;
}

/* The key as it is, or without the newline that an editor left. */
static int
try_keys(struct machine *machine, const char *device, char *key,
	 const char *name)
{
	size_t len = strlen(key);

	if (guestfs_cryptsetup_open(machine->g, device, key, name, -1) == 0)
		return 0;
	if (!len || key[len - 1] != '\n')
		return -1;
	key[len - 1] = '\0';
	return guestfs_cryptsetup_open(machine->g, device, key, name, -1);
}

static int
unlock(struct machine *machine, struct machine_volume *vol, char *key,
       struct balimg_error *err)
{
	char name[32];

	if (!*key) {
		error_set(err, BALIMG_E_UNSUPPORTED,
			  "is encrypted, and no key was given");
		return error_hint(err, "--key @FILE gives it");
	}
	snprintf(name, sizeof(name), "balimg%u", machine->count);
	if (try_keys(machine, vol->device, key, name) < 0)
		return error_set(err, BALIMG_E_INVALID,
				 "the key does not open it");
	snprintf(vol->device, sizeof(vol->device), "/dev/mapper/%s", name);
	return find_type(machine, vol, err);
}

/* The one logical volume that there is: nothing could tell two apart. */
static int
find_logical(struct machine *machine, struct machine_volume *vol,
	     struct balimg_error *err)
{
	char **list = NULL;
	size_t count = 0;

	if (guestfs_lvm_scan(machine->g, 1) == 0)
		list = guestfs_lvs(machine->g);
	if (!list)
		return machine_fail(machine, err);
	while (list[count])
		count++;
	if (count == 1)
		snprintf(vol->device, sizeof(vol->device), "%s", list[0]);
	free_list(list);
	if (count != 1)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "there are %zu logical volumes: one can be "
				 "opened",
				 count);
	return find_type(machine, vol, err);
}

/* ---- attaching ----------------------------------------------------- */

static int
find_partition(struct machine *machine, const struct guest_message *request,
	       struct machine_volume *vol, struct balimg_error *err)
{
	int64_t size;

	snprintf(vol->device, sizeof(vol->device), "/dev/sda");
	if (request->a)
		snprintf(vol->device, sizeof(vol->device), "/dev/sda%u",
			 (unsigned)request->a);
	size = guestfs_blockdev_getsize64(machine->g, vol->device);
	if (size < 0 || (uint64_t)size != request->b)
		return error_set(err, BALIMG_E_INVALID,
				 "the kernel of the virtual machine sees "
				 "another partition table");
	return find_type(machine, vol, err);
}

/* The first bytes of the partition, for the library to compare. */
static int
read_head(struct machine *machine, const char *device, uint64_t size,
	  struct buffer *body, struct balimg_error *err)
{
	AUTO_FREE char *head = NULL;
	size_t len = 0;

	head = guestfs_pread_device(machine->g, device,
				    size < HEAD ? (int)size : HEAD, 0, &len);
	if (!head)
		return machine_fail(machine, err);
	buffer_add(body, head, len);
	return 0;
}

int
machine_attach(struct machine *machine, const struct guest_message *request,
	       struct reply *reply)
{
	AUTO_BUFFER struct buffer head = BUFFER_INIT;
	struct machine_volume *vol = &machine->volumes[machine->count];
	struct balimg_error *err = &reply->err;

	if (machine->count == MACHINE_VOLUMES)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "too many volumes");
	*vol = (struct machine_volume){ 0 };
	if (find_partition(machine, request, vol, err) < 0 ||
	    read_head(machine, vol->device, request->b, &head, err) < 0)
		return -1;
	if (!strcmp(vol->type, "crypto_LUKS") &&
	    unlock(machine, vol, request->body, err) < 0)
		return -1;
	if (!strcmp(vol->type, "LVM2_member") &&
	    find_logical(machine, vol, err) < 0)
		return -1;
	if (!*vol->type)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "no file system that is known");
	reply->a = machine->count++;
	buffer_add(&reply->body, vol->type, strlen(vol->type) + 1);
	buffer_add(&reply->body, head.data, head.len);
	return machine_use(machine, machine->count - 1, err);
}
