/* test-json-edit.c - an edit of JSON text looks as if made by hand
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * In the tables, "->" texts are what must come out, byte for byte.
 */
#include <config.h>

#include "document/json.h"
#include "unit.h"

struct edit_case {
	const char *before;
	const char *path;
	const char *value; /* JSON; NULL: unset */
	const char *after;
};

static const struct edit_case cases[] = {
	/* Replaced where it stands, all else as it was. */
	{ "{\"a\":1,\"b\":2}", "a", "3", "{\"a\":3,\"b\":2}" },
	{ "{ \"a\" : 0.10, \"b\" : \"\\u0041\\/\" }\n", "a", "\"x\"",
	  "{ \"a\" : \"x\", \"b\" : \"\\u0041\\/\" }\n" },
	{ "{\r\n\t\"a\": 1e3,\r\n\t\"b\": 2\r\n}\r\n", "b", "true",
	  "{\r\n\t\"a\": 1e3,\r\n\t\"b\": true\r\n}\r\n" },
	{ "\xef\xbb\xbf{\"a\":1}", "a", "2", "\xef\xbb\xbf{\"a\":2}" },
	{ "{\"\\u0061\":1}", "a", "2", "{\"\\u0061\":2}" },
	{ "{\"a\":null}", "a.b.c", "1", "{\"a\":{\"b\":{\"c\":1}}}" },

	/* The last of duplicates counts. */
	{ "{\"a\":1,\"b\":2,\"a\":3}", "a", "4", "{\"a\":1,\"b\":2,\"a\":4}" },
	{ "{\"a\":{\"x\":1},\"a\":{}}", "a.x", "2",
	  "{\"a\":{\"x\":1},\"a\":{\"x\":2}}" },
	{ "{\"a\":1,\"b\":2,\"a\":3}", "a", NULL, "{\"b\":2}" },

	/* Appended in the style of the siblings. */
	{ "{}", "a", "1", "{\n  \"a\": 1\n}" },
	{ "{}\n", "a.b", "1", "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n" },
	{ "{\r\n}\r\n", "a", "1", "{\r\n  \"a\": 1\r\n}\r\n" },
	{ "{\"a\":1}", "b", "2", "{\"a\":1,\"b\":2}" },
	{ "{\"a\": 1}", "b", "2", "{\"a\": 1, \"b\": 2}" },
	{ "{ \"a\": 1 }\n", "b", "2", "{ \"a\": 1, \"b\": 2 }\n" },
	{ "{ \"a\": 1, \"b\": 2 }\n", "os.x", "{\"y\":[1,2]}",
	  "{ \"a\": 1, \"b\": 2, \"os\": { \"x\": { \"y\": [ 1, 2 ] } } }\n" },
	{ "{\"a\":1,\"b\":2}", "os.x", "[\"y\"]",
	  "{\"a\":1,\"b\":2,\"os\":{\"x\":[\"y\"]}}" },
	{ "{\n  \"a\": 1\n}\n", "b", "2", "{\n  \"a\": 1,\n  \"b\": 2\n}\n" },
	{ "{\n\t\"a\": 1\n}", "b.c", "2",
	  "{\n\t\"a\": 1,\n\t\"b\": {\n\t\t\"c\": 2\n\t}\n}" },
	{ "{\n    \"a\": 1\n}", "b", "[1,{}]",
	  "{\n    \"a\": 1,\n    \"b\": [\n        1,\n        {}\n    ]\n}" },
	{ "{\n  \"os\": {\n    \"x\": 1\n  }\n}\n", "os.y", "2",
	  "{\n  \"os\": {\n    \"x\": 1,\n    \"y\": 2\n  }\n}\n" },
	{ "{\n  \"os\": {}\n}\n", "os.x.y", "2",
	  "{\n  \"os\": {\n    \"x\": {\n      \"y\": 2\n    }\n  }\n}\n" },
	{ "{\n  \"k\": []\n}\n", "k.0", "\"a\"",
	  "{\n  \"k\": [\n    \"a\"\n  ]\n}\n" },
	{ "{\n  \"k\": [\n    \"a\"\n  ]\n}\n", "k.1", "\"b\"",
	  "{\n  \"k\": [\n    \"a\",\n    \"b\"\n  ]\n}\n" },
	{ "{\n  \"k\": [\"a\", \"b\"]\n}\n", "k", "[\"a\",\"b\",\"c\"]",
	  "{\n  \"k\": [\"a\", \"b\", \"c\"]\n}\n" },
	{ "{\n  \"k\": [\"a\"]\n}\n", "k.1", "\"b\"",
	  "{\n  \"k\": [\"a\", \"b\"]\n}\n" },
	{ "{\n\"a\": 1,\n\n\n\"b\": 2\n\n}", "c", "3",
	  "{\n\"a\": 1,\n\n\n\"b\": 2,\n\"c\": 3\n\n}" },
	{ "{\"a\":1,\n\"os\": {\n \"b\": {\n  \"c\":1\n }\n}\n}\n", "os.d.e",
	  "2",
	  "{\"a\":1,\n\"os\": {\n \"b\": {\n  \"c\":1\n },\n \"d\": {\n"
	  "  \"e\": 2\n }\n}\n}\n" },

	/* Numbers pick elements of arrays, and are keys of objects. */
	{ "{\"os\":{\"udevRules\":{}}}", "os.udevRules.101", "\"r\"",
	  "{\"os\":{\"udevRules\":{\"101\":\"r\"}}}" },
	{ "{\"a\":[1,[2,3]]}", "a.1.0", "9", "{\"a\":[1,[9,3]]}" },
	{ "{\"a\":[1,2,3]}", "a.1", NULL, "{\"a\":[1,3]}" },
	{ "{\"a\":1}", "b\\.c.\"d", "1", "{\"a\":1,\"b.c\":{\"\\\"d\":1}}" },

	/* Removed with its comma. */
	{ "{\"a\":1,\"b\":2,\"c\":3}", "a", NULL, "{\"b\":2,\"c\":3}" },
	{ "{\"a\":1,\"b\":2,\"c\":3}", "b", NULL, "{\"a\":1,\"c\":3}" },
	{ "{\"a\":1,\"b\":2,\"c\":3}", "c", NULL, "{\"a\":1,\"b\":2}" },
	{ "{ \"a\": 1, \"b\": 2 }", "b", NULL, "{ \"a\": 1 }" },
	{ "{ \"a\": 1, \"b\": 2 }", "a", NULL, "{ \"b\": 2 }" },
	{ "{ \"a\": 1 }\n", "a", NULL, "{}\n" },
	{ "{\n  \"a\": 1,\n  \"b\": {\n    \"c\": 2\n  }\n}\n", "b.c", NULL,
	  "{\n  \"a\": 1,\n  \"b\": {}\n}\n" },
	{ "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}\n", "b", NULL,
	  "{\n  \"a\": 1,\n  \"c\": 3\n}\n" },
	{ "{\n  \"a\": 1,\n  \"b\": 2\n}\n", "b", NULL, "{\n  \"a\": 1\n}\n" },

	/* The same value changes nothing, not even its spelling. */
	{ "{ \"a\":0.10}", "a", "0.1", "{ \"a\":0.10}" },
	{ "{\"a\":\"\\u0041\"}", "a", "\"A\"", "{\"a\":\"\\u0041\"}" },
	{ "{\"a\":{\"x\":1,  \"y\":2}}", "a", "{\"y\":2,\"x\":1}",
	  "{\"a\":{\"x\":1,  \"y\":2}}" },
	{ "{\"a\":12345678901234567890}", "a", "12345678901234567890",
	  "{\"a\":12345678901234567890}" },
	{ "{\"a\":[ 1e999 ]}", "a", "[1e999]", "{\"a\":[ 1e999 ]}" },

	/* But what differs in digits only is another. */
	{ "{\"a\":12345678901234567890}", "a", "12345678901234567891",
	  "{\"a\":12345678901234567891}" },
	{ "{\"a\":1e3}", "a", "1000", "{\"a\":1000}" },
	{ "{\"a\":1e999}", "b", "1E+400", "{\"a\":1e999,\"b\":1E+400}" },
};

static void
check_case(const struct edit_case *c)
{
	struct balimg_error err = { 0 };
	AUTO_BUFFER struct buffer text = BUFFER_INIT;

	buffer_puts(&text, c->before);
	if (c->value)
		CHECK_OK(json_text_set_text(&text, c->path, c->value,
					    strlen(c->value), &err),
			 err);
	else
		CHECK_OK(json_text_unset(&text, c->path, &err), err);
	CHECK_STR(text.data, c->after);
}

static void
check_refused(const char *before, const char *path, const char *value,
	      enum balimg_code code)
{
	struct balimg_error err = { 0 };
	AUTO_BUFFER struct buffer text = BUFFER_INIT;
	int ret;

	buffer_puts(&text, before);
	ret = value ? json_text_set_text(&text, path, value, strlen(value),
					 &err) :
		      json_text_unset(&text, path, &err);
	CHECK_FAILS(ret, err, code);
	CHECK_STR(text.data, before);
}

static void
test_refusals(void)
{
	check_refused("{\"a\":1}", "a.b", "1", BALIMG_E_INVALID);
	check_refused("{\"a\":[1]}", "a.2", "1", BALIMG_E_INVALID);
	check_refused("{\"a\":[1]}", "a.x", "1", BALIMG_E_INVALID);
	check_refused("{\"a\":[1]}", "a.01", "1", BALIMG_E_INVALID);
	check_refused("{\"a\":[1]}", "a.1", NULL, BALIMG_E_NOT_FOUND);
	check_refused("{\"a\":[1]}", "a.b.c", NULL, BALIMG_E_NOT_FOUND);
	check_refused("{\"a\":1}", "a.b", NULL, BALIMG_E_NOT_FOUND);
	check_refused("{\"a\":1}", "b", NULL, BALIMG_E_NOT_FOUND);
	check_refused("[1]", "0", "1", BALIMG_E_INVALID);
	check_refused("{\"a\":1,}", "a", "2", BALIMG_E_INVALID);
	check_refused("{\"a\":1}", "a", "2 3", BALIMG_E_INVALID);
	check_refused("{\"a\":1}", "a", "", BALIMG_E_INVALID);
	check_refused("{\"a\":1}", "", "1", BALIMG_E_INVALID);
	check_refused("{\"a\":1}", "b..c", "1", BALIMG_E_INVALID);
	check_refused("", "a", "1", BALIMG_E_INVALID);
}

/* Values given as such, not as text. */
static void
test_values(void)
{
	struct balimg_error err = { 0 };
	AUTO_BUFFER struct buffer text = BUFFER_INIT;
	json_t *value = json_pack("{s:f, s:[s,n]}", "x", 0.1, "y", "\n");

	buffer_puts(&text, "{\"a\": false}");
	CHECK_OK(json_text_set(&text, "a", value, &err), err);
	CHECK_STR(text.data, "{\"a\": {\"x\": 0.1, \"y\": [\"\\n\", null]}}");
	json_decref(value);
}

static const struct {
	const char *before;
	const char *patch;
	const char *after;
} merges[] = {
	{ "{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}" },
	{ "{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}" },
	{ "{\"a\":\"b\"}", "{\"a\":null}", "{}" },
	{ "{\"a\":\"b\",\"b\":1}", "{\"a\":null,\"x\":2}",
	  "{\"b\":1,\"x\":2}" },
	{ "{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}" },
	{ "{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}",
	  "{\"a\":{\"b\":\"d\"}}" },
	{ "{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}" },
	{ "{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}" },
	{ "{\"a\":3}", "{\"a\":{\"bb\":{\"ccc\":null}}}",
	  "{\"a\":{\"bb\":{}}}" },
	{ "{ \"a\": 1 }", "{\"a\":null,\"b\":{\"c\":[null]}}",
	  "{ \"b\": { \"c\": [ null ] } }" },
	{ "{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":null}", "{\"b\":2}" },
	{ "{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":9,\"a\":4}",
	  "{\"a\":1,\"b\":2,\"a\":4}" },
	{ "{ }\n", "{}", "{ }\n" },
	{ "{\n  \"a\": 1e3,\n  \"n\": {\n    \"x\": 0.10\n  }\n}\n",
	  "{\"n\":{\"x\":0.1,\"y\":12345678901234567890},\"z\":{\"k\":true}}",
	  "{\n  \"a\": 1e3,\n  \"n\": {\n    \"x\": 0.10,\n"
	  "    \"y\": 12345678901234567890\n  },\n"
	  "  \"z\": {\n    \"k\": true\n  }\n}\n" },
};

static void
test_merges(void)
{
	struct balimg_error err = { 0 };
	size_t i;

	for (i = 0; i < sizeof(merges) / sizeof(*merges); i++) {
		AUTO_BUFFER struct buffer text = BUFFER_INIT;

		buffer_puts(&text, merges[i].before);
		CHECK_OK(json_text_merge_text(&text, merges[i].patch,
					      strlen(merges[i].patch), &err),
			 err);
		CHECK_STR(text.data, merges[i].after);
	}
}

static void
test_merge_of_values(void)
{
	struct balimg_error err = { 0 };
	AUTO_BUFFER struct buffer text = BUFFER_INIT;
	json_t *patch = json_pack("{s:n, s:{s:i}}", "a", "b", "c", 1);
	json_t *array = json_array();

	buffer_puts(&text, "{\"a\": 1, \"d\": 2}");
	CHECK_OK(json_text_merge(&text, patch, &err), err);
	CHECK_STR(text.data, "{\"d\": 2, \"b\": {\"c\": 1}}");
	CHECK_FAILS(json_text_merge(&text, array, &err), err,
		    BALIMG_E_INVALID);
	CHECK_STR(text.data, "{\"d\": 2, \"b\": {\"c\": 1}}");
	json_decref(array);
	json_decref(patch);
}

int
main(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_case(&cases[i]);
	test_refusals();
	test_values();
	test_merges();
	test_merge_of_values();
	return 0;
}
