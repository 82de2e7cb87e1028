/* report.h - what goes wrong, and what else is said beside the answer
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The answer goes to standard output, all talk to standard error.  Only a
 * failure under --json is an answer: {"error":{...}}.
 */
#ifndef BALIMG_CLI_REPORT_H
#define BALIMG_CLI_REPORT_H

#include <stdio.h>

#include "context.h"

/* Set ctx->err, unless it is set already; all return -1.  The message is one
 * sentence without a full stop. */
int fail(struct context *ctx, enum balimg_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A system call failed: errno is appended, and chooses the code. */
int fail_sys(struct context *ctx, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The command line is wrong; the right help page becomes the hint. */
int fail_usage(struct context *ctx, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* What to do about it; returns -1. */
int fail_hint(struct context *ctx, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Compilers and analyzers see one file at a time: tell them that these return
 * -1, or they warn of what is not set after a failure. */
static inline int
fail_result(int minus_one)
{
	(void)minus_one;
	return -1;
}

#ifndef REPORT_IMPLEMENTATION
#define fail(...)	fail_result((fail)(__VA_ARGS__))
#define fail_sys(...)	fail_result((fail_sys)(__VA_ARGS__))
#define fail_usage(...) fail_result((fail_usage)(__VA_ARGS__))
#define fail_hint(...)	fail_result((fail_hint)(__VA_ARGS__))
#endif

/* Tell ctx->err to the user; returns the exit status. */
int report_error(const struct context *ctx);

/* Say something on standard error, unless --quiet: fmt, and a newline. */
void say(const struct context *ctx, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Say "note: where: text" or "warning: where: text", unless --quiet; where
 * may be "". */
void say_note(const struct context *ctx, const char *severity,
	      const char *where, const char *text);

#endif /* BALIMG_CLI_REPORT_H */
