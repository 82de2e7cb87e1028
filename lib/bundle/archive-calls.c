/* archive-calls.c - the door of the module that has libarchive
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "bundle/archive-calls.h"

locale_t
archive_enter_locale(void)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);

	return utf8 ? uselocale(utf8) : (locale_t)0;
}

void
archive_leave_locale(locale_t before)
{
	if (before)
		freelocale(uselocale(before));
}

static const struct archive_calls calls = {
	.write_tree = archive_write_tree,
	.judge_bundle = archive_judge_bundle,
	.unpack_bundle = archive_unpack_bundle,
	.compare = archive_compare,
	.is_archive = archive_is_one,
	.build_bundle = archive_build_bundle,
	.walk_tar = tree_walk_tar,
	.walk_layer = tree_walk_layer,
};

MODULE_DOOR(archive, &calls);
