/* repair.c - mend what was found, and nothing else
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "balenaos/fatrw.h"
#include "base/buffer.h"
#include "check/check.h"
#include "check/folders.h"

/* Record each repairable fault; *@any says whether there is one. */
static int
record_faults(struct plan *plan, const char *title,
	      const struct volume_faults *faults, bool *any,
	      struct balimg_error *err)
{
	size_t i;

	*any = false;
	for (i = 0; i < faults->count; i++) {
		AUTO_BUFFER struct buffer where = BUFFER_INIT;

		if (!faults->faults[i].repairable)
			continue;
		buffer_printf(&where, "%s: %s", title, faults->faults[i].text);
		if (where.failed)
			return error_nomem(err);
		plan_change(plan, where.data, "damaged", "mended", false);
		*any = true;
	}
	return 0;
}

/* A volume that cannot be opened cannot be mended: check says so. */
static int
repair_volume(struct os *os, size_t at, struct plan *plan,
	      struct balimg_error *err)
{
	AUTO_FAULTS struct volume_faults faults = { 0 };
	const char *title = os_partition_title(os, at);
	struct balimg_error why = { 0 };
	struct volume *vol = os_volume(os, at, &why);
	bool any;

	if (!vol) {
		plan_note(plan, PLAN_WARNING, title, "is not mended: %s",
			  why.message);
		return 0;
	}
	if (volume_check(vol, &faults, err) < 0 ||
	    record_faults(plan, title, &faults, &any, err) < 0)
		return error_wrap(err, "%s", title);
	if (any && volume_repair(vol, err) < 0)
		return error_wrap(err, "%s", title);
	return 0;
}

static int
repair_leftovers(struct os *os, struct plan *plan, struct balimg_error *err)
{
	struct balimg_error unseen = { 0 };
	struct check_folder folder = { 0 };
	size_t at;
	int more;

	if (!os_config_volume(os, &at, &unseen))
		return 0;
	while ((more = check_next_folder(os, &folder, err)) > 0) {
		if (fatrw_settle(folder.vol, folder.path, folder.where, plan,
				 err) < 0)
			return error_wrap(err, "%s", folder.where);
	}
	return more;
}

static int
repair_system(struct os *os, struct plan *plan, struct balimg_error *err)
{
	size_t i;

	for (i = 0; i < os_partition_count(os); i++) {
		if (!strcmp(os_get_partition(os, i)->identity.type, "vfat") &&
		    repair_volume(os, i, plan, err) < 0)
			return -1;
	}
	return repair_leftovers(os, plan, err);
}

int
check_repair(struct os *os, struct plan *plan, struct balimg_error *err)
{
	struct os *inner = os_inner(os, NULL);

	if (inner && repair_system(inner, plan, err) < 0)
		return -1;
	return repair_system(os, plan, err);
}
