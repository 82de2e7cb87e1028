/* ssh.c - public keys that may log in to the device
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "balenaos/places.h"
#include "base/utf8.h"
#include "document/json.h"
#include "feature/config.h"
#include "feature/development.h"
#include "feature/rootfs.h"
#include "feature/ssh-lines.h"
#include "feature/ssh-root.h"
#include "feature/ssh.h"

/* Each costs reading the settings anew. */
#define MAX_KEYS 256

/* The array of keys, where this release has them: new. */
static json_t *
read_array(struct os *os, struct balimg_error *err)
{
	json_auto_t *settings = NULL;
	json_t *array;
	bool in_root;

	if (rootfs_is_before(os, SINCE_SSH_KEYS, &in_root, err) < 0)
		return NULL;
	if (in_root)
		return ssh_root_array(os, err);
	settings = config_read(os, err);
	if (!settings)
		return NULL;
	array = ssh_lines_array(settings, err);
	if (array || err->code != BALIMG_OK)
		return json_incref(array);
	array = json_array();
	if (!array)
		error_nomem(err);
	return array;
}

/* ---- add ----------------------------------------------------------- */

/* What the device would make of the key. */
static int
note_oddities(struct customization *c, const struct ssh_key *key,
	      struct balimg_error *err)
{
	const char *version;
	const char *reason;

	if (customize_version(c->os, &version, err) < 0)
		return -1;
	reason = ssh_key_unusable(key, version);
	if (reason)
		plan_note(c->plan, PLAN_WARNING, key->fingerprint, "%s",
			  reason);
	if (strpbrk(key->line, "*?["))
		plan_note(c->plan, PLAN_WARNING, key->fingerprint,
			  "holds one of * ? [, which the device's shell may "
			  "expand to file names");
	return 0;
}

/* The key stays as it is there; who asks for other options ("command=") must
 * not believe to have them. */
static void
note_same(struct customization *c, const struct ssh_key *key,
	  const struct ssh_line *same)
{
	const char *there = same->key.options ? same->key.options : "";
	const char *asked = key->options ? key->options : "";
	const char *comment = same->key.comment ? same->key.comment : "";

	if (strcmp(there, asked) != 0)
		plan_note(c->plan, PLAN_WARNING, key->fingerprint,
			  "is there already, as \"%s\", with other options, "
			  "which stay: remove it first",
			  comment);
	else
		plan_note(c->plan, PLAN_NOTE, key->fingerprint,
			  "is there already, as \"%s\"", comment);
}

/* Is the like of @keys[@at] in @lines, or before it in @keys? */
static bool
is_known(struct customization *c, const struct ssh_lines *lines,
	 const struct ssh_keys *keys, size_t at)
{
	const struct ssh_key *key = &keys->keys[at];
	const struct ssh_line *same = ssh_lines_find(lines, key);
	size_t i;

	if (same && strcmp(same->text, key->line) != 0)
		note_same(c, key, same);
	for (i = 0; i < at && !same; i++) {
		if (ssh_key_equal(&keys->keys[i], key))
			return true;
	}
	return same != NULL;
}

/* The key as the array's next element, or the first of a new one. */
static int
append_key(struct customization *c, size_t at, const struct ssh_key *key,
	   struct balimg_error *err)
{
	json_auto_t *element = NULL;
	json_auto_t *array = NULL;
	char path[64];

	if (!utf8_is_valid(key->line, strlen(key->line)))
		return error_set(err, BALIMG_E_INVALID,
				 "the line of %s is not UTF-8",
				 key->fingerprint);
	element = json_string(key->line);
	if (!element)
		return error_nomem(err);
	if (note_oddities(c, key, err) < 0)
		return -1;
	if (at) {
		snprintf(path, sizeof(path), SSH_KEYS ".%zu", at);
		return config_put(c, path, element, err);
	}
	array = json_pack("[O]", element);
	return array ? config_put(c, SSH_KEYS, array, err) : error_nomem(err);
}

/* Keys take passwordless login away from a device in development mode. */
static void
note_development(struct customization *c, const json_t *settings)
{
	if (development_is_on(settings))
		plan_note(c->plan, PLAN_NOTE, SSH_KEYS,
			  "with keys, a device in development mode no longer "
			  "lets root log in without one");
}

/* The keys as more lines of the root's file. */
static int
append_to_root(struct customization *c, const struct ssh_keys *keys,
	       struct balimg_error *err)
{
	AUTO_SSH_LINES struct ssh_lines lines = { 0 };
	json_auto_t *array = ssh_root_array(c->os, err);
	AUTO_BUFFER struct buffer text = BUFFER_INIT;
	const char *old = json_string_value(json_array_get(array, 0));
	size_t i, before;

	if (!array || ssh_lines_read(array, &lines, err) < 0)
		return -1;
	buffer_puts(&text, old ? old : "");
	if (text.len && text.data[text.len - 1] != '\n')
		buffer_puts(&text, "\n");
	before = text.len;
	for (i = 0; i < keys->count; i++) {
		if (is_known(c, &lines, keys, i))
			continue;
		if (note_oddities(c, &keys->keys[i], err) < 0)
			return -1;
		buffer_printf(&text, "%s\n", keys->keys[i].line);
	}
	if (text.failed)
		return error_nomem(err);
	return text.len == before ?
		       0 :
		       ssh_root_write(c, text.data, text.len, err);
}

static int
append_keys(struct customization *c, const struct ssh_keys *keys,
	    struct balimg_error *err)
{
	AUTO_SSH_LINES struct ssh_lines lines = { 0 };
	json_auto_t *settings = config_tree(c, err);
	size_t count, before;
	json_t *array;
	size_t i;

	if (!settings)
		return -1;
	if (keys->count > MAX_KEYS)
		return error_set(err, BALIMG_E_INVALID,
				 "%zu keys at once: %d at most", keys->count,
				 MAX_KEYS);
	array = ssh_lines_array(settings, err);
	if (!array && err->code != BALIMG_OK)
		return -1;
	if (ssh_lines_read(array, &lines, err) < 0)
		return -1;
	before = count = json_array_size(array);
	for (i = 0; i < keys->count; i++) {
		if (is_known(c, &lines, keys, i))
			continue;
		if (append_key(c, count++, &keys->keys[i], err) < 0)
			return -1;
	}
	if (count > before)
		note_development(c, settings);
	return 0;
}

/* Where this release reads them. */
static int
add_keys(struct customization *c, const struct ssh_keys *keys,
	 struct balimg_error *err)
{
	bool in_root;

	if (rootfs_is_before(c->os, SINCE_SSH_KEYS, &in_root, err) < 0)
		return -1;
	return in_root ? append_to_root(c, keys, err) :
			 append_keys(c, keys, err);
}

int
ssh_add(struct customization *c, const struct edit *edit,
	struct balimg_error *err)
{
	struct ssh_keys keys = { 0 };
	int ret;

	ret = ssh_keys_parse(edit->data, edit->len, &keys, err);
	if (ret < 0 && edit->name)
		error_wrap(err, "%s", edit->name);
	if (ret == 0)
		ret = add_keys(c, &keys, err);
	ssh_keys_clear(&keys);
	return ret;
}

int
ssh_add_agent(struct customization *c, const struct edit *edit,
	      struct balimg_error *err)
{
	struct ssh_keys keys = { 0 };
	int ret;

	(void)edit;
	ret = ssh_agent_keys(&keys, err);
	if (ret == 0)
		ret = add_keys(c, &keys, err);
	ssh_keys_clear(&keys);
	return ret;
}

/* ---- reading ------------------------------------------------------- */

static json_t *
describe_line(const struct ssh_line *line)
{
	const struct ssh_key *key = &line->key;

	if (!line->valid)
		return json_pack("{s:n, s:n, s:n, s:n, s:s}", "type",
				 "fingerprint", "comment", "options", "line",
				 line->text);
	return json_pack("{s:s, s:s, s:s?, s:s?, s:s}", "type", key->type,
			 "fingerprint", key->fingerprint, "comment",
			 key->comment, "options", key->options, "line",
			 line->text);
}

json_t *
ssh_list(struct os *os, unsigned flags, struct balimg_error *err)
{
	AUTO_SSH_LINES struct ssh_lines lines = { 0 };
	json_auto_t *list = json_array();
	json_auto_t *array = read_array(os, err);
	size_t i;

	(void)flags;
	if (!array)
		return NULL;
	if (ssh_lines_read(array, &lines, err) < 0)
		return NULL;
	for (i = 0; i < lines.count; i++) {
		if (json_array_append_new(
			    list, describe_line(&lines.lines[i])) < 0) {
			error_nomem(err);
			return NULL;
		}
	}
	if (!list)
		error_nomem(err);
	return STEAL(list);
}
