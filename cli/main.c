/* main.c - find the command and run it
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <errno.h>
#include <locale.h>
#include <stdio.h>

#include "command.h"
#include "help.h"
#include "options.h"
#include "report.h"
#include "run.h"

/* What was printed must have arrived: a full disk is a failure. */
static int
close_stdout(struct context *ctx)
{
	bool failed = ferror(stdout) != 0;

	errno = 0;
	if (fclose(stdout) == 0 && !failed)
		return 0;
	return errno ? fail_sys(ctx, "standard output") :
		       fail(ctx, BALIMG_E_IO, "standard output: write error");
}

static int
run_line(struct context *ctx, int argc, char **argv)
{
	struct option_set set;
	const char *near;
	int words;

	option_set_command(&set, NULL);
	words = options_parse(ctx, &set, true, argc, argv);
	if (words < 0)
		return -1;
	if (context_has(ctx, OPTION_VERSION)) {
		help_version(ctx, stdout);
		return 0;
	}
	if (context_has(ctx, OPTION_HELP) && words == argc) {
		help_overview(ctx, stdout);
		return 0;
	}
	if (words == argc)
		return fail_usage(ctx, "which command?");

	ctx->command = command_find(argv[words]);
	if (ctx->command)
		return run_command(ctx, argc - words - 1, argv + words + 1);

	options_stop(ctx, argc - words, argv + words);
	near = command_suggest(NULL, argv[words]);
	if (near)
		fail_hint(ctx, "did you mean `balimg %s`?", near);
	return fail_usage(ctx, "there is no command \"%s\"", argv[words]);
}

int
main(int argc, char **argv)
{
	struct context ctx = { 0 };
	int status;

	setlocale(LC_CTYPE, "");
	status = run_line(&ctx, argc - 1, argv + 1);
	if (status < 0)
		status = report_error(&ctx);
	if (close_stdout(&ctx) < 0 && status <= 1) {
		ctx.json = false;
		status = report_error(&ctx);
	}
	context_clear(&ctx);
	return status;
}
