/* udev-verify.h - what the udev of this machine says of rules
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_FEATURE_UDEV_VERIFY_H
#define BALIMG_FEATURE_UDEV_VERIFY_H

#include "base/plan.h"
#include "document/udev-rules.h"

/* Ask `udevadm verify` (systemd 254 and later), where there is one, about the
 * text of @file ("99-modem.rules"), and warn in @plan of what it finds on
 * lines of which @known says nothing.  Where it cannot be asked, nothing is
 * said. */
void udev_verify(struct plan *plan, const char *file, const char *text,
		 size_t len, const struct udev_findings *known);

#endif /* BALIMG_FEATURE_UDEV_VERIFY_H */
