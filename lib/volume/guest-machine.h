/* guest-machine.h - what the files of the program balimg-guest share
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The program has libguestfs and the virtual machine, and carries out
 * requests one by one.  A volume is mounted at the machine's root, so that
 * absolute symbolic links lead where they should; so one is mounted at a
 * time.
 */
#ifndef BALIMG_VOLUME_GUEST_MACHINE_H
#define BALIMG_VOLUME_GUEST_MACHINE_H

#include "volume/guest-wire.h"

#define MACHINE_VOLUMES 128u

struct guestfs_h;

struct machine_volume {
	char device[128];
	char type[16];
	bool writing; /* to be mounted so */
};

struct machine {
	int line;	    /* to the library */
	const char *folder; /* for scratch files; goes with us */
	struct guestfs_h *g;
	struct machine_volume volumes[MACHINE_VOLUMES];
	uint32_t count;
	uint32_t mounted; /* index of a volume, or MACHINE_VOLUMES */
};

/* A reply in the making. */
struct reply {
	struct balimg_error err;
	uint64_t a, b;
	struct buffer body;
};

/* What the machine says of its last failure, in our words; returns -1. */
int machine_fail(struct machine *machine, struct balimg_error *err);

/* guest-launch.c */
int machine_launch(struct machine *machine, const char *socket,
		   struct reply *reply) MUST_USE;

/* guest-mount.c */
int machine_attach(struct machine *machine,
		   const struct guest_message *request, struct reply *reply)
	MUST_USE;
int machine_use(struct machine *machine, uint32_t volume,
		struct balimg_error *err) MUST_USE;
int machine_edit(struct machine *machine, uint32_t volume,
		 struct balimg_error *err) MUST_USE;
int machine_flush(struct machine *machine, struct balimg_error *err) MUST_USE;

/* guest-files.c: a request about the volume that is mounted. */
int machine_serve(struct machine *machine, const struct guest_message *request,
		  struct reply *reply) MUST_USE;

/* The directory that absolute @path is in, new; NULL without memory. */
char *machine_folder_of(const char *path) MUST_USE;

/* guest-nodes.c: GUEST_MAKE, GUEST_DRESS or GUEST_LINK of @path; what more
 * @request has begins at @at of its body. */
int machine_make_node(struct machine *machine,
		      const struct guest_message *request, const char *path,
		      size_t at, struct balimg_error *err) MUST_USE;

/* guest-watch.c: when the library is gone, all of this goes, too. */
int machine_watch(struct machine *machine, struct balimg_error *err) MUST_USE;
void machine_wait(void);

#endif /* BALIMG_VOLUME_GUEST_MACHINE_H */
