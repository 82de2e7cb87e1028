/* commit.h - the ways base and overlay become an image
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * In place: (1) space is reserved, (2) the overlay is written as a journal,
 * synced, and linked to its name - from here the edit is done, whatever
 * happens, (3) it is applied epoch by epoch with a sync between, (4) the
 * journal is unlinked.  A failure before (2) is complete leaves the image
 * byte-identical; a write error after it rolls back from the old bytes, and
 * if that fails too leaves the journal and says so.  Killed after it: the
 * next writer rolls forward.
 *
 * A qcow2, VMDK or VDI image is made anew in place: a copy of the file (its
 * blocks shared where the file system can) is edited by qemu-nbd, synced, and
 * renamed over the old one; until then the old one is there, untouched.
 *
 * The journal of DIR/NAME is DIR/.NAME.balimg-journal; of a device, or where
 * DIR cannot be written or the file has other names too, a file in
 * $XDG_STATE_HOME/balimg (or ~/.local/state/balimg) named after the device's
 * serial number, or the file's inode and time of birth.
 */
#ifndef BALIMG_COMMIT_COMMIT_H
#define BALIMG_COMMIT_COMMIT_H

#include "base/progress.h"
#include "commit/overlay-file.h"

/* Apply @overlay to @backing (opened for writing), atomically.  *@written
 * gets the bytes written to the image.  Of a disk image that is made anew,
 * owner, mode, access list and attributes stay; BALIMG_E_REFUSED where they
 * cannot, or where the file has other names. */
int commit_in_place(struct source *overlay, struct backing *backing,
		    const struct progress *progress, uint64_t *written,
		    struct balimg_error *err) MUST_USE;

/* Write base and overlay to a new file @output: reflinked or sparsely
 * copied, synced, then renamed into place; replaces an existing file only
 * with @replace (else BALIMG_E_REFUSED).  The suffix .qcow2 makes a qcow2
 * image, any other a raw one; one that names a compressed format, or VMDK,
 * VDI or VHDX, is BALIMG_E_UNSUPPORTED.  Its mode is that of the file that it
 * replaces, or the base's as the umask limits it (0600 of a device). */
int commit_copy(struct source *overlay, const struct backing *backing,
		const char *output, bool replace,
		const struct progress *progress, uint64_t *written,
		struct balimg_error *err) MUST_USE;

/* Could commit_copy() write @output?  Fails as it would, as far as that is
 * known without writing. */
int commit_check_copy(const struct backing *backing, const char *output,
		      bool replace, struct balimg_error *err) MUST_USE;

/* Write the undo file of @overlay to @path (0600, whole or not at all, never
 * replacing a file). */
int commit_save_undo(struct source *overlay, const struct backing *backing,
		     const char *path, struct balimg_error *err) MUST_USE;

/* Could commit_save_undo() write @path?  As commit_check_copy(). */
int commit_check_undo(const char *path, struct balimg_error *err) MUST_USE;

/* Look for a journal of @backing.  *@file gets it, open and believed, or
 * NULL if there is none.  Believed only if: a regular file, not followed
 * through a link, one link, owned by us or the image's owner, not writable by
 * others, complete, and the image holds old or new bytes in every recorded
 * granule, and is no disk image of a virtual machine, which never has one;
 * else BALIMG_E_REFUSED naming both files. */
int commit_find_journal(const struct backing *backing,
			struct overlay_file **file, struct balimg_error *err)
	MUST_USE;

/* Finish what @file (from commit_find_journal()) began, in place, and unlink
 * it.  @backing must be open for writing. */
int commit_recover(struct overlay_file *file, struct backing *backing,
		   struct balimg_error *err) MUST_USE;

#endif /* BALIMG_COMMIT_COMMIT_H */
