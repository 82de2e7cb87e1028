/* plan.c - what an edit changes, shown like a difference
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "cleanup.h"
#include "command.h"
#include "plan.h"
#include "report.h"
#include "term.h"
#include "text.h"
#include "xalloc.h"

#define VALUE_COLUMNS 60 /* of a value, before it is cut */
#define LEAD	      24 /* bytes shown before a difference, at most */

json_t *
plan_read(struct context *ctx)
{
	AUTO_TEXT char *text = NULL;

	text = balimg_plan(ctx->image, context_flags(ctx), &ctx->err);
	return answer_parse(ctx, text);
}

void
plan_put_notes(const struct context *ctx, const json_t *plan)
{
	const json_t *note;
	size_t i;

	if (ctx->json)
		return;
	json_array_foreach(json_object_get(plan, "notes"), i, note)
		say_note(ctx, answer_string(note, "severity"),
			 answer_string(note, "where"),
			 answer_string(note, "text"));
}

static void
put_value(const char *safe, size_t skip)
{
	AUTO_FREE char *cut = NULL;

	cut = text_cut(safe + skip, VALUE_COLUMNS - (skip ? 1 : 0));
	if (skip)
		fputs(text_is_utf8() ? "…" : "...", stdout);
	fputs(cut, stdout);
}

/* How much of two safe texts to leave out, so that where they differ is seen:
 * nothing if they are short, else what they both begin with, to the start of
 * the line, if that is near, and never into a character. */
static size_t
count_common(const char *a, const char *b)
{
	size_t at = 0, start;

	if (text_width(a) <= VALUE_COLUMNS && text_width(b) <= VALUE_COLUMNS)
		return 0;
	while (a[at] && a[at] == b[at])
		at++;
	if (at <= VALUE_COLUMNS / 2)
		return 0;
	start = at - LEAD;
	while (at > start && strncmp(a + at, "\\n", 2) != 0)
		at--;
	at += at > start ? 2 : 0;
	while ((a[at] & 0xc0) == 0x80)
		at--;
	return at;
}

static void
put_values(const char *before, const char *after)
{
	AUTO_FREE char *old = text_safe(before ? before : "");
	AUTO_FREE char *new = text_safe(after ? after : "");
	size_t skip;

	if (before && after && !strcmp(before, after)) {
		fputs("only what is hidden differs", stdout);
		return;
	}
	skip = before && after ? count_common(old, new) : 0;
	if (before)
		put_value(old, skip);
	if (before && after)
		fputs(text_is_utf8() ? " → " : " -> ", stdout);
	if (after)
		put_value(new, skip);
}

/* "~ resin-boot:/config.json: hostname  a -> b" */
static void
put_change(const struct context *ctx, const json_t *change)
{
	const char *before =
		json_string_value(json_object_get(change, "before"));
	const char *after =
		json_string_value(json_object_get(change, "after"));
	enum ink ink = !before ? INK_GREEN : !after ? INK_RED : INK_YELLOW;
	const char *sign = !before ? "+" : !after ? "-" : "~";

	printf("%s%s ", term_ink(ctx, stdout, ink), sign);
	text_put(stdout, answer_string(change, "where"));
	fputs(term_ink(ctx, stdout, INK_PLAIN), stdout);
	if ((before && *before) || (after && *after))
		fputs("  ", stdout);
	put_values(before, after);
	putchar('\n');
}

static void
merge(json_t *answer, json_t *part)
{
	if (part && json_object_update(answer, part) < 0)
		out_of_memory();
}

static void
put_json(const struct context *ctx, json_t *plan, json_t *done)
{
	AUTO_JSON json_t *answer = xjson(json_object());
	const char *output = context_value(ctx, OPTION_OUTPUT);
	size_t count = json_array_size(json_object_get(plan, "changes"));

	merge(answer, done);
	if (!done)
		answer_set(answer, "changed", json_boolean(count > 0));
	answer_set(answer, "dryRun", json_boolean(!done));
	if (output)
		answer_set(answer, "output", answer_text(output));
	merge(answer, plan);
	answer_put(answer);
}

static void
say_outcome(const struct context *ctx, size_t count, const json_t *done)
{
	const char *output = context_value(ctx, OPTION_OUTPUT);

	if (!done)
		say(ctx, "%s: dry run, nothing was written", ctx->path);
	else if (output)
		say(ctx, "%s: written", output);
	else if (!count && !answer_is_true(done, "changed"))
		say(ctx, "%s: nothing to change", ctx->path);
}

void
plan_put(const struct context *ctx, json_t *plan, json_t *done)
{
	const json_t *changes = json_object_get(plan, "changes");
	const json_t *change;
	size_t i;

	if (ctx->json) {
		put_json(ctx, plan, done);
		return;
	}
	if (!ctx->quiet || !done) {
		json_array_foreach(changes, i, change)
			put_change(ctx, change);
	}
	fflush(stdout);
	say_outcome(ctx, json_array_size(changes), done);
}
