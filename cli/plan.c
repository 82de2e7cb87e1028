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
put_value(const char *value)
{
	AUTO_FREE char *safe = text_safe(value);
	AUTO_FREE char *cut = text_cut(safe, VALUE_COLUMNS);

	fputs(cut, stdout);
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
	if (before)
		put_value(before);
	if (before && after)
		fputs(text_is_utf8() ? " → " : " -> ", stdout);
	if (after)
		put_value(after);
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
