/* test-json-parse.c - JSON text is judged, and its faults are placed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "document/json.h"
#include "unit.h"

static json_t *
parse(const char *text, struct json_quirks *quirks, struct balimg_error *err)
{
	return json_text_parse(text, strlen(text), quirks, err);
}

static void
must_fail(const char *text, const char *where, const char *message)
{
	struct balimg_error err = { 0 };
	json_t *root = parse(text, NULL, &err);

	if (root)
		FAIL("%s was accepted", text);
	CHECK(err.code == BALIMG_E_INVALID);
	CHECK_STR(err.where, where);
	CHECK_STR(err.message, message);
}

static void
test_faults(void)
{
	must_fail("", "", "the JSON text is empty");
	must_fail("\xef\xbb\xbf \n", "", "the JSON text is empty");
	must_fail("{\"os\": {", "line 1, column 8", "the text ends too early");
	must_fail("{\n  \"a\": 1,\n}", "line 3, column 1",
		  "string or '}' expected");
	must_fail("{'a': 1}", "line 1, column 2", "string or '}' expected");
	must_fail("{\"a\": NaN}", "line 1, column 7", "invalid token");
	must_fail("{} {}", "line 1, column 4",
		  "more text after the end of the value");
	must_fail(
		"{\"a\": \"\\u0000\"}", "line 1, column 8",
		"a NUL in a string, which no program on the device can read");
	must_fail("{\"\xc3\xa9\": \"\xff\"}", "line 1, column 7", "not UTF-8");
	must_fail("[01234567890123456789012]", "line 1, column 2",
		  "invalid token");
}

/* What a text holds may be a secret. */
static void
test_faults_tell_nothing(void)
{
	struct balimg_error err = { 0 };

	CHECK(!parse("{\"psk\": \"hunter2\" \"hunter3\"}", NULL, &err));
	CHECK(!strstr(err.message, "hunter"));
	CHECK(!strstr(err.where, "hunter"));
	CHECK_STR(err.message, "'}' expected");
}

static void
test_depth(void)
{
	char text[2 * (JSON_DEPTH_LIMIT + 1) + 1] = { 0 };
	struct balimg_error err = { 0 };
	size_t limit = JSON_DEPTH_LIMIT;
	json_t *root;

	memset(text, '[', limit);
	memset(text + limit, ']', limit);
	root = parse(text, NULL, &err);
	CHECK(root);
	json_decref(root);

	memset(text, '[', limit + 1);
	memset(text + limit + 1, ']', limit + 1);
	CHECK(!parse(text, NULL, &err));
	CHECK_STR(err.message, "nested too deeply");
	CHECK_STR(err.where, "line 1, column 257");
}

static void
test_quirks(void)
{
	struct balimg_error err = { 0 };
	struct json_quirks quirks;
	json_t *root;

	root = parse("\xef\xbb\xbf{\"a\":[1,{\"b.c\":1,\"b\\u002ec\":2}]}",
		     &quirks, &err);
	CHECK(root);
	CHECK(quirks.bom);
	CHECK_STR(quirks.duplicate_key, "a.1.b\\.c");
	CHECK(json_integer_value(json_path_get(root, "a.1.b\\.c")) == 2);
	json_quirks_clear(&quirks);
	json_decref(root);

	root = parse("{\"a\":1, \"b\":{\"a\":1}}", &quirks, &err);
	CHECK(root);
	CHECK(!quirks.bom);
	CHECK(!quirks.duplicate_key);
	json_decref(root);

	CHECK(!parse("{\"a\":1,\"a\":2,}", &quirks, &err));
	CHECK(!quirks.duplicate_key);
}

/* The whole must not become unreadable for one number. */
static void
test_numbers(void)
{
	static const struct {
		const char *text;
		double value;
	} reals[] = {
		{ "12345678901234567890", 12345678901234567890.0 },
		{ "-12345678901234567890", -12345678901234567890.0 },
		{ "9223372036854775808", 9223372036854775808.0 },
		{ "1e999", 1e308 },
		{ "-1E+400", -1e308 },
		{ "2e308", 1e308 },
		{ "0.00001e400", 1e308 },
		{ "1.7976931348623157e308", 1.7976931348623157e308 },
		{ "1e-999", 0.0 },
		{ "0e999", 0.0 },
		{ "0.1", 0.1 },
	};
	struct balimg_error err = { 0 };
	json_t *root;
	size_t i;

	for (i = 0; i < sizeof(reals) / sizeof(*reals); i++) {
		double value;

		root = parse(reals[i].text, NULL, &err);
		if (!root)
			FAIL("%s: %s", reals[i].text, err.message);
		value = json_real_value(root);
		if (value < reals[i].value || value > reals[i].value)
			FAIL("%s became %.17g", reals[i].text, value);
		json_decref(root);
	}
	root = parse("[-9223372036854775808, 9223372036854775807]", NULL,
		     &err);
	CHECK(root);
	CHECK(json_integer_value(json_array_get(root, 0)) == INT64_MIN);
	CHECK(json_integer_value(json_array_get(root, 1)) == INT64_MAX);
	json_decref(root);
}

static void
test_paths(void)
{
	struct balimg_error err = { 0 };
	AUTO_BUFFER struct buffer path = BUFFER_INIT;
	json_t *root;

	CHECK_OK(json_path_check("os.network.wifi", &err), err);
	CHECK_OK(json_path_check("a\\.b.c\\\\", &err), err);
	CHECK_FAILS(json_path_check("", &err), err, BALIMG_E_INVALID);
	CHECK_FAILS(json_path_check("a..b", &err), err, BALIMG_E_INVALID);
	CHECK_FAILS(json_path_check("a.", &err), err, BALIMG_E_INVALID);
	CHECK_FAILS(json_path_check("a\\", &err), err, BALIMG_E_INVALID);
	CHECK_FAILS(json_path_check("a\\n", &err), err, BALIMG_E_INVALID);
	CHECK_FAILS(json_path_check("a\xff", &err), err, BALIMG_E_INVALID);

	json_path_add(&path, "deviceApiKeys");
	json_path_add(&path, "api.balena\\x");
	CHECK_STR(path.data, "deviceApiKeys.api\\.balena\\\\x");

	root = parse("{\"a\":{\"x.y\":[10,{\"1\":20}]},\"\":3}", NULL, &err);
	CHECK(json_path_get(root, "") == root);
	CHECK(json_integer_value(json_path_get(root, "a.x\\.y.0")) == 10);
	CHECK(json_integer_value(json_path_get(root, "a.x\\.y.1.1")) == 20);
	CHECK(!json_path_get(root, "a.x\\.y.2"));
	CHECK(!json_path_get(root, "a.x\\.y.00"));
	CHECK(!json_path_get(root, "a.x\\.y.x"));
	CHECK(!json_path_get(root, "a.x.y"));
	CHECK(!json_path_get(root, "a.x\\.y.0.z"));
	json_decref(root);
}

static void
test_find(void)
{
	const char *text = "\xef\xbb\xbf{\"a\": 1, \"b\": [ 0.10, {} ], "
			   "\"a\": 1e3}";
	struct balimg_error err = { 0 };
	size_t at;
	size_t len;

	CHECK_OK(json_text_find(text, strlen(text), "a", &at, &len, &err),
		 err);
	CHECK(len == 3 && !memcmp(text + at, "1e3", 3));
	CHECK_OK(json_text_find(text, strlen(text), "b.0", &at, &len, &err),
		 err);
	CHECK(len == 4 && !memcmp(text + at, "0.10", 4));
	CHECK_FAILS(json_text_find(text, strlen(text), "b.2", &at, &len, &err),
		    err, BALIMG_E_NOT_FOUND);
	CHECK_FAILS(json_text_find(text, strlen(text), "a.b", &at, &len, &err),
		    err, BALIMG_E_NOT_FOUND);
	CHECK_FAILS(json_text_find("3", 1, "a", &at, &len, &err), err,
		    BALIMG_E_NOT_FOUND);
}

static void
check_print(const char *text, const char *compact, const char *pretty)
{
	struct balimg_error err = { 0 };
	json_t *value = parse(text, NULL, &err);
	char *printed;

	CHECK(value);
	printed = json_value_print(value, false, &err);
	CHECK_STR(printed, compact);
	free(printed);
	printed = json_value_print(value, true, &err);
	CHECK_STR(printed, pretty);
	free(printed);
	json_decref(value);
}

static void
test_print(void)
{
	check_print("0.1", "0.1", "0.1");
	check_print("0.30000000000000004", "0.30000000000000004",
		    "0.30000000000000004");
	check_print("\"\\u00e9\\/\"", "\"\xc3\xa9/\"", "\"\xc3\xa9/\"");
	check_print("{ \"a\" : [ ] , \"b\":{\"c\":[1,\"x, y\"]} }",
		    "{\"a\":[],\"b\":{\"c\":[1,\"x, y\"]}}",
		    "{\n  \"a\": [],\n  \"b\": {\n    \"c\": [\n      1,\n"
		    "      \"x, y\"\n    ]\n  }\n}");
}

int
main(void)
{
	test_faults();
	test_faults_tell_nothing();
	test_depth();
	test_quirks();
	test_numbers();
	test_paths();
	test_find();
	test_print();
	return 0;
}
