/* check-config.c - is config.json what the device can use?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "balenaos/config-file.h"
#include "check/check.h"
#include "document/json.h"
#include "document/schema.h"

static int
add_remark(json_t *remarks, const char *severity, const char *key,
	   const char *text, struct balimg_error *err)
{
	json_t *remark = json_pack("{s:s, s:s, s:s}", "severity", severity,
				   "key", key, "text", text);

	return json_array_append_new(remarks, remark) < 0 ? error_nomem(err) :
							    0;
}

static const char *
severity_name(const struct schema_finding *finding)
{
	switch (finding->severity) {
	case SCHEMA_ERROR:
		return "error";
	case SCHEMA_WARNING:
		return "warning";
	default:
		return "note";
	}
}

static int
add_findings(json_t *remarks, const json_t *settings, const char *version,
	     struct balimg_error *err)
{
	struct schema_findings findings = { 0 };
	int ret = schema_check("", settings, version, &findings, err);
	size_t i;

	for (i = 0; ret == 0 && i < findings.count; i++)
		ret = add_remark(remarks, severity_name(&findings.findings[i]),
				 findings.findings[i].path,
				 findings.findings[i].text, err);
	schema_findings_clear(&findings);
	return ret;
}

static int
add_quirks(json_t *remarks, const struct json_quirks *quirks,
	   struct balimg_error *err)
{
	if (quirks->bom &&
	    add_remark(remarks, "warning", "",
		       "begins with a byte order mark, which the supervisor "
		       "does not accept",
		       err) < 0)
		return -1;
	if (quirks->duplicate_key &&
	    add_remark(remarks, "warning", quirks->duplicate_key,
		       "stands there twice; the last one counts", err) < 0)
		return -1;
	return 0;
}

/* The text's place and fault as one line: "line 3, column 2: ...". */
static int
add_syntax_fault(json_t *remarks, const struct balimg_error *why,
		 struct balimg_error *err)
{
	AUTO_BUFFER struct buffer text = BUFFER_INIT;

	buffer_printf(&text, "%s%s%s", why->where, *why->where ? ": " : "",
		      why->message);
	if (text.failed)
		return error_nomem(err);
	return add_remark(remarks, "error", "", text.data, err);
}

static int
judge_text(json_t *remarks, const char *text, size_t len, const char *version,
	   struct balimg_error *err)
{
	__attribute__((
		cleanup(json_quirks_clear))) struct json_quirks quirks = { 0 };
	struct balimg_error why = { 0 };
	json_auto_t *settings = json_text_parse(text, len, &quirks, &why);

	if (!settings && error_is(&why, BALIMG_E_NO_MEMORY))
		return error_nomem(err);
	if (!settings)
		return add_syntax_fault(remarks, &why, err);
	if (!json_is_object(settings))
		return add_remark(remarks, "error", "", "is no JSON object",
				  err);
	if (add_quirks(remarks, &quirks, err) < 0)
		return -1;
	return add_findings(remarks, settings, version, err);
}

json_t *
check_config(struct os *os, struct balimg_error *err)
{
	json_auto_t *remarks = json_array();
	AUTO_FREE char *text = NULL;
	const struct release *release;
	const char *version;
	size_t len;
	int ret;

	if (!remarks) {
		error_nomem(err);
		return NULL;
	}
	if (config_file_read(os, NULL, &text, &len, err) < 0 ||
	    os_release(os, &release, err) < 0)
		return NULL;
	version = release && release->parsed ? release->text : NULL;
	if (text)
		ret = judge_text(remarks, text, len, version, err);
	else
		ret = add_remark(remarks, "warning", "", "is missing", err);
	return ret < 0 ? NULL : STEAL(remarks);
}
