/* guest-launch.c - the virtual machine, with our server as its disk
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <guestfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "volume/guest-machine.h"

static bool
names_virtualization(char *flags)
{
	char *flag, *rest = NULL;

	for (flag = strtok_r(flags, " \n", &rest); flag;
	     flag = strtok_r(NULL, " \n", &rest))
		if (!strcmp(flag, "vmx") || !strcmp(flag, "svm"))
			return true;
	return false;
}

/* A /dev/kvm may be there though an x86 processor cannot do what it is for:
 * one for guests made for it (PVM), with which ours neither starts nor fails.
 * Other processors list no "flags". */
static bool
may_have_kvm(void)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	AUTO_FREE char *line = NULL;
	size_t size = 0;
	bool may = true;

	if (!file)
		return true;
	while (getline(&line, &size, file) > 0) {
		if (strncmp(line, "flags", strlen("flags")))
			continue;
		may = names_virtualization(line);
		break;
	}
	fclose(file);
	return may;
}

/* The disk is what listens at @socket. */
static int
add_disk(struct guestfs_h *g, const char *socket)
{
	char server[160];
	char *servers[] = { server, NULL };

	snprintf(server, sizeof(server), "unix:%s", socket);
	return guestfs_add_drive_opts(g, "", GUESTFS_ADD_DRIVE_OPTS_FORMAT,
				      "raw", GUESTFS_ADD_DRIVE_OPTS_PROTOCOL,
				      "nbd", GUESTFS_ADD_DRIVE_OPTS_SERVER,
				      servers, -1);
}

static int
start(struct machine *machine, const char *socket, bool emulate)
{
	struct guestfs_h *g = guestfs_create_flags(0);

	machine->g = g;
	if (!g)
		return -1;
	guestfs_set_error_handler(g, NULL, NULL);
	if (guestfs_set_autosync(g, 0) < 0)
		return -1;
	if (emulate && (guestfs_set_backend(g, "direct") < 0 ||
			guestfs_set_backend_setting(g, "force_tcg", "1") < 0))
		return -1;
	return add_disk(g, socket) < 0 ? -1 : guestfs_launch(g);
}

static int
fail_start(struct machine *machine, struct balimg_error *err)
{
	struct balimg_error why = { 0 };

	if (machine->g) {
		machine_fail(machine, &why);
		guestfs_close(machine->g); /* with its folders */
		machine->g = NULL;
	}
	error_set(err, BALIMG_E_IO, "no virtual machine can be started: %s",
		  *why.message ? why.message : "no memory");
	return error_hint(err, "libguestfs needs qemu and a kernel that it "
			       "can read (Debian: qemu-system-x86, "
			       "linux-image-amd64; Ubuntu: sudo chmod +r "
			       "/boot/vmlinuz-*); libguestfs-test-tool tells "
			       "more");
}

int
machine_launch(struct machine *machine, const char *socket,
	       struct reply *reply)
{
	if (machine->g)
		return error_set(&reply->err, BALIMG_E_USAGE,
				 "the virtual machine runs already");
	if (may_have_kvm() && start(machine, socket, false) == 0)
		return 0;
	/* Most often, /dev/kvm is there and cannot be used. */
	if (machine->g)
		guestfs_close(machine->g);
	if (start(machine, socket, true) < 0)
		return fail_start(machine, &reply->err);
	reply->a = 1;
	return 0;
}
