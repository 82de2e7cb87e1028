/* config-judge.c - would these settings break the device?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "document/json.h"
#include "document/schema.h"
#include "feature/config-private.h"

/* More notes than this help nobody. */
#define MAX_NOTES 50u

/* A finding as the key of a set. */
static int
set_key(const struct schema_finding *finding, struct buffer *key,
	struct balimg_error *err)
{
	buffer_splice(key, 0, key->len, "", 0);
	buffer_printf(key, "%d\n%s\n%s", (int)finding->severity, finding->path,
		      finding->text);
	return key->failed ? error_nomem(err) : 0;
}

/* The set of what was to be said of @settings already. */
static json_t *
known_findings(json_t *settings, const char *version, struct balimg_error *err)
{
	struct schema_findings findings = { 0 };
	AUTO_BUFFER struct buffer key = BUFFER_INIT;
	json_auto_t *known = json_object();
	size_t i;

	if (!known) {
		error_nomem(err);
		return NULL;
	}
	if (!settings)
		return STEAL(known);
	if (schema_check("", settings, version, &findings, err) < 0)
		goto fail;
	for (i = 0; i < findings.count; i++) {
		if (set_key(&findings.findings[i], &key, err) < 0)
			goto fail;
		if (json_object_set_new(known, key.data, json_true()) < 0) {
			error_nomem(err);
			goto fail;
		}
	}
	schema_findings_clear(&findings);
	return STEAL(known);
fail:
	schema_findings_clear(&findings);
	return NULL;
}

/* Would the value at @path keep the device from reading any setting?  Its
 * one jq program fails as a whole when a container stands for a scalar, or
 * the other way round (balena-config-vars in meta-balena). */
static bool
stops_all_settings(const json_t *settings, const char *path)
{
	const struct schema_key *key = schema_find(path);
	const json_t *value = json_path_get(settings, path);

	if (!key || !value)
		return false;
	switch (key->type) {
	case SCHEMA_OBJECT:
		return !json_is_object(value);
	case SCHEMA_STRING_ARRAY:
		return !json_is_array(value);
	default:
		return json_is_object(value) || json_is_array(value);
	}
}

/* Would the device run a part of the rule's name as a command, or write
 * outside of the folder for rules? */
static bool
is_evil_rule(const char *path)
{
	static const char rules[] = "os.udevRules.";
	const char *name = path + sizeof(rules) - 1;

	return !strncmp(path, rules, sizeof(rules) - 1) &&
	       (strpbrk(name, "`$\"'/") || strstr(name, "\\\\"));
}

static int
refuse(struct customization *c, const json_t *settings,
       const struct schema_finding *finding, struct balimg_error *err)
{
	if ((c->flags & BALIMG_FORCE) &&
	    !stops_all_settings(settings, finding->path) &&
	    !is_evil_rule(finding->path))
		return 0;
	error_set(err, BALIMG_E_REFUSED, "%s", finding->text);
	return error_wrap(err, "%s: %s", c->config.where, finding->path);
}

static void
tell(struct customization *c, const struct schema_finding *finding)
{
	AUTO_BUFFER struct buffer where = BUFFER_INIT;

	buffer_printf(&where, "%s: %s", c->config.where, finding->path);
	plan_note(c->plan,
		  finding->severity == SCHEMA_NOTE ? PLAN_NOTE : PLAN_WARNING,
		  where.failed ? c->config.where : where.data, "%s%s",
		  finding->text,
		  finding->severity == SCHEMA_ERROR ? " (forced)" : "");
}

/* Deal with the findings that are not @known. */
static int
go_through(struct customization *c, json_t *settings, const json_t *known,
	   const struct schema_findings *findings, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer key = BUFFER_INIT;
	const struct schema_finding *finding;
	size_t told = 0;
	size_t i;

	for (i = 0; i < findings->count; i++) {
		finding = &findings->findings[i];
		if (set_key(finding, &key, err) < 0)
			return -1;
		if (json_object_get(known, key.data))
			continue;
		if (finding->severity == SCHEMA_ERROR &&
		    refuse(c, settings, finding, err) < 0)
			return -1;
		if (++told <= MAX_NOTES)
			tell(c, finding);
	}
	if (told > MAX_NOTES)
		plan_note(c->plan, PLAN_NOTE, c->config.where,
			  "%zu more remarks: see config check",
			  told - MAX_NOTES);
	return 0;
}

/* Only the installer of a flasher image looks at these keys. */
static int
note_installer(struct customization *c, const json_t *before,
	       const json_t *after, struct balimg_error *err)
{
	const json_t *keys = json_object_get(after, "installer");
	bool flasher;

	if (!json_object_size(keys) ||
	    json_equal(keys, json_object_get(before, "installer")))
		return 0;
	if (os_is_flasher(c->os, &flasher, err) < 0)
		return -1;
	if (!flasher)
		plan_note(c->plan, PLAN_WARNING, c->config.where,
			  "installer: is read by flasher images alone, which "
			  "this one is not");
	return 0;
}

int
config_judge(struct customization *c, json_t *before, json_t *after,
	     struct balimg_error *err)
{
	struct schema_findings findings = { 0 };
	json_auto_t *known = NULL;
	const char *version;
	int ret;

	if (customize_version(c->os, &version, err) < 0)
		return -1;
	known = known_findings(before, version, err);
	if (!known)
		return -1;
	ret = schema_check("", after, version, &findings, err);
	if (ret == 0)
		ret = go_through(c, after, known, &findings, err);
	if (ret == 0)
		ret = note_installer(c, before, after, err);
	schema_findings_clear(&findings);
	return ret;
}
