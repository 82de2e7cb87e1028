/* json-rewrite.c - copy a container, member by member, with changes
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "document/json-rewrite.h"

static void
copy(struct json_rewrite *rewrite, size_t at, size_t end)
{
	buffer_add(rewrite->out, rewrite->text.at + at, end - at);
}

struct json_rewrite
json_rewrite_begin(struct buffer *out, struct slice text, size_t open,
		   const struct json_style *style)
{
	struct json_rewrite rewrite = {
		.out = out,
		.text = text,
		.style = *style,
		.open = open,
		.end = open + 1,
	};

	json_style_enter(&rewrite.style, text, open);
	copy(&rewrite, open, open + 1);
	return rewrite;
}

static void
pass(struct json_rewrite *rewrite, const struct json_member *member)
{
	if (!rewrite->first)
		rewrite->first = member->key;
	rewrite->end = member->value_end;
}

/* What stands before the member, which becomes the first if those before it
 * were dropped. */
static void
write_lead(struct json_rewrite *rewrite, const struct json_member *member)
{
	size_t first = rewrite->first ? rewrite->first : member->key;

	if (rewrite->count)
		copy(rewrite, rewrite->end, member->key);
	else
		copy(rewrite, rewrite->open + 1, first);
	rewrite->count++;
}

void
json_rewrite_keep(struct json_rewrite *rewrite,
		  const struct json_member *member)
{
	write_lead(rewrite, member);
	copy(rewrite, member->key, member->value_end);
	pass(rewrite, member);
}

void
json_rewrite_key(struct json_rewrite *rewrite,
		 const struct json_member *member)
{
	write_lead(rewrite, member);
	copy(rewrite, member->key, member->value);
	pass(rewrite, member);
}

void
json_rewrite_value(struct json_rewrite *rewrite,
		   const struct json_member *member, struct slice value)
{
	struct slice text = rewrite->text;
	struct json_style style = rewrite->style;

	json_rewrite_key(rewrite, member);
	if (json_is_open(text, member->value) &&
	    !memchr(text.at + member->value, '\n',
		    member->value_end - member->value))
		json_style_enter(&style, text, member->value);
	json_layout_value(rewrite->out, value,
			  style.lines ? &rewrite->style : &style);
}

void
json_rewrite_drop(struct json_rewrite *rewrite,
		  const struct json_member *member)
{
	pass(rewrite, member);
}

void
json_rewrite_append(struct json_rewrite *rewrite, struct slice key)
{
	if (rewrite->count)
		json_layout_next(rewrite->out, &rewrite->style);
	else if (rewrite->first)
		copy(rewrite, rewrite->open + 1, rewrite->first);
	else
		json_layout_break(rewrite->out, &rewrite->style,
				  rewrite->style.level);
	rewrite->count++;
	if (key.len) {
		buffer_add(rewrite->out, key.at, key.len);
		buffer_add(rewrite->out, rewrite->style.colon.at,
			   rewrite->style.colon.len);
	}
}

void
json_rewrite_end(struct json_rewrite *rewrite)
{
	size_t close = json_skip_blanks(rewrite->text, rewrite->end);

	if (rewrite->count && !rewrite->first)
		json_layout_break(rewrite->out, &rewrite->style,
				  rewrite->style.level - 1);
	else if (rewrite->count || !rewrite->first)
		copy(rewrite, rewrite->end, close);
	copy(rewrite, close, close + 1);
}
