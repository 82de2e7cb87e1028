/* hostapp.h - the files that the running system would see
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Since 2.5.0 the root file system of an image holds no system but an engine's
 * store with one container in it, the hostapp; what boots is that container:
 * layers laid over each other, and a volume at /boot (see mobynit, and
 * hostapp-update in meta-balena).  The view is a volume of these files.  It
 * writes each where the running system would find it: an old file in the
 * layer that has it, a new one in the top-most layer that has its directory.
 */
#ifndef BALIMG_BALENAOS_HOSTAPP_H
#define BALIMG_BALENAOS_HOSTAPP_H

#include "volume/volume.h"

/* *@view: a new volume that borrows @raw, the root's; NULL if there is no
 * hostapp in it.  BALIMG_E_INVALID or BALIMG_E_UNSUPPORTED if there is one
 * that could not be started.  Flushing @raw flushes the view. */
int hostapp_open(struct volume *raw, struct volume **view,
		 struct balimg_error *err) MUST_USE;

/* The same of the image that the container was made of: without what was
 * written to the container since, and without its volume.  BALIMG_E_NOT_FOUND
 * if there is no hostapp. */
struct volume *hostapp_open_image(struct volume *raw, struct balimg_error *err)
	MUST_USE;

#endif /* BALIMG_BALENAOS_HOSTAPP_H */
