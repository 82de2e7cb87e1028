/* os.h - the operating system that an image holds
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Finds the boot partition by what it says of itself (GPT name or label,
 * then device-type.json, then the flag files; never a number), gives
 * partitions their roles, and reads version and device type.
 */
#ifndef BALIMG_BALENAOS_OS_H
#define BALIMG_BALENAOS_OS_H

#include "balenaos/release.h"
#include "base/plan.h"
#include "base/progress.h"
#include "disklabel/label.h"
#include "volume/volume.h"

enum os_role {
	OS_ROLE_NONE,
	OS_ROLE_BOOT,
	OS_ROLE_ROOT_A,
	OS_ROLE_ROOT_B,
	OS_ROLE_STATE,
	OS_ROLE_DATA,
	OS_ROLE_CONF, /* resin-conf, flash-conf: 1.x */
	OS_ROLE_EFI,  /* balena-efi of a secure-boot disk */
};

enum os_variant {
	OS_VARIANT_NONE, /* 2.85.0 and later: one image for both */
	OS_VARIANT_DEVELOPMENT,
	OS_VARIANT_PRODUCTION,
	OS_VARIANT_UNKNOWN,
};

/* One partition, or the whole of an image without a table (number 0). */
struct os_partition {
	const struct partition *partition; /* NULL: the whole image */
	uint64_t start, size;		   /* bytes */
	struct volume_identity identity;
	enum os_role role;
};

/* As the table counts, and bootloaders do; 0: it is the whole image. */
static inline unsigned
os_partition_number(const struct os_partition *part)
{
	return part->partition ? part->partition->number : 0;
}

struct os; /* an image's partitions and what they hold */

/* Read the table and identify every partition of @image (lent).  Fails only
 * where the table is damaged or reading does; an image that is no balenaOS
 * has no boot partition. */
struct os *os_open(struct source *image, struct balimg_error *err) MUST_USE;
void os_close(struct os *os);
DEFINE_AUTO(os, os_close)
#define AUTO_OS __attribute__((cleanup(cleanup_os)))

/* What it is read from, and what its parts' titles begin with: "" or, within
 * an installer, "inner "; lent. */
struct source *os_image(const struct os *os);
const char *os_title(const struct os *os);

const struct label *os_label(const struct os *os);
size_t os_partition_count(const struct os *os);
const struct os_partition *os_get_partition(const struct os *os, size_t at);

/* "boot", "rootA", ...; "" for OS_ROLE_NONE. */
const char *os_role_name(enum os_role role);

/* The index of the partition that @name names: number, GPT name, label or
 * role, in this order; "" is the whole image.  BALIMG_E_NOT_FOUND, with those
 * there are as a hint. */
int os_find_partition(const struct os *os, const char *name, size_t *at,
		      struct balimg_error *err) MUST_USE;

/* How far to go to open a volume. */
enum os_reach {
	OS_REACH_DIRECT, /* by our own engines */
	OS_REACH_AUTO,	 /* by a virtual machine where those do not serve */
	OS_REACH_GUEST,	 /* by a virtual machine, always */
};

/* What opening a volume may need. */
struct os_means {
	enum os_reach reach;
	struct plan *plan; /* gets notes */
	const struct progress *progress;
	const char *key; /* for encrypted volumes; NULL: none */
	size_t key_len;
};

/* Have volumes opened by @means, lent for the life of @os and read anew each
 * time; OS_REACH_DIRECT and no key else.  To be called before any volume is
 * asked for. */
void os_set_means(struct os *os, const struct os_means *means);

/* The volume of partition @at; opened once, lent for the life of @os. */
struct volume *os_volume(struct os *os, size_t at, struct balimg_error *err)
	MUST_USE;

/* The same as the running system would see it: the hostapp of a root since
 * 2.5.0 (see hostapp.h), else the volume itself. */
struct volume *os_view(struct os *os, size_t at, struct balimg_error *err)
	MUST_USE;

/* The same if one of our own engines opens it, or it is open. */
struct volume *os_own_volume(struct os *os, size_t at,
			     struct balimg_error *err) MUST_USE;

/* Before it is edited: where our engine can read the volume but must not
 * write it, have os_volume() be another that may, from now on. */
int os_prepare_edit(struct os *os, size_t at, struct balimg_error *err)
	MUST_USE;

/* Nothing was ever in it? */
bool os_is_blank(const struct os *os, size_t at);

/* Make partition @at, which is blank, a file system; from then on it is like
 * any.  BALIMG_E_REFUSED if it is not blank. */
int os_format(struct os *os, size_t at, const struct volume_format *format,
	      struct balimg_error *err) MUST_USE;

/* The boot volume (index in *@at unless NULL); BALIMG_E_NOT_FOUND if this is
 * no balenaOS image. */
struct volume *os_boot(struct os *os, size_t *at, struct balimg_error *err)
	MUST_USE;

/* The volume that holds config.json: boot, or conf up to 1.11. */
struct volume *os_config_volume(struct os *os, size_t *at,
				struct balimg_error *err) MUST_USE;

/* How a partition is called in messages: "resin-boot", "partition 3". */
const char *os_partition_title(const struct os *os, size_t at);

/* Facts, read when first asked; NULL or unparsed if the image does not tell.
 * os_release() is from the boot partition's os-release, else the root's. */
int os_release(struct os *os, const struct release **release,
	       struct balimg_error *err) MUST_USE;
int os_variant(struct os *os, enum os_variant *variant,
	       struct balimg_error *err) MUST_USE;
int os_device_type(struct os *os, const char **slug, struct balimg_error *err)
	MUST_USE;
int os_is_flasher(struct os *os, bool *flasher, struct balimg_error *err)
	MUST_USE;

/* ---- installers ---- */

/* The image that an installer carries. */
struct os_carried {
	size_t at;	  /* the installer's partition that it is in */
	const char *path; /* its path there */
	uint64_t size;	  /* bytes */
	bool is_signed;	  /* a signature lies beside it */
};

/* The system that the installer @os will put on the device: opened once, lent
 * for the life of @os.  BALIMG_E_NOT_FOUND if @os is no installer, or has
 * nothing to install. */
struct os *os_inner(struct os *os, struct balimg_error *err) MUST_USE;

/* Where it is; NULL unless os_inner() was there.  Lent as that is. */
const struct os_carried *os_inner_image(const struct os *os);

/* The installer that @os is in; NULL if it is in none. */
struct os *os_outer(const struct os *os);

/* Have os_find_file() take every file for the installer's own. */
void os_keep_outer(struct os *os);

/* A file of an image, or of the image within it. */
struct os_spot {
	struct os *os;	  /* lent: the one asked, or its os_inner() */
	size_t at;	  /* the partition */
	const char *path; /* lent: there */
	bool raw;	  /* in the volume itself, not in os_view() of it */
};

/* Where the file @path of @part is; "//PATH" names what is stored, not what
 * the running system would see.  As os_find_partition(), but for an
 * installer: a role ("boot") means the device to be, so the partition of the
 * inner image, but for those files of the boot partition that the installer
 * copies there from its own. */
int os_find_file(struct os *os, const char *part, const char *path,
		 struct os_spot *spot, struct balimg_error *err) MUST_USE;

/* The volume that has the file. */
struct volume *os_spot_volume(const struct os_spot *spot,
			      struct balimg_error *err) MUST_USE;

/* Flush every volume that was opened, those of the inner image first. */
int os_flush(struct os *os, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_BALENAOS_OS_H */
