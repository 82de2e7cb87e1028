/* ssh.c - public keys that may log in to the device
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "balenaos/places.h"
#include "document/json.h"
#include "feature/config.h"
#include "feature/development.h"
#include "feature/ssh-lines.h"
#include "feature/ssh.h"

/* Each costs reading the settings anew. */
#define MAX_KEYS 256

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

/* Is the like of @keys[@at] in @lines, or before it in @keys? */
static bool
is_known(struct customization *c, const struct ssh_lines *lines,
	 const struct ssh_keys *keys, size_t at)
{
	const struct ssh_key *key = &keys->keys[at];
	const struct ssh_line *same = ssh_lines_find(lines, key);
	size_t i;

	if (same && strcmp(same->text, key->line) != 0)
		plan_note(c->plan, PLAN_NOTE, key->fingerprint,
			  "is there already, as \"%s\"",
			  same->key.comment ? same->key.comment : "");
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
	json_auto_t *element = json_string(key->line);
	json_auto_t *array = NULL;
	char path[64];

	if (!element)
		return error_set(err, BALIMG_E_INVALID,
				 "the line of %s is not UTF-8",
				 key->fingerprint);
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

int
ssh_add(struct customization *c, const struct edit *edit,
	struct balimg_error *err)
{
	struct ssh_keys keys = { 0 };
	int ret;

	if (customize_needs(c->os, SSH_KEYS, SINCE_SSH_KEYS, err) < 0)
		return -1;
	ret = ssh_keys_parse(edit->data, edit->len, &keys, err);
	if (ret == 0 && keys.count > MAX_KEYS)
		ret = error_set(err, BALIMG_E_INVALID,
				"%zu keys at once: %d at most", keys.count,
				MAX_KEYS);
	if (ret < 0 && edit->name)
		error_wrap(err, "%s", edit->name);
	if (ret == 0)
		ret = append_keys(c, &keys, err);
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
	if (customize_needs(c->os, SSH_KEYS, SINCE_SSH_KEYS, err) < 0)
		return -1;
	ret = ssh_agent_keys(&keys, err);
	if (ret == 0)
		ret = append_keys(c, &keys, err);
	ssh_keys_clear(&keys);
	return ret;
}

/* ---- remove -------------------------------------------------------- */

enum match {
	MATCH_NONE,
	MATCH_COMMENT,
	MATCH_EXACT
};

/* Does @name mean the line?  A fingerprint and the line itself are exact, a
 * comment may be anyone's. */
static enum match
match_line(const struct ssh_line *line, const char *name)
{
	if (!strcmp(line->text, name))
		return MATCH_EXACT;
	if (!line->valid)
		return MATCH_NONE;
	if (!strcmp(line->key.fingerprint, name) ||
	    !strcmp(line->key.line, name))
		return MATCH_EXACT;
	if (line->key.comment && !strcmp(line->key.comment, name))
		return MATCH_COMMENT;
	return MATCH_NONE;
}

/* One comment on several keys could mean any of them. */
static int
refuse_ambiguous(const struct ssh_lines *lines, const char *name,
		 struct balimg_error *err)
{
	AUTO_BUFFER struct buffer prints = BUFFER_INIT;
	const struct ssh_line *first = NULL;
	const struct ssh_line *line;
	bool several = false;
	size_t i;

	for (i = 0; i < lines->count; i++) {
		line = &lines->lines[i];
		if (match_line(line, name) != MATCH_COMMENT)
			continue;
		buffer_printf(&prints, "%s%s", first ? ", " : "",
			      line->key.fingerprint);
		if (first && !ssh_key_equal(&first->key, &line->key))
			several = true;
		first = first ? first : line;
	}
	if (prints.failed)
		return error_nomem(err);
	if (!several)
		return 0;
	error_set(err, BALIMG_E_REFUSED, "several keys have the comment %s",
		  name);
	return error_hint(err, "name one by its fingerprint: %s", prints.data);
}

/* Element @at without the lines that match @name; removed if none is left. */
static int
cut_element(struct customization *c, const struct ssh_lines *lines, size_t at,
	    const char *name, enum match least, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer kept = BUFFER_INIT;
	json_auto_t *element = NULL;
	bool cut = false;
	char path[64];
	size_t i;

	for (i = 0; i < lines->count; i++) {
		if (lines->lines[i].element != at)
			continue;
		if (match_line(&lines->lines[i], name) >= least)
			cut = true;
		else
			buffer_printf(&kept, "%s%s", kept.len ? "\n" : "",
				      lines->lines[i].text);
	}
	if (kept.failed)
		return error_nomem(err);
	if (!cut)
		return 0;
	snprintf(path, sizeof(path), SSH_KEYS ".%zu", at);
	if (!kept.len)
		return config_prune(c, path, err);
	element = json_string(kept.data);
	return element ? config_put(c, path, element, err) : error_nomem(err);
}

static size_t
count_matches(const struct ssh_lines *lines, const char *name,
	      enum match least)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < lines->count; i++)
		count += match_line(&lines->lines[i], name) >= least;
	return count;
}

static int
say_not_there(const char *name, struct balimg_error *err)
{
	error_set(err, BALIMG_E_NOT_FOUND,
		  "no key has the fingerprint, comment or line %s", name);
	return error_hint(err, "balimg ssh list shows those there are");
}

/* Does any line match exactly? */
static enum match
best_match(const struct ssh_lines *lines, const char *name)
{
	enum match best = MATCH_NONE;
	enum match one;
	size_t i;

	for (i = 0; i < lines->count; i++) {
		one = match_line(&lines->lines[i], name);
		best = one > best ? one : best;
	}
	return best;
}

int
ssh_remove(struct customization *c, const struct edit *edit,
	   struct balimg_error *err)
{
	AUTO_SSH_LINES struct ssh_lines lines = { 0 };
	json_auto_t *settings = config_tree(c, err);
	enum match best;
	json_t *array;
	size_t i;

	if (!settings)
		return -1;
	array = ssh_lines_array(settings, err);
	if (!array && err->code != BALIMG_OK)
		return -1;
	if (ssh_lines_read(array, &lines, err) < 0)
		return -1;
	best = best_match(&lines, edit->name);
	if (best == MATCH_NONE)
		return say_not_there(edit->name, err);
	if (best == MATCH_COMMENT &&
	    refuse_ambiguous(&lines, edit->name, err) < 0)
		return -1;

	/* An empty array would lock a development device. */
	if (count_matches(&lines, edit->name, best) == lines.count)
		return config_prune(c, SSH_KEYS, err);
	for (i = json_array_size(array); i > 0; i--) {
		if (cut_element(c, &lines, i - 1, edit->name, best, err) < 0)
			return -1;
	}
	return 0;
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
	json_auto_t *settings = config_read(os, err);
	json_auto_t *list = json_array();
	json_t *array;
	size_t i;

	(void)flags;
	if (!settings)
		return NULL;
	array = ssh_lines_array(settings, err);
	if (!array && err->code != BALIMG_OK)
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
