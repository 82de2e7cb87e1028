/* apply-place.c - which partitions an update concerns
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "balenaos/boot-choice.h"
#include "bundle/apply-private.h"
#include "document/json.h"

#define TEXT_LIMIT (1u << 20) /* bytes */

char *
apply_read_text(struct volume *vol, const char *path, size_t *len,
		struct balimg_error *err)
{
	char *text;

	return volume_read_optional(vol, path, TEXT_LIMIT, &text, len, err) <
			       0 ?
		       NULL :
		       text;
}

unsigned
apply_number(const struct apply *apply, size_t at)
{
	return os_partition_number(os_get_partition(apply->os, at));
}

/* An installer carries the system that is to be updated. */
static int
find_system(struct apply *apply, struct balimg_error *err)
{
	bool flasher = false;

	if (!os_outer(apply->os) &&
	    os_is_flasher(apply->os, &flasher, err) < 0)
		return -1;
	if (flasher)
		apply->os = os_inner(apply->os, err);
	return apply->os ? 0 : -1;
}

int
apply_find_place(struct apply *apply, struct balimg_error *err)
{
	const struct release *release;
	struct boot_roots roots;
	bool b;

	if (find_system(apply, err) < 0)
		return -1;
	apply->boot = os_boot(apply->os, &apply->boot_at, err);
	if (!apply->boot || os_release(apply->os, &release, err) < 0)
		return -1;
	if (release)
		apply->from = *release;
	if (boot_find_roots(apply->os, apply->boot, &apply->from, &roots,
			    err) < 0)
		return -1;
	if (roots.first == BOOT_NOWHERE || roots.second == BOOT_NOWHERE)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "the image has no two root partitions, as "
				 "the system's updates need");
	apply->active = roots.started;
	b = roots.started == roots.second;
	apply->target_is_b = b == apply->wish->replace;
	apply->target = apply->target_is_b ? roots.second : roots.first;
	return 0;
}

/* Of a fresh image up to 2.4, which no update has been to yet.  The label is
 * what the updaters give; see there and image-resin.bbclass. */
int
apply_format_target(struct apply *apply, struct balimg_error *err)
{
	bool old = !release_at_least(&apply->to, "2.0.0");
	const char *label = old ? "resin-updt" : "resin-rootB";
	uint8_t sum[SHA256_SIZE];
	const struct volume_format format = {
		.type = old ? "ext3" : "ext4",
		.label = apply->target_is_b ? label :
			 old		    ? "resin-root" :
					      "resin-rootA",
		.uuid = sum,
	};
	AUTO_FREE char *text = NULL;

	if (!os_is_blank(apply->os, apply->target))
		return 0;
	/* Always the same for a bundle, as all ids of an update are. */
	text = json_value_print(apply->report, false, err);
	if (!text)
		return -1;
	digest_sha256(text, strlen(text), sum);
	sum[6] = (uint8_t)((sum[6] & 0x0f) | 0x40); /* a version 4 UUID */
	sum[8] = (uint8_t)((sum[8] & 0x3f) | 0x80);
	return os_format(apply->os, apply->target, &format, err);
}

int
apply_open_target(struct apply *apply, struct balimg_error *err)
{
	if (os_prepare_edit(apply->os, apply->target, err) < 0 ||
	    os_prepare_edit(apply->os, apply->boot_at, err) < 0)
		return -1;
	apply->boot = os_volume(apply->os, apply->boot_at, err);
	apply->root = os_volume(apply->os, apply->target, err);
	if (!apply->root)
		return error_wrap(
			err, "%s",
			os_partition_title(apply->os, apply->target));
	return apply->boot ? 0 : -1;
}
