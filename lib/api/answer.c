/* answer.c - what the library tells, as JSON text
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "api/image.h"
#include "base/utf8.h"
#include "document/json.h"

json_t *
answer_string(const char *text)
{
	json_t *value;
	char *plain;
	char *at;

	if (!text)
		return json_null();
	if (utf8_is_valid(text, strlen(text)))
		return json_string(text);

	plain = strdup(text);
	for (at = plain; at && *at; at++) {
		if (*at & 0x80)
			*at = '?';
	}
	value = plain ? json_string(plain) : NULL;
	free(plain);
	return value;
}

char *
answer_print(json_t *value, struct balimg_error *err)
{
	char *text = NULL;

	if (value)
		text = json_value_print(value, false, err);
	else
		error_nomem(err);
	json_decref(value);
	return text;
}
