/* answer.h - the library's answers, taken apart and put together
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The library answers in JSON.  Under --json it is passed on; otherwise the
 * commands read it with these calls, which take whatever is missing or of
 * another type as empty.
 */
#ifndef BALIMG_CLI_ANSWER_H
#define BALIMG_CLI_ANSWER_H

#include <jansson.h>
#include <stdbool.h>

#include "context.h"

/* Parse @text, which the library returned; NULL with ctx->err set if it was
 * NULL or is not JSON. */
json_t *answer_parse(struct context *ctx, const char *text);

/* Members of @object; "" , 0, false, or NULL if there is none like that. */
const char *answer_string(const json_t *object, const char *key);
long long answer_number(const json_t *object, const char *key);
bool answer_is_true(const json_t *object, const char *key);

/* A string as new JSON; bytes that are not UTF-8 are replaced by '?'. */
json_t *answer_text(const char *text);

/* Put the new @value into @object. */
void answer_set(json_t *object, const char *key, json_t *value);

/* Print JSON text, or a value, and a newline to standard output. */
void answer_put_text(const char *text);
void answer_put(const json_t *value);

/* Under --json, print @text as it is and return true. */
bool answer_passed_on(const struct context *ctx, const char *text);

#endif /* BALIMG_CLI_ANSWER_H */
