/* test-json-no-memory.c - JSON and schema code lets go of all when memory ends
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each call is made again and again, its first, second, ... allocation
 * failing, until it gets through without.  Leaks are for the sanitizer and
 * valgrind to find.
 */
#include <config.h>

#include "base/buffer.h"
#include "document/json.h"
#include "document/schema.h"
#include "alloc-fail.h"
#include "unit.h"

/* A bit of everything that takes memory. */
static const char config[] =
	"\xef\xbb\xbf{\n  \"hostname\": \"a\",\n  \"\\u0068ostname\": \"b\",\n"
	"  \"n\": 12345678901234567890,\n  \"unknown\": [{\"psk\": 1}],\n"
	"  \"developmentmode\": 1,\n  \"balenaRootCA\": \"QUJD\",\n"
	"  \"deviceApiKeys\": {\"a.b\": \"k\"},\n"
	"  \"os\": {\n    \"network\": null,\n    \"udevRules\": {\n"
	"      \"a b\": \"KERNEL==\\\"x\\\"\"\n    },\n"
	"    \"sshKeys\": [\"ssh-ed25519 AAAA\", null]\n  }\n}\n";

/* What a call did: 0, or -1 with @err set. */
struct call {
	const char *name;
	int (*make)(struct balimg_error *err);
	bool must_fail; /* even with memory */
};

static json_t *
parse_config(struct balimg_error *err)
{
	struct json_quirks quirks;
	json_t *root;

	root = json_text_parse(config, sizeof(config) - 1, &quirks, err);
	CHECK(!root || quirks.duplicate_key);
	json_quirks_clear(&quirks);
	return root;
}

static int
make_parse(struct balimg_error *err)
{
	json_t *root = parse_config(err);
	int ret = root ? 0 : -1;

	json_decref(root);
	return ret;
}

static int
make_bad_parse(struct balimg_error *err)
{
	json_t *root = json_text_parse("{\"a\": tru}", 10, NULL, err);

	CHECK(!root);
	return -1;
}

static int
make_set(struct balimg_error *err)
{
	AUTO_BUFFER struct buffer text = BUFFER_INIT;
	json_t *value = json_pack("{s:[f]}", "x", 0.1);
	int ret;

	buffer_puts(&text, config);
	if (!value || text.failed) {
		json_decref(value);
		return error_nomem(err);
	}
	ret = json_text_set(&text, "os.network.\"wifi.x", value, err);
	if (ret < 0)
		CHECK_STR(text.data, config);
	json_decref(value);
	return ret;
}

static int
make_same(struct balimg_error *err)
{
	AUTO_BUFFER struct buffer text = BUFFER_INIT;
	int ret;

	buffer_puts(&text, config);
	if (text.failed)
		return error_nomem(err);
	ret = json_text_set_text(&text, "n", "12345678901234567890", 20, err);
	CHECK_STR(text.data, config);
	return ret;
}

static int
make_unset(struct balimg_error *err)
{
	AUTO_BUFFER struct buffer text = BUFFER_INIT;
	int ret;

	buffer_puts(&text, config);
	if (text.failed)
		return error_nomem(err);
	ret = json_text_unset(&text, "hostname", err);
	if (ret < 0)
		CHECK_STR(text.data, config);
	return ret;
}

static int
make_merge(struct balimg_error *err)
{
	static const char patch[] =
		"{\"os\":{\"network\":{\"wifi\":{\"x\":null}},\"new\":[1]},"
		"\"hostname\":null,\"n\":1,\"new\":{\"a\":{}},\"new\":2}";
	AUTO_BUFFER struct buffer text = BUFFER_INIT;
	int ret;

	buffer_puts(&text, config);
	if (text.failed)
		return error_nomem(err);
	ret = json_text_merge_text(&text, patch, sizeof(patch) - 1, err);
	if (ret < 0)
		CHECK_STR(text.data, config);
	return ret;
}

static int
make_merge_of_value(struct balimg_error *err)
{
	AUTO_BUFFER struct buffer text = BUFFER_INIT;
	json_t *patch = json_pack("{s:n,s:f}", "os", "x", 1e300);
	int ret = patch ? 0 : error_nomem(err);

	buffer_puts(&text, config);
	if (ret == 0)
		ret = text.failed ? error_nomem(err) :
				    json_text_merge(&text, patch, err);
	json_decref(patch);
	return ret;
}

static int
make_find(struct balimg_error *err)
{
	size_t at;
	size_t len;

	return json_text_find(config, sizeof(config) - 1, "os.sshKeys.0", &at,
			      &len, err);
}

static int
make_redact(struct balimg_error *err)
{
	json_t *root = parse_config(err);
	json_t *redacted = root ? schema_redact(root, err) : NULL;
	char *text = redacted ? json_value_print(redacted, true, err) : NULL;
	int ret = text ? 0 : -1;

	free(text);
	json_decref(redacted);
	json_decref(root);
	return ret;
}

static int
make_check(struct balimg_error *err)
{
	struct schema_findings findings = { 0 };
	json_t *root = parse_config(err);
	int ret = root ? schema_check("", root, "2.0.0", &findings, err) : -1;

	CHECK(ret < 0 || findings.count >= 6);
	schema_findings_clear(&findings);
	json_decref(root);
	return ret;
}

static int
make_coerced(const char *path, const char *text, struct balimg_error *err)
{
	json_t *value = schema_coerce(path, text, err);
	int ret = value ? 0 : -1;

	json_decref(value);
	return ret;
}

static int
make_rule(struct balimg_error *err)
{
	return make_coerced("os.udevRules.a", "KERNEL==\"x\"", err);
}

static int
make_bad_rule(struct balimg_error *err)
{
	return make_coerced("os.udevRules.a'b", "KERNEL==\"x\"", err);
}

static int
make_number(struct balimg_error *err)
{
	return make_coerced("listenPort", "48484", err);
}

static int
make_any(struct balimg_error *err)
{
	return make_coerced("unknown", "1.5", err);
}

static int
make_schema(struct balimg_error *err)
{
	char *text = schema_print(err);
	int ret = text ? 0 : -1;

	free(text);
	return ret;
}

static const struct call calls[] = {
	{ "parse", make_parse, false },
	{ "parse what is none", make_bad_parse, true },
	{ "set", make_set, false },
	{ "set the same", make_same, false },
	{ "unset", make_unset, false },
	{ "merge", make_merge, false },
	{ "merge a value", make_merge_of_value, false },
	{ "find", make_find, false },
	{ "redact", make_redact, false },
	{ "check", make_check, false },
	{ "coerce a rule", make_rule, false },
	{ "coerce a bad rule", make_bad_rule, true },
	{ "coerce a number", make_number, false },
	{ "coerce anything", make_any, false },
	{ "print the schema", make_schema, false },
};

/* One allocation fails: the call says so, or did without. */
static void
try_call(const struct call *call)
{
	unsigned long nth = 0;
	bool failed;

	do {
		struct balimg_error err = { 0 };
		int ret;

		alloc_fail_at(++nth);
		ret = call->make(&err);
		failed = alloc_has_failed();
		alloc_fail_at(0);
		if (ret < 0 && err.code == BALIMG_OK)
			FAIL("%s: allocation %lu: no error set", call->name,
			     nth);
		if (ret < 0 && !call->must_fail &&
		    err.code != BALIMG_E_NO_MEMORY)
			FAIL("%s: allocation %lu: %s", call->name, nth,
			     err.message);
		if (ret < 0 && !failed && !call->must_fail)
			FAIL("%s: %s", call->name, err.message);
	} while (failed);
	CHECK(nth > 1);
}

int
main(void)
{
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		try_call(&calls[i]);
	return 0;
}
