/* synopsis.c - what a line like "IMAGE KEY=VALUE..." says of operands
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "synopsis.h"

/* One word of the line. */
struct word {
	const char *text;
	size_t len;
	bool optional, repeated;
};

/* Cut the next word off *@line; false at the end. */
static bool
next_word(const char **line, struct word *word)
{
	*line += strspn(*line, " ");
	if (!**line)
		return false;

	word->text = *line;
	word->len = strcspn(*line, " ");
	*line += word->len;

	word->optional = *word->text == '[';
	while (word->len && *word->text == '[') {
		word->text++;
		word->len--;
	}
	/* The brackets of "IMAGE[:PART[/PATH]]" are its own. */
	while (word->optional && word->len && word->text[word->len - 1] == ']')
		word->len--;
	word->repeated = word->len > 3 &&
			 !strncmp(word->text + word->len - 3, "...", 3);
	if (word->repeated)
		word->len -= 3;
	return true;
}

void
synopsis_read(const char *operands, struct synopsis *synopsis)
{
	const char *line = operands;
	bool first = true;
	struct word word;

	*synopsis = (struct synopsis){ 0 };
	while (next_word(&line, &word)) {
		if (!word.optional)
			synopsis->least++;
		if (word.repeated)
			synopsis->most = INT_MAX;
		else if (synopsis->most < INT_MAX)
			synopsis->most++;

		if (word.len >= 5 && !strncmp(word.text, "IMAGE", 5)) {
			synopsis->place = word.repeated ? IMAGE_EACH :
					  first		? IMAGE_FIRST :
							  IMAGE_LAST;
			synopsis->address = memchr(word.text, ':', word.len);
		}
		first = false;
	}
}

bool
synopsis_word(const char *operands, int at, char *name, size_t size)
{
	const char *line = operands;
	struct word word;

	while (next_word(&line, &word)) {
		if (at == 0 || word.repeated) {
			snprintf(name, size, "%.*s", (int)word.len, word.text);
			return true;
		}
		at--;
	}
	return false;
}
