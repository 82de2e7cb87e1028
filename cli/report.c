/* report.c - what goes wrong, and what else is said beside the answer
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <string.h>

#include "answer.h"
#include "cleanup.h"
#include "command.h"
#include "options.h"
#define REPORT_IMPLEMENTATION
#include "report.h"
#include "term.h"
#include "text.h"
#include "xalloc.h"

static int __attribute__((format(printf, 3, 0)))
set_error(struct context *ctx, enum balimg_code code, const char *fmt,
	  va_list ap)
{
	struct balimg_error *err = &ctx->err;

	if (err->code != BALIMG_OK)
		return -1;
	err->code = code;
	vsnprintf(err->message, sizeof(err->message), fmt, ap);
	return -1;
}

int
fail(struct context *ctx, enum balimg_code code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set_error(ctx, code, fmt, ap);
	va_end(ap);
	return -1;
}

int
fail_hint(struct context *ctx, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!*ctx->err.hint)
		vsnprintf(ctx->err.hint, sizeof(ctx->err.hint), fmt, ap);
	va_end(ap);
	return -1;
}

static enum balimg_code
code_of_errno(int number)
{
	switch (number) {
	case ENOENT:
	case ENOTDIR:
		return BALIMG_E_NOT_FOUND;
	case ENOSPC:
	case EDQUOT:
		return BALIMG_E_NO_SPACE;
	case ENOMEM:
		return BALIMG_E_NO_MEMORY;
	case EEXIST:
		return BALIMG_E_REFUSED;
	case EISDIR:
		return BALIMG_E_INVALID;
	default:
		return BALIMG_E_IO;
	}
}

int
fail_sys(struct context *ctx, const char *fmt, ...)
{
	int number = errno;
	char what[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (ctx->err.code == BALIMG_OK)
		ctx->err.sys_errno = number;
	return fail(ctx, code_of_errno(number), "%s: %s", what,
		    strerror(number));
}

int
fail_usage(struct context *ctx, const char *fmt, ...)
{
	const char *command = ctx->command ? ctx->command->name : "";
	const char *verb = ctx->verb ? ctx->verb->name : "";
	va_list ap;

	va_start(ap, fmt);
	set_error(ctx, BALIMG_E_USAGE, fmt, ap);
	va_end(ap);
	return fail_hint(ctx, "`balimg help%s%s%s%s` explains it",
			 *command ? " " : "", command, *verb ? " " : "", verb);
}

/* One line, made of printf pieces, in which images have no say. */
static void
put_line(const struct context *ctx, enum ink ink, const char *head,
	 const char *where, const char *text)
{
	fputs(term_ink(ctx, stderr, ink), stderr);
	fputs(head, stderr);
	fputs(term_ink(ctx, stderr, INK_PLAIN), stderr);
	if (*where) {
		text_put(stderr, where);
		fputs(": ", stderr);
	}
	text_put(stderr, text);
	fputc('\n', stderr);
}

static void
report_json(const struct balimg_error *err)
{
	AUTO_JSON json_t *root = NULL;

	root = xjson(json_pack("{s:{s:s,s:o,s:o,s:o}}", "error", "code",
			       balimg_code_name(err->code), "message",
			       answer_text(err->message), "where",
			       answer_text(err->where), "hint",
			       answer_text(err->hint)));
	answer_put(root);
}

/* "usage: balimg config set [OPTION]... IMAGE KEY=VALUE..." */
static void
put_usage(const struct context *ctx)
{
	const struct verb *verb = ctx->verb;

	if (!verb)
		return;
	fprintf(stderr, "usage: balimg %s%s%s%s%s%s\n", ctx->command->name,
		*verb->name ? " " : "", verb->name,
		verb_has_options(verb) ? " [OPTION]..." : "",
		*verb->operands ? " " : "", verb->operands);
}

int
report_error(const struct context *ctx)
{
	const struct balimg_error *err = &ctx->err;

	if (ctx->json) {
		report_json(err);
		return balimg_exit_status(err->code);
	}
	put_line(ctx, INK_RED, "balimg: ", err->where, err->message);
	if (err->code == BALIMG_E_USAGE)
		put_usage(ctx);
	if (*err->hint)
		put_line(ctx, INK_CYAN, "hint: ", "", err->hint);
	return balimg_exit_status(err->code);
}

void
say(const struct context *ctx, const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	va_list ap;

	if (ctx->quiet)
		return;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		out_of_memory();
	va_end(ap);
	text_put(stderr, text);
	fputc('\n', stderr);
}

void
say_note(const struct context *ctx, const char *severity, const char *where,
	 const char *text)
{
	AUTO_FREE char *head = xasprintf("%s: ", severity);

	if (!ctx->quiet)
		put_line(ctx, strcmp(severity, "note") ? INK_YELLOW : INK_CYAN,
			 head, where, text);
}
