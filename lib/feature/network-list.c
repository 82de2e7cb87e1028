/* network-list.c - the network profiles that an image has
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "balenaos/places.h"
#include "base/utf8.h"
#include "document/keyfile.h"
#include "feature/network.h"

/* Bytes of all profiles: more were not made by people, and each is held. */
#define TOTAL_LIMIT (16u << 20)

/* Text in which a byte that is no UTF-8 may stand: null then. */
static json_t *
json_text(const char *text)
{
	return text && utf8_is_valid(text, strlen(text)) ? json_string(text) :
							   json_null();
}

static json_t *
describe_profile(const char *name, const char *text, size_t len,
		 const char *shown)
{
	struct balimg_error unseen = { 0 };
	AUTO_KEYFILE struct keyfile *keyfile = keyfile_parse(text, len,
							     &unseen);
	const char *reason = NULL;
	bool ignored = !keyfile_name_is_read(name, &reason);
	const char *id = NULL, *type = NULL;
	AUTO_FREE char *ssid = NULL;
	size_t ssid_len;

	if (keyfile) {
		id = keyfile_get(keyfile, "connection", "id");
		type = keyfile_get(keyfile, "connection", "type");
		ssid = keyfile_ssid(keyfile, &ssid_len, &unseen);
	}
	if (error_is(&unseen, BALIMG_E_NO_MEMORY))
		return NULL;
	return json_pack("{s:s, s:o, s:o, s:o, s:b, s:s?, s:o}", "file", name,
			 "id", json_text(id), "type", json_text(type), "ssid",
			 json_text(ssid), "ignored", ignored, "reason",
			 ignored ? reason : NULL, "text", json_text(shown));
}

static json_t *
describe_file(struct volume *boot, const struct volume_entry *entry,
	      unsigned flags, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer path = BUFFER_INIT;
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *shown = NULL;
	json_t *profile;
	size_t len;

	buffer_printf(&path, "%s/%s", PLACE_CONNECTIONS, entry->name);
	if (path.failed) {
		error_nomem(err);
		return NULL;
	}
	if (volume_read_file(boot, path.data, NETWORK_LIMIT, &text, &len,
			     err) < 0)
		return NULL;
	if (!(flags & BALIMG_SHOW_SECRETS)) {
		shown = keyfile_redact(text, len, err);
		if (!shown)
			return NULL;
	}
	profile = describe_profile(entry->name, text, len,
				   shown ? shown : text);
	if (!profile)
		error_nomem(err);
	return profile;
}

/* The profiles among @files. */
static json_t *
describe_files(struct volume *boot, const struct volume_listing *files,
	       unsigned flags, struct balimg_error *err)
{
	json_auto_t *list = json_array();
	uint64_t total = 0;
	json_t *profile;
	size_t i;

	for (i = 0; i < files->count; i++) {
		const struct volume_entry *entry = &files->entries[i];

		if (entry->directory || entry->size > NETWORK_LIMIT)
			continue;
		total += entry->size;
		if (total > TOTAL_LIMIT) {
			error_set(err, BALIMG_E_INVALID,
				  "%s holds more than %u MiB",
				  PLACE_CONNECTIONS, TOTAL_LIMIT >> 20);
			return NULL;
		}
		profile = describe_file(boot, entry, flags, err);
		if (!profile)
			return NULL;
		if (json_array_append_new(list, profile) < 0)
			break;
	}
	if (!list || i < files->count)
		error_nomem(err);
	else
		return STEAL(list);
	return NULL;
}

json_t *
network_list(struct os *os, unsigned flags, struct balimg_error *err)
{
	AUTO_LISTING struct volume_listing files = { 0 };
	struct volume *boot = os_boot(os, NULL, err);

	if (!boot)
		return NULL;
	if (volume_list(boot, PLACE_CONNECTIONS, &files, err) < 0) {
		if (!error_is(err, BALIMG_E_NOT_FOUND))
			return NULL;
		error_clear(err);
	}
	return describe_files(boot, &files, flags, err);
}
