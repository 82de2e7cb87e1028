/* info.c - everything known of an image
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Info says what it can of any image: what cannot be read becomes a warning,
 * and its place in the answer null.  Only memory running out is a failure.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "api/info.h"
#include "balenaos/places.h"
#include "feature/customize.h"

/* ---- partitions ---------------------------------------------------- */

/* Text, null where there is none. */
static json_t *
text_or_null(const char *text)
{
	return answer_string(text && *text ? text : NULL);
}

/* What is left in the boot volume, null for the others: to count it may take
 * reading the whole allocation table. */
static json_t *
free_space(struct os *os, size_t at)
{
	struct balimg_error unseen = { 0 };
	struct volume_space space;
	struct volume *vol;

	if (os_get_partition(os, at)->role != OS_ROLE_BOOT)
		return json_null();
	vol = os_volume(os, at, &unseen);
	if (!vol || volume_space(vol, &space, &unseen) < 0)
		return json_null();
	return json_integer((json_int_t)space.free);
}

static json_t *
describe_partition(struct os *os, size_t at)
{
	const struct os_partition *part = os_get_partition(os, at);
	const struct partition *entry = part->partition;

	return json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:o}",
			 "number", entry ? (int)entry->number : 0, "name",
			 text_or_null(entry ? entry->name : NULL), "label",
			 text_or_null(part->identity.label), "role",
			 text_or_null(os_role_name(part->role)), "fileSystem",
			 text_or_null(part->identity.type), "uuid",
			 text_or_null(part->identity.uuid), "type",
			 text_or_null(entry ? entry->type_name : NULL),
			 "start", (json_int_t)part->start, "size",
			 (json_int_t)part->size, "free", free_space(os, at));
}

static json_t *
describe_partitions(struct os *os)
{
	json_auto_t *list = json_array();
	size_t i;

	for (i = 0; i < os_partition_count(os); i++) {
		if (json_array_append_new(list, describe_partition(os, i)) < 0)
			return NULL;
	}
	return STEAL(list);
}

/* ---- the OS -------------------------------------------------------- */

static json_t *
variant_name(enum os_variant variant)
{
	switch (variant) {
	case OS_VARIANT_DEVELOPMENT:
		return json_string("development");
	case OS_VARIANT_PRODUCTION:
		return json_string("production");
	default:
		return json_null();
	}
}

static json_t *
describe_os(struct os *os, struct balimg_error *err)
{
	const struct release *release;
	enum os_variant variant;
	const char *slug;
	bool flasher;
	json_t *value;

	if (os_release(os, &release, err) < 0 ||
	    os_variant(os, &variant, err) < 0 ||
	    os_device_type(os, &slug, err) < 0 ||
	    os_is_flasher(os, &flasher, err) < 0)
		return NULL;
	value = json_pack("{s:o, s:b, s:o, s:o, s:b}", "version",
			  text_or_null(release ? release->text : NULL),
			  "parsed", release && release->parsed, "variant",
			  variant_name(variant), "deviceType",
			  answer_string(slug), "flasher", flasher);
	if (!value)
		error_nomem(err);
	return value;
}

/* ---- together ------------------------------------------------------ */

int
info_warn(json_t *warnings, const char *where, const char *text,
	  struct balimg_error *err)
{
	json_auto_t *warning = NULL;
	json_t *other;
	size_t i;

	warning = json_pack("{s:s, s:o, s:o}", "severity", "warning", "where",
			    answer_string(where), "text", answer_string(text));
	json_array_foreach(warnings, i, other) {
		if (json_equal(other, warning))
			return 0;
	}
	return json_array_append(warnings, warning) < 0 ? error_nomem(err) : 0;
}

int
info_pass_over(json_t *warnings, struct balimg_error *err)
{
	struct balimg_error why = *err;

	if (error_is(err, BALIMG_E_NO_MEMORY))
		return -1;
	error_clear(err);
	return info_warn(warnings, why.where, why.message, err);
}

/* Add @key; a section that could not be read is null, with a warning. */
int
info_add(struct info *info, json_t *object, const char *key, json_t *value,
	 struct balimg_error *err)
{
	if (!value && info_pass_over(info->warnings, err) < 0)
		return -1;
	if (json_object_set_new(object, key, value ? value : json_null()) < 0)
		return error_nomem(err);
	return 0;
}

/* There is a boot partition, but it cannot be read: @why. */
static int
warn_of_boot(struct info *info, const struct balimg_error *why,
	     struct balimg_error *err)
{
	char text[sizeof(why->message) + sizeof(why->hint) + 2];

	if (error_is(why, BALIMG_E_NO_MEMORY))
		return error_nomem(err);
	snprintf(text, sizeof(text), "%s%s%s", why->message,
		 *why->hint ? "; " : "", why->hint);
	return info_warn(info->warnings, why->where, text, err);
}

/* The image within an installer; null where there is none. */
static json_t *
describe_inner(struct info *info, struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	struct os *inner = os_inner(info->os, &why);
	const struct os_carried *carried = os_inner_image(info->os);
	json_t *value;

	if (!inner && error_is(&why, BALIMG_E_NOT_FOUND))
		return json_null();
	if (!inner) {
		*err = why;
		return NULL;
	}
	value = json_pack(
		"{s:s, s:o, s:I, s:b, s:s, s:o, s:o}", "where",
		os_partition_title(info->os, carried->at), "path",
		answer_string(carried->path), "size",
		(json_int_t)carried->size, "signed", carried->is_signed,
		"label", label_kind_name(os_label(inner)->kind), "partitions",
		describe_partitions(inner), "os", describe_os(inner, err));
	if (!value)
		error_nomem(err);
	return value;
}

/* What only an image with a readable table has. */
static int
add_contents(struct info *info, json_t *root, struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	json_t *partitions = describe_partitions(info->os);

	if (!partitions)
		return error_nomem(err);
	if (info_add(info, root, "partitions", partitions, err) < 0)
		return -1;
	if (!os_boot(info->os, NULL, &why)) {
		if (!error_is(&why, BALIMG_E_NOT_FOUND) &&
		    warn_of_boot(info, &why, err) < 0)
			return -1;
		if (json_object_set_new(root, "os", json_null()) < 0 ||
		    json_object_set_new(root, "customised", json_null()) < 0 ||
		    json_object_set_new(root, "inner", json_null()) < 0)
			return error_nomem(err);
		return 0;
	}
	if (info_add(info, root, "os", describe_os(info->os, err), err) < 0 ||
	    info_add(info, root, "customised", info_customised(info, err),
		     err) < 0 ||
	    info_add(info, root, "inner", describe_inner(info, err), err) < 0)
		return -1;
	return info_find_warnings(info, err);
}

static json_t *
describe_label(struct os *os)
{
	const struct label *label = os ? os_label(os) : NULL;

	return label ? json_string(label_kind_name(label->kind)) : json_null();
}

static json_t *
describe_image(struct balimg_image *image, struct info *info,
	       struct balimg_error *err)
{
	struct source *source = image->overlay;
	const struct label *label = NULL;
	json_t *root;

	info->os = image_os_direct(image, err);
	if (info->os) {
		source = os_image(info->os);
		label = os_label(info->os);
	} else if (error_is(err, BALIMG_E_NOT_FOUND) ||
		   info_pass_over(info->warnings, err) < 0) {
		return NULL;
	}
	root = json_pack("{s:o, s:I, s:b, s:o, s:o}", "path",
			 answer_string(image->name), "size",
			 (json_int_t)source_size(source), "device",
			 backing_is_device(image->backing), "label",
			 describe_label(info->os), "labelId",
			 text_or_null(label ? label->id : NULL));
	if (!root)
		error_nomem(err);
	return root;
}

char *
balimg_info(struct balimg_image *image, unsigned flags,
	    struct balimg_error *err)
{
	json_auto_t *warnings = json_array();
	struct info info = { .warnings = warnings };
	json_auto_t *root = NULL;
	size_t i;

	(void)flags;
	err = NEED_ERR(err);
	if (!warnings) {
		error_nomem(err);
		return NULL;
	}
	for (i = 0; i < plan_note_count(image->plan); i++) {
		const struct plan_note *note = plan_get_note(image->plan, i);

		if (note->severity == PLAN_WARNING &&
		    info_warn(warnings, note->where, note->text, err) < 0)
			return NULL;
	}
	root = describe_image(image, &info, err);
	if (!root)
		image_wrap(image, err);
	if (!root || (info.os && add_contents(&info, root, err) < 0))
		return NULL;
	if (json_object_set(root, "warnings", warnings) < 0) {
		error_nomem(err);
		return NULL;
	}
	return answer_print(STEAL(root), err);
}
