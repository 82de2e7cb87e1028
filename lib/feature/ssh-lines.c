/* ssh-lines.c - the lines that os.sshKeys holds
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "document/json.h"
#include "feature/ssh-lines.h"

json_t *
ssh_lines_array(const json_t *settings, struct balimg_error *err)
{
	json_t *array = json_path_get(settings, SSH_KEYS);

	if (!array || json_is_null(array))
		return NULL;
	if (json_is_array(array))
		return array;
	error_set(err, BALIMG_E_INVALID, "%s is no array of keys", SSH_KEYS);
	error_hint(err, "balimg config unset %s", SSH_KEYS);
	return NULL;
}

static int
add_line(struct ssh_lines *lines, size_t element, const char *text, size_t len,
	 struct balimg_error *err)
{
	struct balimg_error unseen = { 0 };
	struct ssh_line *grown;
	struct ssh_line *line;

	grown = realloc(lines->lines, (lines->count + 1) * sizeof(*grown));
	if (!grown)
		return error_nomem(err);
	lines->lines = grown;
	line = &grown[lines->count];
	memset(line, 0, sizeof(*line));
	line->element = element;
	line->text = strndup(text, len);
	if (!line->text)
		return error_nomem(err);
	lines->count++;
	line->valid = ssh_key_parse(text, len, &line->key, &unseen) == 0;
	return error_is(&unseen, BALIMG_E_NO_MEMORY) ? error_nomem(err) : 0;
}

int
ssh_lines_read(const json_t *array, struct ssh_lines *lines,
	       struct balimg_error *err)
{
	const char *text;
	const char *end;
	json_t *element;
	size_t i;

	json_array_foreach(array, i, element) {
		text = json_string_value(element);
		for (; text && *text; text = *end ? end + 1 : end) {
			end = text + strcspn(text, "\n");
			if (end > text &&
			    add_line(lines, i, text, (size_t)(end - text),
				     err) < 0)
				return -1;
		}
	}
	return 0;
}

void
ssh_lines_clear(struct ssh_lines *lines)
{
	size_t i;

	for (i = 0; i < lines->count; i++) {
		free(lines->lines[i].text);
		if (lines->lines[i].valid)
			ssh_key_clear(&lines->lines[i].key);
	}
	free(lines->lines);
	memset(lines, 0, sizeof(*lines));
}

const struct ssh_line *
ssh_lines_find(const struct ssh_lines *lines, const struct ssh_key *key)
{
	size_t i;

	for (i = 0; i < lines->count; i++) {
		if (lines->lines[i].valid &&
		    ssh_key_equal(&lines->lines[i].key, key))
			return &lines->lines[i];
	}
	return NULL;
}
