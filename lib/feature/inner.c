/* inner.c - may the image within an installer be written?
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Signed builds put a signature beside it.  An installer that is told to set
 * up secure boot verifies that before it installs, and stops if it does not
 * fit; others ignore it (see resin-init-flasher in meta-balena).
 */
#include <config.h>

#include "balenaos/config-file.h"
#include "feature/customize.h"

/* *@wanted: does config.json of @os ask for secure boot? */
static int
wants_secure_boot(struct os *os, bool *wanted, struct balimg_error *err)
{
	AUTO_FREE char *text = NULL;
	json_auto_t *settings = NULL;
	size_t len;

	*wanted = false;
	if (config_file_read(os, NULL, &text, &len, err) < 0)
		return -1;
	if (!text)
		return 0;
	settings = json_text_parse(text, len, NULL, err);
	if (!settings)
		return -1;
	*wanted =
		json_is_true(json_path_get(settings, "installer.secureboot"));
	return 0;
}

int
customize_check_inner(struct customization *c, struct os *os,
		      struct balimg_error *err)
{
	struct os *outer = os_outer(os);
	const struct os_carried *carried;
	bool wanted;

	carried = outer ? os_inner_image(outer) : NULL;
	if (!carried || !carried->is_signed || c->warned_of_signature)
		return 0;
	if (wants_secure_boot(outer, &wanted, err) < 0)
		return -1;
	if (wanted) {
		error_set(err, BALIMG_E_REFUSED,
			  "is signed, and installer.secureboot is set: the "
			  "installer would refuse the changed image");
		if (!customize_overrides(c, carried->path, err))
			return error_wrap(err, "%s", carried->path);
	} else {
		plan_note(c->plan, PLAN_WARNING, carried->path,
			  "is signed; its signature does not fit any more, "
			  "so secure boot cannot be set up from this image");
	}
	c->warned_of_signature = true;
	return 0;
}
