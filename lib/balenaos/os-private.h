/* os-private.h - what the files of os.h share
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BALENAOS_OS_PRIVATE_H
#define BALIMG_BALENAOS_OS_PRIVATE_H

#include "balenaos/os.h"
#include "volume/guest.h"

/* Files that mark a boot partition: since 2.72.0, and from 2.0.0 on. */
#define OS_FLAG_IMAGE	    "/balena-image"
#define OS_FLAG_FLASHER	    "/balena-image-flasher"
#define OS_FLAG_OLD_IMAGE   "/resin-image"
#define OS_FLAG_OLD_FLASHER "/resin-image-flasher"

#define OS_NOWHERE SIZE_MAX /* no partition has this index */

/* A partition's private half; same index as its public one. */
struct os_place {
	struct source *slice;	/* NULL until needed */
	struct volume *volume;	/* NULL until needed */
	struct volume *view;	/* borrows volume; NULL if it is the same */
	bool viewed;		/* ->view is known */
	/* Those that served until there was something to write; still lent,
	 * but no longer flushed. */
	struct volume *old_volume;
	struct volume *old_view;
	char title[72];
};

/* What the boot partition tells, read once. */
struct os_facts {
	bool has_release, has_device_type, has_flasher;
	struct release release;
	enum os_variant variant;
	char *device_type;
	bool flasher;
};

/* The image that an installer carries; nothing of it until asked. */
struct os_inner {
	char *path;	       /* NULL: not looked for, or not found */
	struct source *source; /* its bytes */
	struct os *os;	       /* its partitions; borrows source */
	struct os_carried carried;
	bool left_alone; /* os_keep_outer() */
};

struct os {
	struct source *image; /* lent */
	const char *title;    /* lent: what partitions' titles begin with */
	struct label *label;
	size_t count;
	struct os_partition *partitions;
	struct os_place *places;
	size_t boot;  /* OS_NOWHERE: no balenaOS */
	size_t rival; /* as good a candidate as boot, or OS_NOWHERE */
	struct os_facts facts;
	struct os_inner inner;
	struct os *outer; /* the installer that this is in, or NULL */
	const struct os_means *means; /* lent, or NULL */
	struct guest *guest;	      /* NULL until needed */
};

/* A partition that only holds others? */
static inline bool
os_is_extended(const struct os_partition *part)
{
	return part->partition && part->partition->extended;
}

/* As os_open(), the titles of partitions beginning with @title (lent for the
 * life of the os). */
struct os *os_open_titled(struct source *image, const char *title,
			  struct balimg_error *err) MUST_USE;

/* Release what @inner holds. */
void os_inner_close(struct os_inner *inner);

/* Choose the boot partition: set ->boot, ->rival and the roles that follow. */
int os_choose_boot(struct os *os, struct balimg_error *err) MUST_USE;

/* The role that a GPT name or label stands for. */
enum os_role os_role_of_label(const char *label);

#endif /* BALIMG_BALENAOS_OS_PRIVATE_H */
