/* ask-config.c - what the library makes of a config.json, for tests to compare
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The tests that have an outside judge (jq, a device's own scripts, a JSON
 * Schema validator) are shell scripts; this program gives them our answer.
 * Exit status: 0, or 1 with the error on standard error.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "document/json.h"
#include "document/schema.h"

struct question {
	const char *name;
	int args; /* after the name */
	int (*answer)(char **args, struct balimg_error *err);
};

static int
read_all(const char *path, struct buffer *text, struct balimg_error *err)
{
	FILE *file = fopen(path, "rb");
	char chunk[4096];
	size_t got;

	if (!file)
		return error_sys(err, "%s", path);
	while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buffer_add(text, chunk, got);
	fclose(file);
	buffer_add(text, "", 0);
	return text->failed ? error_nomem(err) : 0;
}

static int
write_all(const struct buffer *text)
{
	fwrite(text->data, 1, text->len, stdout);
	return 0;
}

/* schema: the JSON Schema, as templates/config.schema.json has it */
static int
print_schema(char **args, struct balimg_error *err)
{
	char *text = schema_print(err);

	(void)args;
	if (!text)
		return -1;
	puts(text);
	free(text);
	return 0;
}

/* check FILE VERSION: lines SEVERITY<TAB>PATH<TAB>TEXT */
static int
check_config(char **args, struct balimg_error *err)
{
	static const char *const words[] = { "note", "warning", "error" };
	AUTO_BUFFER struct buffer text = BUFFER_INIT;
	struct schema_findings findings = { 0 };
	json_t *root;
	size_t i;
	int ret;

	if (read_all(args[0], &text, err) < 0)
		return -1;
	root = json_text_parse(text.data, text.len, NULL, err);
	if (!root)
		return -1;
	ret = schema_check("", root, args[1], &findings, err);
	for (i = 0; i < findings.count; i++)
		printf("%s\t%s\t%s\n", words[findings.findings[i].severity],
		       findings.findings[i].path, findings.findings[i].text);
	schema_findings_clear(&findings);
	json_decref(root);
	return ret;
}

/* set FILE PATH JSON: the text after it */
static int
set_key(char **args, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer text = BUFFER_INIT;

	if (read_all(args[0], &text, err) < 0 ||
	    json_text_set_text(&text, args[1], args[2], strlen(args[2]), err) <
		    0)
		return -1;
	return write_all(&text);
}

/* unset FILE PATH: the text after it */
static int
unset_key(char **args, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer text = BUFFER_INIT;

	if (read_all(args[0], &text, err) < 0 ||
	    json_text_unset(&text, args[1], err) < 0)
		return -1;
	return write_all(&text);
}

/* merge FILE FILE: the text after it */
static int
merge_keys(char **args, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer text = BUFFER_INIT;
	AUTO_BUFFER struct buffer patch = BUFFER_INIT;

	if (read_all(args[0], &text, err) < 0 ||
	    read_all(args[1], &patch, err) < 0 ||
	    json_text_merge_text(&text, patch.data, patch.len, err) < 0)
		return -1;
	return write_all(&text);
}

static const struct question questions[] = {
	{ "schema", 0, print_schema }, { "check", 2, check_config },
	{ "set", 3, set_key },	       { "unset", 2, unset_key },
	{ "merge", 2, merge_keys },
};

int
main(int argc, char **argv)
{
	struct balimg_error err = { 0 };
	size_t i;

	for (i = 0; i < sizeof(questions) / sizeof(*questions); i++) {
		if (argc < 2 || strcmp(argv[1], questions[i].name) ||
		    argc - 2 != questions[i].args)
			continue;
		if (questions[i].answer(argv + 2, &err) == 0)
			return 0;
		fprintf(stderr, "%s: %s: %s\n", argv[1], err.where,
			err.message);
		return 1;
	}
	fprintf(stderr,
		"usage: ask-config schema|check|set|unset|merge ...\n");
	return 2;
}
