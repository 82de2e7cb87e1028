/* guest.h - a virtual machine that reads what we cannot, by libguestfs
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The kernel of a small virtual machine opens file systems that no engine of
 * ours does, unlocks LUKS, activates LVM and replays journals.  It sees the
 * whole image as its disk, base and overlay, through a server of ours, so
 * that what it writes is staged like any other edit.
 *
 * libguestfs lives in a program of its own, balimg-guest, started when first
 * needed: it takes time and memory to load, may end its process when memory
 * runs out, and reads the environment.  The program has a process group of
 * its own and tidies up when it no longer hears from us, however we ended.
 *
 * One machine serves all volumes of an image.
 */
#ifndef BALIMG_VOLUME_GUEST_H
#define BALIMG_VOLUME_GUEST_H

#include "base/plan.h"
#include "base/progress.h"
#include "volume/volume.h"

struct guest;

/* A guest that will have @image as its disk; nothing is started yet.  Lent
 * for the life of the guest: @image, @plan (gets a note where it is slow),
 * @progress (asked now and then whether to stop). */
struct guest *guest_new(struct source *image, struct plan *plan,
			const struct progress *progress,
			struct balimg_error *err) MUST_USE;

/* End the machine at once; close its volumes first.  NULL is allowed. */
void guest_free(struct guest *guest);

/* The passphrase, or the content of the key file, for encrypted volumes;
 * copied. */
int guest_set_key(struct guest *guest, const void *key, size_t len,
		  struct balimg_error *err) MUST_USE;
bool guest_has_key(const struct guest *guest);

/* The volume of partition @number (0: of the disk without a table), whose
 * bytes are @source (lent).  Starts the machine if it does not run.
 * BALIMG_E_NOT_FOUND if libguestfs is not there; BALIMG_E_UNSUPPORTED if it
 * cannot be opened there, either. */
struct volume *guest_open_volume(struct guest *guest, unsigned number,
				 struct source *source,
				 struct balimg_error *err) MUST_USE;

#endif /* BALIMG_VOLUME_GUEST_H */
