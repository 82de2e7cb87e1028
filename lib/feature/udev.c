/* udev.c - udev rules that the OS takes from config.json
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "balenaos/places.h"
#include "base/ending.h"
#include "document/json.h"
#include "document/udev-rules.h"
#include "feature/config.h"
#include "feature/rootfs.h"
#include "feature/udev-root.h"
#include "feature/udev-verify.h"
#include "feature/udev.h"

#define RULES "os.udevRules"

/* More remarks on one file help nobody. */
#define MAX_REMARKS 50u

/* os.udevRules.NAME, to be freed */
static char *
rule_path(const char *name, struct balimg_error *err)
{
	struct buffer path = BUFFER_INIT;

	buffer_puts(&path, RULES);
	json_path_add(&path, name);
	return buffer_take(&path, NULL, err);
}

/* The object of rules, borrowed; NULL with @err clear if there is none. */
static json_t *
get_rules(const json_t *settings, struct balimg_error *err)
{
	json_t *rules = json_path_get(settings, RULES);

	if (!rules || json_is_null(rules) || json_is_object(rules))
		return json_is_null(rules) ? NULL : rules;
	error_set(err, BALIMG_E_INVALID,
		  "%s is no object: the device takes no rules from it", RULES);
	error_hint(err, "balimg config unset %s", RULES);
	return NULL;
}

/* What udevd would say of the text, as warnings. */
static int
lint(struct customization *c, const char *name, const char *text, size_t len,
     struct balimg_error *err)
{
	struct udev_findings findings = { 0 };
	AUTO_BUFFER struct buffer where = BUFFER_INIT;
	size_t i;
	int ret;

	buffer_printf(&where, "%s.rules", name);
	if (where.failed)
		return error_nomem(err);
	ret = udev_text_lint(text, len, &findings, err);
	for (i = 0; i < findings.count && i < MAX_REMARKS; i++)
		plan_note(c->plan, PLAN_WARNING, where.data, "line %u: %s",
			  findings.findings[i].line,
			  findings.findings[i].text);
	if (findings.count > MAX_REMARKS)
		plan_note(c->plan, PLAN_WARNING, where.data,
			  "%zu more remarks", findings.count - MAX_REMARKS);
	if (ret == 0)
		udev_verify(c->plan, where.data, text, len, &findings);
	udev_findings_clear(&findings);
	return ret;
}

static int
put_rule(struct customization *c, const char *name, const char *text,
	 size_t len, struct balimg_error *err)
{
	AUTO_FREE char *path = rule_path(name, err);
	json_auto_t *settings = path ? config_tree(c, err) : NULL;
	json_auto_t *value = NULL;

	if (!settings)
		return -1;
	if (!get_rules(settings, err) && err->code != BALIMG_OK)
		return -1;
	value = json_stringn(text, len);
	if (!value)
		return error_nomem(err);
	return config_put(c, path, value, err);
}

int
udev_add(struct customization *c, const struct edit *edit,
	 struct balimg_error *err)
{
	AUTO_FREE char *text = NULL;
	bool in_root;
	size_t len;

	if (rootfs_is_before(c->os, SINCE_UDEV_RULES, &in_root, err) < 0 ||
	    udev_name_check(edit->name, err) < 0)
		return -1;
	text = udev_text_normalise(edit->data, edit->len, &len, err);
	if (!text || lint(c, edit->name, text, len, err) < 0)
		return error_wrap(err, "%s.rules", edit->name);
	return in_root ? udev_root_put(c, edit->name, text, len, err) :
			 put_rule(c, edit->name, text, len, err);
}

/* The key that @name means: it may be given as the file's name. */
static const char *
find_rule(const json_t *rules, const char *name, char *stem, size_t size)
{
	size_t len = stem_length(name, ".rules");

	if (json_object_get(rules, name))
		return name;
	if (!len || len >= size)
		return NULL;
	memcpy(stem, name, len);
	stem[len] = '\0';
	return json_object_get(rules, stem) ? stem : NULL;
}

static int
say_not_there(json_t *rules, const char *name, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer names = BUFFER_INIT;
	const char *key;
	json_t *value;

	json_object_foreach(rules, key, value)
		buffer_printf(&names, "%s%s", names.len ? ", " : "", key);
	error_set(err, BALIMG_E_NOT_FOUND, "there is no rule \"%s\"", name);
	return error_hint(err, "the image has %s",
			  names.len ? names.data : "none");
}

/* The device's script left the last rule's file behind until 2.27.0. */
static int
note_left_behind(struct customization *c, struct balimg_error *err)
{
	const struct release *release;

	if (os_release(c->os, &release, err) < 0)
		return -1;
	if (release && release->parsed && !release_at_least(release, "2.27.0"))
		plan_note(c->plan, PLAN_NOTE, RULES,
			  "a device that has run with the last rule keeps it: "
			  "OS %s does not take it away",
			  release->text);
	return 0;
}

/* Before os.udevRules: from the root file system. */
static int
remove_from_root(struct customization *c, const char *file,
		 struct balimg_error *err)
{
	json_auto_t *rules = udev_root_rules(c->os, err);
	const char *name;
	char stem[256];

	if (!rules)
		return -1;
	name = find_rule(rules, file, stem, sizeof(stem));
	return name ? udev_root_remove(c, name, err) :
		      say_not_there(rules, file, err);
}

static int
remove_from_config(struct customization *c, const struct edit *edit,
		   struct balimg_error *err)
{
	json_auto_t *settings = config_tree(c, err);
	AUTO_FREE char *path = NULL;
	const char *name;
	char stem[256];
	json_t *rules;

	if (!settings)
		return -1;
	rules = get_rules(settings, err);
	if (!rules && err->code != BALIMG_OK)
		return -1;
	name = find_rule(rules, edit->name, stem, sizeof(stem));
	if (!name)
		return say_not_there(rules, edit->name, err);
	if (json_object_size(rules) == 1 && note_left_behind(c, err) < 0)
		return -1;
	path = rule_path(name, err);
	return path ? config_prune(c, path, err) : -1;
}

int
udev_remove(struct customization *c, const struct edit *edit,
	    struct balimg_error *err)
{
	bool in_root;

	if (rootfs_is_before(c->os, SINCE_UDEV_RULES, &in_root, err) < 0)
		return -1;
	return in_root ? remove_from_root(c, edit->name, err) :
			 remove_from_config(c, edit, err);
}

/* ---- reading ------------------------------------------------------- */

/* Lines of @text; a last one without its newline counts. */
static json_int_t
count_lines(const char *text, size_t len)
{
	json_int_t lines = 0;
	size_t i;

	for (i = 0; i < len; i++)
		lines += text[i] == '\n';
	return lines + (len && text[len - 1] != '\n');
}

static json_t *
describe_rule(const char *name, json_t *value)
{
	const char *text = json_string_value(value);

	if (!text)
		return json_pack("{s:s, s:i, s:n}", "name", name, "lines", 0,
				 "text");
	return json_pack("{s:s, s:I, s:O}", "name", name, "lines",
			 count_lines(text, json_string_length(value)), "text",
			 value);
}

/* The object of rules, where this release has them: new. */
static json_t *
read_rules(struct os *os, struct balimg_error *err)
{
	json_auto_t *settings = NULL;
	json_t *rules;
	bool in_root;

	if (rootfs_is_before(os, SINCE_UDEV_RULES, &in_root, err) < 0)
		return NULL;
	if (in_root)
		return udev_root_rules(os, err);
	settings = config_read(os, err);
	if (!settings)
		return NULL;
	rules = get_rules(settings, err);
	if (rules || err->code != BALIMG_OK)
		return json_incref(rules);
	rules = json_object();
	if (!rules)
		error_nomem(err);
	return rules;
}

json_t *
udev_list(struct os *os, unsigned flags, struct balimg_error *err)
{
	json_auto_t *rules = read_rules(os, err);
	json_auto_t *list = json_array();
	const char *name;
	json_t *value;

	(void)flags;
	if (!rules)
		return NULL;
	json_object_foreach(rules, name, value) {
		if (json_array_append_new(list, describe_rule(name, value)) <
		    0) {
			error_nomem(err);
			return NULL;
		}
	}
	if (!list)
		error_nomem(err);
	return STEAL(list);
}
