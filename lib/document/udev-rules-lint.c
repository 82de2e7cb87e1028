/* udev-rules-lint.c - rules read as udevd reads them
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A rule is a line, or several joined by a backslash at the end of each but
 * the last; comment lines may stand between them.  Findings carry the number
 * of the line on which the rule begins.
 */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "document/udev-rules-lint.h"
#include "document/udev-rules.h"

#define RULE_MAX_LEN 16384 /* bytes of a joined rule; udevd's own bound */
#define FINDINGS_MAX 100   /* who has more will not read them */

/* A LABEL, or a GOTO to one. */
struct jump {
	char *name;
	unsigned line;
	bool label;
};

struct udev_lint {
	struct udev_findings *findings;
	size_t findings_size;
	struct jump *jumps;
	size_t jump_count, jump_size;
	unsigned line; /* on which the current rule begins */
	bool nomem;
};

/* Make room for one more element of @size bytes. */
static bool
grow(void **array, size_t *room, size_t count, size_t size)
{
	void *more;

	if (count < *room)
		return true;
	more = realloc(*array, (2 * count + 8) * size);
	if (!more)
		return false;
	*array = more;
	*room = 2 * count + 8;
	return true;
}

void
udev_lint_say(struct udev_lint *lint, bool error, const char *fmt, ...)
{
	struct udev_findings *all = lint->findings;
	void *array = all->findings;
	char text[256];
	va_list ap;

	if (all->count == FINDINGS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);

	if (!grow(&array, &lint->findings_size, all->count,
		  sizeof(*all->findings))) {
		lint->nomem = true;
		return;
	}
	all->findings = array;
	all->findings[all->count] = (struct udev_finding){
		.line = lint->line,
		.error = error,
		.text = strdup(text),
	};
	if (!all->findings[all->count].text)
		lint->nomem = true;
	else
		all->count++;
}

static void
add_jump(struct udev_lint *lint, const struct udev_token *token, bool label)
{
	void *array = lint->jumps;
	char *name;

	name = strndup(token->value.at, token->value.len);
	if (!name || !grow(&array, &lint->jump_size, lint->jump_count,
			   sizeof(*lint->jumps))) {
		free(name);
		lint->nomem = true;
		return;
	}
	lint->jumps = array;
	lint->jumps[lint->jump_count++] = (struct jump){
		.name = name,
		.line = lint->line,
		.label = label,
	};
}

/* Is there a comma between what came before @p and the next token? */
static bool
has_comma(const char *p)
{
	p += strspn(p, " \t\r");
	return *p == ',' || *p == '\0';
}

/* udevd will not see the jumps of a rule that it drops. */
static void
forget_jumps(struct udev_lint *lint, size_t keep)
{
	while (lint->jump_count > keep)
		free(lint->jumps[--lint->jump_count].name);
}

static void
lint_rule(struct udev_lint *lint, const char *rule)
{
	size_t jumps_before = lint->jump_count;
	const char *p = rule;
	struct udev_token token;
	bool kept = true;
	bool acts = false;
	bool comma;
	int rc;

	for (;;) {
		comma = p == rule || has_comma(p);
		rc = udev_token_read(&p, &token, lint);
		if (rc <= 0)
			break;
		if (!comma)
			udev_lint_say(lint, false, "no comma before %.*s",
				      UDEV_SLICE_ARGS(token.key));
		kept &= udev_token_judge(&token, lint);
		acts |= udev_token_has_effect(&token);
		if (slice_is(token.key, "GOTO"))
			add_jump(lint, &token, false);
		else if (slice_is(token.key, "LABEL"))
			add_jump(lint, &token, true);
	}
	if (rc < 0 || !kept)
		forget_jumps(lint, jumps_before);
	else if (p != rule && !acts)
		udev_lint_say(lint, false,
			      "the rule matches but does nothing");
}

/* The next line of @text, without leading blanks. */
static struct slice
next_line(struct slice *text)
{
	struct slice line = slice_next_line(text);

	while (line.len && strchr(" \t\r", *line.at)) {
		line.at++;
		line.len--;
	}
	return line;
}

/* Lint the rule gathered in @rule, and forget it. */
static void
finish_rule(struct udev_lint *lint, struct buffer *rule)
{
	if (rule->len > RULE_MAX_LEN)
		udev_lint_say(lint, true, "the rule is longer than %d bytes",
			      RULE_MAX_LEN);
	else if (rule->len)
		lint_rule(lint, rule->data);
	if (rule->len)
		buffer_splice(rule, 0, rule->len, "", 0);
}

static void
lint_lines(struct udev_lint *lint, struct slice text, struct buffer *rule)
{
	bool continued = false;
	struct slice line;
	unsigned number;

	for (number = 1; text.len && !rule->failed; number++) {
		line = next_line(&text);
		if (line.len && *line.at == '#')
			continue;
		if (!continued)
			lint->line = number;
		continued = line.len && line.at[line.len - 1] == '\\';
		/* What is too long already need not grow. */
		if (rule->len <= RULE_MAX_LEN)
			buffer_add(rule, line.at, line.len - continued);
		if (!continued)
			finish_rule(lint, rule);
	}
	if (continued)
		udev_lint_say(lint, true,
			      "the text ends within a continued rule");
}

static int
compare_jumps(const void *a, const void *b)
{
	const struct jump *one = a;
	const struct jump *other = b;
	int order = strcmp(one->name, other->name);

	if (order)
		return order;
	return one->line < other->line ? -1 : one->line > other->line;
}

/* A GOTO leads to a LABEL further down only.  Sorted by name and line, the
 * last label of each name is met first when walking backwards. */
static void
judge_jumps(struct udev_lint *lint)
{
	const struct jump *label = NULL;
	size_t i;

	if (!lint->jump_count)
		return;
	qsort(lint->jumps, lint->jump_count, sizeof(*lint->jumps),
	      compare_jumps);
	for (i = lint->jump_count; i-- > 0;) {
		const struct jump *jump = &lint->jumps[i];

		if (jump->label && (!label || strcmp(label->name, jump->name)))
			label = jump;
		if (jump->label || (label && jump->line < label->line &&
				    !strcmp(label->name, jump->name)))
			continue;
		lint->line = jump->line;
		udev_lint_say(lint, false,
			      "GOTO=\"%.64s\" has no LABEL further down",
			      jump->name);
	}
}

/* By line, keeping the order of those on one line; they are few. */
static void
sort_findings(struct udev_findings *findings)
{
	size_t i, j;

	for (i = 1; i < findings->count; i++) {
		struct udev_finding finding = findings->findings[i];

		for (j = i; j && findings->findings[j - 1].line > finding.line;
		     j--)
			findings->findings[j] = findings->findings[j - 1];
		findings->findings[j] = finding;
	}
}

int
udev_text_lint(const char *text, size_t len, struct udev_findings *findings,
	       struct balimg_error *err)
{
	AUTO_BUFFER struct buffer rule = BUFFER_INIT;
	struct udev_lint lint = { .findings = findings };
	struct slice all = { text, len };

	*findings = (struct udev_findings){ 0 };
	lint_lines(&lint, all, &rule);
	judge_jumps(&lint);
	forget_jumps(&lint, 0);
	free(lint.jumps);
	if (lint.nomem || rule.failed) {
		udev_findings_clear(findings);
		return error_nomem(err);
	}
	sort_findings(findings);
	return 0;
}

void
udev_findings_clear(struct udev_findings *findings)
{
	size_t i;

	for (i = 0; i < findings->count; i++)
		free(findings->findings[i].text);
	free(findings->findings);
	*findings = (struct udev_findings){ 0 };
}
