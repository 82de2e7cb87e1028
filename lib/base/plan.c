/* plan.c - what a command is about to change, and what it has to say
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plan.h"

struct plan {
	struct plan_change *changes;
	size_t change_count;
	struct plan_note *notes;
	size_t note_count;
	bool incomplete;
};

struct plan *
plan_new(struct balimg_error *err)
{
	struct plan *plan = calloc(1, sizeof(*plan));

	if (!plan)
		error_nomem(err);
	return plan;
}

static void
clear_change(struct plan_change *change)
{
	free(change->where);
	free(change->before);
	free(change->after);
	free(change->before_shown);
	free(change->after_shown);
}

void
plan_free(struct plan *plan)
{
	size_t i;

	if (!plan)
		return;
	for (i = 0; i < plan->change_count; i++)
		clear_change(&plan->changes[i]);
	for (i = 0; i < plan->note_count; i++) {
		free(plan->notes[i].where);
		free(plan->notes[i].text);
	}
	free(plan->changes);
	free(plan->notes);
	free(plan);
}

/* Copy @text, NULL staying NULL; remembers a failure. */
static char *
copy_text(struct plan *plan, const char *text)
{
	char *copy;

	if (!text)
		return NULL;
	copy = strdup(text);
	if (!copy)
		plan->incomplete = true;
	return copy;
}

static bool
same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static void
drop_change(struct plan *plan, size_t at)
{
	clear_change(&plan->changes[at]);
	plan->change_count--;
	memmove(&plan->changes[at], &plan->changes[at + 1],
		(plan->change_count - at) * sizeof(*plan->changes));
}

/* A later change of the same thing: only the end result counts. */
static void
revise_change(struct plan *plan, size_t at, const struct plan_change *new)
{
	struct plan_change *change = &plan->changes[at];

	free(change->after);
	free(change->after_shown);
	change->after = copy_text(plan, new->after);
	change->after_shown = copy_text(plan, new->after_shown);
	change->secret = change->secret || new->secret;
	if (same_text(change->before, change->after))
		drop_change(plan, at);
}

static void
add_change(struct plan *plan, const struct plan_change *new)
{
	struct plan_change *changes;
	size_t i;

	for (i = 0; i < plan->change_count; i++) {
		if (same_text(plan->changes[i].where, new->where)) {
			revise_change(plan, i, new);
			return;
		}
	}
	if (same_text(new->before, new->after))
		return;

	changes = realloc(plan->changes,
			  (plan->change_count + 1) * sizeof(*changes));
	if (!changes) {
		plan->incomplete = true;
		return;
	}
	plan->changes = changes;
	changes[plan->change_count++] = (struct plan_change){
		.where = copy_text(plan, new->where),
		.before = copy_text(plan, new->before),
		.after = copy_text(plan, new->after),
		.before_shown = copy_text(plan, new->before_shown),
		.after_shown = copy_text(plan, new->after_shown),
		.secret = new->secret,
	};
}

void
plan_change(struct plan *plan, const char *where, const char *before,
	    const char *after, bool secret)
{
	struct plan_change change = {
		.where = (char *)where,
		.before = (char *)before,
		.after = (char *)after,
		.secret = secret,
	};

	add_change(plan, &change);
}

void
plan_change_shown(struct plan *plan, const char *where, const char *before,
		  const char *before_shown, const char *after,
		  const char *after_shown)
{
	struct plan_change change = {
		.where = (char *)where,
		.before = (char *)before,
		.after = (char *)after,
		.before_shown = (char *)before_shown,
		.after_shown = (char *)after_shown,
		.secret = true,
	};

	add_change(plan, &change);
}

void
plan_note(struct plan *plan, enum plan_severity severity, const char *where,
	  const char *fmt, ...)
{
	struct plan_note *notes;
	char text[1024];
	va_list ap;
	size_t i;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (i = 0; i < plan->note_count; i++) {
		if (same_text(plan->notes[i].where, where) &&
		    same_text(plan->notes[i].text, text)) {
			if (severity > plan->notes[i].severity)
				plan->notes[i].severity = severity;
			return;
		}
	}

	notes = realloc(plan->notes, (plan->note_count + 1) * sizeof(*notes));
	if (!notes) {
		plan->incomplete = true;
		return;
	}
	plan->notes = notes;
	notes[plan->note_count++] = (struct plan_note){
		.severity = severity,
		.where = copy_text(plan, where),
		.text = copy_text(plan, text),
	};
}

size_t
plan_change_count(const struct plan *plan)
{
	return plan->change_count;
}

const struct plan_change *
plan_get_change(const struct plan *plan, size_t at)
{
	return &plan->changes[at];
}

size_t
plan_note_count(const struct plan *plan)
{
	return plan->note_count;
}

const struct plan_note *
plan_get_note(const struct plan *plan, size_t at)
{
	return &plan->notes[at];
}

bool
plan_is_incomplete(const struct plan *plan)
{
	return plan->incomplete;
}
