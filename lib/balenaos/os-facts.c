/* os-facts.c - what the boot partition tells of the operating system
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * os-release is there since 2.9.7, but not on installers; device-type.json
 * since 1.12; the flag files since 2.0.0.  None of them is an error to lack.
 */
#include <config.h>

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "balenaos/boot-choice.h"
#include "balenaos/os-private.h"
#include "balenaos/places.h"
#include "document/json.h"
#include "document/os-release.h"

/* Bytes; real ones have a few KiB. */
#define FILE_LIMIT	    (1024u * 1024u)
#define MERGED_DEV_AND_PROD "2.85.0"

/* The boot volume for facts: an image without one, or with one that cannot
 * be looked into, just tells nothing (*@boot is NULL). */
static int
open_boot(struct os *os, struct volume **boot, struct balimg_error *err)
{
	struct balimg_error why = { 0 };

	*boot = os_boot(os, NULL, &why);
	if (*boot || error_is(&why, BALIMG_E_NOT_FOUND) ||
	    error_is(&why, BALIMG_E_UNSUPPORTED))
		return 0;
	return error_pass(err, &why);
}

/* ---- os-release ------------------------------------------------------- */

/* *@value: the first of @names that is set in @text, or NULL. */
static int
get_first(const char *text, size_t len, const char *const *names, char **value,
	  struct balimg_error *err)
{
	struct balimg_error why = { 0 };

	*value = NULL;
	for (; *names && !*value && !why.code; names++)
		*value = os_release_get(text, len, *names, &why);
	return why.code ? error_pass(err, &why) : 0;
}

/* "dev", "Development", ... */
static enum os_variant
variant_of_text(const char *text)
{
	if (!strncasecmp(text, "dev", 3))
		return OS_VARIANT_DEVELOPMENT;
	if (!strncasecmp(text, "prod", 4))
		return OS_VARIANT_PRODUCTION;
	return OS_VARIANT_UNKNOWN;
}

static enum os_variant
variant_of_release(const struct release *release)
{
	if (release->dev)
		return OS_VARIANT_DEVELOPMENT;
	if (release->prod)
		return OS_VARIANT_PRODUCTION;
	if (release_at_least(release, MERGED_DEV_AND_PROD))
		return OS_VARIANT_NONE;
	return OS_VARIANT_UNKNOWN;
}

static int
parse_os_release(struct os_facts *facts, const char *text, size_t len,
		 struct balimg_error *err)
{
	static const char *const version_names[] = { "VERSION", "VERSION_ID",
						     "PRETTY_NAME", NULL };
	static const char *const variant_names[] = { "VARIANT_ID", "VARIANT",
						     NULL };
	AUTO_FREE char *version = NULL;
	AUTO_FREE char *variant = NULL;

	if (get_first(text, len, version_names, &version, err) < 0 ||
	    get_first(text, len, variant_names, &variant, err) < 0)
		return -1;
	if (version)
		release_parse(version, &facts->release);
	if (variant)
		facts->variant = variant_of_text(variant);
	if (facts->variant == OS_VARIANT_UNKNOWN)
		facts->variant = variant_of_release(&facts->release);
	return 0;
}

/* The os-release of the system in the root: installers, and releases before
 * 2.9.7.  A root that cannot be looked into just tells nothing. */
static int
read_root_release(struct os *os, struct volume *boot, char **text, size_t *len,
		  struct balimg_error *err)
{
	const struct release unknown = { 0 };
	struct balimg_error why = { 0 };
	struct volume *root = NULL;
	struct boot_roots roots;

	if (boot_find_roots(os, boot, &unknown, &roots, &why) == 0 &&
	    roots.started != BOOT_NOWHERE &&
	    os_own_volume(os, roots.started, &why))
		root = os_view(os, roots.started, &why);
	if (root && volume_read_optional(root, PLACE_ROOT_OS_RELEASE,
					 FILE_LIMIT, text, len, &why) == 0)
		return 0;
	*text = NULL;
	return !why.code || error_is_finding(&why) ? 0 : error_pass(err, &why);
}

static int
load_release(struct os *os, struct balimg_error *err)
{
	struct os_facts *facts = &os->facts;
	AUTO_FREE char *text = NULL;
	struct volume *boot;
	size_t len;

	if (facts->has_release)
		return 0;
	facts->variant = OS_VARIANT_UNKNOWN;
	if (open_boot(os, &boot, err) < 0)
		return -1;
	if (boot && volume_read_optional(boot, PLACE_OS_RELEASE, FILE_LIMIT,
					 &text, &len, err) < 0)
		return -1;
	if (boot && !text && read_root_release(os, boot, &text, &len, err) < 0)
		return -1;
	if (text && parse_os_release(facts, text, len, err) < 0)
		return -1;
	facts->has_release = true;
	return 0;
}

int
os_release(struct os *os, const struct release **release,
	   struct balimg_error *err)
{
	if (load_release(os, err) < 0)
		return -1;
	*release = &os->facts.release;
	return 0;
}

int
os_variant(struct os *os, enum os_variant *variant, struct balimg_error *err)
{
	if (load_release(os, err) < 0)
		return -1;
	*variant = os->facts.variant;
	return 0;
}

/* ---- device type ------------------------------------------------------ */

/* *@value: a copy of the string at @json_path in the JSON file @path of
 * @vol, or NULL if there is none.  A file that is no JSON tells nothing. */
static int
read_json_string(struct volume *vol, const char *path, const char *json_path,
		 char **value, struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	AUTO_FREE char *text = NULL;
	json_auto_t *root = NULL;
	const char *string;
	size_t len;

	*value = NULL;
	if (volume_read_optional(vol, path, FILE_LIMIT, &text, &len, err) < 0)
		return -1;
	if (!text)
		return 0;
	root = json_text_parse(text, len, NULL, &why);
	if (!root && !error_is_finding(&why))
		return error_pass(err, &why);
	string = json_string_value(json_path_get(root, json_path));
	if (!string)
		return 0;
	*value = strdup(string);
	return *value ? 0 : error_nomem(err);
}

static int
read_os_release_slug(struct volume *boot, char **slug,
		     struct balimg_error *err)
{
	static const char *const names[] = { "SLUG", "MACHINE", NULL };
	AUTO_FREE char *text = NULL;
	size_t len;

	if (volume_read_optional(boot, PLACE_OS_RELEASE, FILE_LIMIT, &text,
				 &len, err) < 0)
		return -1;
	return text ? get_first(text, len, names, slug, err) : 0;
}

/* The first that tells: what the build says, then what was configured. */
static int
load_device_type(struct os *os, struct balimg_error *err)
{
	char **slug = &os->facts.device_type;
	struct volume *boot, *config;

	if (open_boot(os, &boot, err) < 0)
		return -1;
	if (!boot)
		return 0;
	if (read_json_string(boot, PLACE_DEVICE_TYPE, "slug", slug, err) < 0)
		return -1;
	if (!*slug && read_os_release_slug(boot, slug, err) < 0)
		return -1;
	if (*slug)
		return 0;
	config = os_config_volume(os, NULL, err);
	if (!config)
		return -1;
	return read_json_string(config, PLACE_CONFIG, "deviceType", slug, err);
}

int
os_device_type(struct os *os, const char **slug, struct balimg_error *err)
{
	if (!os->facts.has_device_type && load_device_type(os, err) < 0)
		return -1;
	os->facts.has_device_type = true;
	*slug = os->facts.device_type;
	return 0;
}

/* ---- installer or not ------------------------------------------------- */

/* Sets *@flasher where a flag file tells; *@told says whether one did. */
static int
ask_flag_files(struct volume *boot, bool *flasher, bool *told,
	       struct balimg_error *err)
{
	static const struct {
		const char *path;
		bool flasher;
	} flags[] = {
		{ OS_FLAG_FLASHER, true },
		{ OS_FLAG_OLD_FLASHER, true },
		{ OS_FLAG_IMAGE, false },
		{ OS_FLAG_OLD_IMAGE, false },
	};
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (volume_exists(boot, flags[i].path, told, err) < 0)
			return -1;
		if (!*told)
			continue;
		*flasher = flags[i].flasher;
		return 0;
	}
	return 0;
}

/* device-type.json names the artefact that users download, also in the
 * image within an installer: believed only where nothing better is known. */
static int
ask_artifact(struct volume *boot, bool *flasher, struct balimg_error *err)
{
	AUTO_FREE char *artifact = NULL;

	if (read_json_string(boot, PLACE_DEVICE_TYPE, "yocto.deployArtifact",
			     &artifact, err) < 0)
		return -1;
	*flasher = artifact && strstr(artifact, "-flasher-");
	return 0;
}

/* Is partition @at called @prefix-something? */
static bool
is_called(const struct os *os, size_t at, const char *prefix)
{
	const struct os_partition *part = &os->partitions[at];
	size_t len = strlen(prefix);

	return !strncmp(part->identity.label, prefix, len) ||
	       (part->partition && part->partition->name &&
		!strncmp(part->partition->name, prefix, len));
}

static int
load_flasher(struct os *os, struct balimg_error *err)
{
	bool *flasher = &os->facts.flasher;
	struct volume *boot;
	bool told = false;

	if (open_boot(os, &boot, err) < 0)
		return -1;
	if (!boot)
		return 0;
	if (is_called(os, os->boot, "flash-")) {
		*flasher = true;
		return 0;
	}
	if (ask_flag_files(boot, flasher, &told, err) < 0)
		return -1;
	if (told || is_called(os, os->boot, "resin-"))
		return 0;
	return ask_artifact(boot, flasher, err);
}

int
os_is_flasher(struct os *os, bool *flasher, struct balimg_error *err)
{
	if (!os->facts.has_flasher && load_flasher(os, err) < 0)
		return -1;
	os->facts.has_flasher = true;
	*flasher = os->facts.flasher;
	return 0;
}
