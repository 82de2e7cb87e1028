/* answer.c - the library's answers, taken apart and put together
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "cleanup.h"
#include "report.h"
#include "text.h"
#include "xalloc.h"

#define BYTE_ORDER_MARK "\357\273\277"

/* @text without a byte order mark, which jansson does not take. */
static const char *
skip_mark(const char *text)
{
	size_t len = strlen(BYTE_ORDER_MARK);

	return strncmp(text, BYTE_ORDER_MARK, len) ? text : text + len;
}

json_t *
answer_parse(struct context *ctx, const char *text)
{
	json_error_t why;
	json_t *root;

	if (!text)
		return NULL;
	root = json_loads(skip_mark(text), JSON_DECODE_ANY, &why);
	if (!root)
		fail(ctx, BALIMG_E_INVALID, "not JSON: line %d: %s", why.line,
		     why.text);
	return root;
}

const char *
answer_string(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

long long
answer_number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

bool
answer_is_true(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

json_t *
answer_text(const char *text)
{
	json_t *value = json_string(text);

	if (!value) {
		AUTO_FREE char *plain = xasprintf("%s", text);
		char *at;

		for (at = plain; *at; at++) {
			if (*at & 0x80)
				*at = '?';
		}
		value = json_string(plain);
	}
	return xjson(value);
}

void
answer_set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) < 0)
		out_of_memory();
}

void
answer_put_text(const char *text)
{
	size_t len = strlen(text);

	text_put_json(stdout, skip_mark(text));
	if (!len || text[len - 1] != '\n')
		putchar('\n');
}

void
answer_put(const json_t *value)
{
	AUTO_FREE char *text = json_dumps(value,
					  JSON_COMPACT | JSON_ENCODE_ANY);

	if (!text)
		out_of_memory();
	answer_put_text(text);
}

bool
answer_passed_on(const struct context *ctx, const char *text)
{
	if (ctx->json)
		answer_put_text(text);
	return ctx->json;
}
