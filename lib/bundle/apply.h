/* apply.h - install an update bundle into an image, as the device would
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A device has two roots, and updates the one that does not run; then the
 * bootloader is told to start that one.  All of this is staged like any edit:
 * the files of the new root, the engine's records of them, the boot files and
 * the bootloader's word.
 *
 * Sources: hostapp-update, the hooks 0-bootfiles, 1-bootfiles and 99-resin-*
 * in meta-balena; the updaters in resinhup; layer/, image/ and container/ in
 * balena-engine.
 */
#ifndef BALIMG_BUNDLE_APPLY_H
#define BALIMG_BUNDLE_APPLY_H

#include "bundle/archive.h"
#include "feature/customize.h"

struct apply_wish {
	int fd;		  /* the bundle, which can be read twice */
	const char *name; /* how it is called */
	bool replace;	  /* into the root that runs */
	const struct progress *progress;
};

/* Stage the update.  BALIMG_E_INVALID if the bundle is not sound,
 * BALIMG_E_REFUSED if it does not fit the image. */
int apply_bundle(struct customization *c, const struct apply_wish *wish,
		 struct balimg_error *err) MUST_USE;

/* Would it fit @os?  What the bundle is, as of judge_bundle(), with what
 * speaks against it among the findings; nothing is staged. */
json_t *apply_judge(struct os *os, const struct apply_wish *wish,
		    struct balimg_error *err) MUST_USE;

#endif /* BALIMG_BUNDLE_APPLY_H */
