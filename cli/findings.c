/* findings.c - what a check found, for people
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "findings.h"
#include "report.h"
#include "term.h"
#include "text.h"

static enum ink
severity_ink(const char *severity)
{
	if (!strcmp(severity, "error"))
		return INK_RED;
	return strcmp(severity, "warning") ? INK_CYAN : INK_YELLOW;
}

static void
put_finding(const struct context *ctx, const json_t *finding,
	    const char *place, const char *whole)
{
	const char *severity = answer_string(finding, "severity");
	const char *where = answer_string(finding, place);

	if (!*where)
		where = whole;
	printf("%s%s%s: ", term_ink(ctx, stdout, severity_ink(severity)),
	       severity, term_ink(ctx, stdout, INK_PLAIN));
	if (*where) {
		text_put(stdout, where);
		fputs(": ", stdout);
	}
	text_put(stdout, answer_string(finding, "text"));
	puts(answer_is_true(finding, "repair") ? " (repairable)" : "");
}

void
findings_print(const struct context *ctx, const json_t *findings,
	       const char *place, const char *whole)
{
	const json_t *finding;
	size_t i;

	json_array_foreach(findings, i, finding)
		put_finding(ctx, finding, place, whole);
	fflush(stdout);
	if (!json_array_size(findings))
		say(ctx, "%s: no faults found", ctx->path);
}

static bool
have_errors(const json_t *findings, bool lasting)
{
	const json_t *finding;
	size_t i;

	json_array_foreach(findings, i, finding) {
		if (!strcmp(answer_string(finding, "severity"), "error") &&
		    !(lasting && answer_is_true(finding, "repair")))
			return true;
	}
	return false;
}

bool
findings_have_errors(const json_t *findings)
{
	return have_errors(findings, false);
}

bool
findings_have_lasting(const json_t *findings)
{
	return have_errors(findings, true);
}

size_t
findings_repairable(const json_t *findings)
{
	const json_t *finding;
	size_t count = 0;
	size_t i;

	json_array_foreach(findings, i, finding)
		count += answer_is_true(finding, "repair");
	return count;
}
