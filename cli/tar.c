/* tar.c - part of an image as a tar file
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "address.h"
#include "answer.h"
#include "cleanup.h"
#include "command.h"
#include "output.h"
#include "progress.h"
#include "report.h"
#include "term.h"
#include "xalloc.h"

static void
report_sockets(const struct context *ctx, const char *text)
{
	AUTO_JSON json_t *sum = xjson(json_loads(text, 0, NULL));
	AUTO_FREE char *note = NULL;
	long long sockets = answer_number(sum, "sockets");

	if (!sockets)
		return;
	note = xasprintf("left out %lld socket%s, which tar does not know",
			 sockets, sockets == 1 ? "" : "s");
	say_note(ctx, "note", ctx->path, note);
}

static int
write_tar(struct context *ctx, const char *inside, int fd,
	  const char *compress)
{
	AUTO_TEXT char *text = NULL;
	AUTO_FREE char *part = NULL;
	struct progress progress;
	const char *path;

	address_inside(inside, &part, &path);
	progress_begin(&progress, ctx);
	text = balimg_file_tar(ctx->image, part, path, fd, compress,
			       &ctx->err);
	progress_end(&progress);
	if (!text)
		return -1;
	report_sockets(ctx, text);
	return 0;
}

static int
make_tar(struct context *ctx, int argc, char **argv)
{
	AUTO_OUTPUT struct output output = { .fd = -1 };
	const char *file = context_value(ctx, OPTION_OUTPUT);
	const char *compress;

	(void)argc;
	if (!file)
		file = "-";
	if (!strcmp(file, "-") && term_is_terminal(stdout)) {
		fail(ctx, BALIMG_E_REFUSED,
		     "a tar file is binary data, and standard output a "
		     "terminal");
		return fail_hint(ctx, "name a file with -o");
	}
	if (output_compression(ctx, file, ".tar, .gz, .bz2, .xz or .zst",
			       &compress) < 0 ||
	    output_open(ctx, &output, file) < 0 ||
	    write_tar(ctx, argv[0], output.fd, compress) < 0)
		return -1;
	return output_commit(ctx, &output);
}

static const struct option options[] = {
	{ OPTION_OUTPUT, 'o', "output", "FILE",
	  "write FILE instead of standard output; .gz, .bz2, .xz and .zst at "
	  "its end compress it" },
	{ OPTION_FORCE, 0, "force", NULL, "replace FILE if it exists" },
	{ 0 },
};

static const struct verb verbs[] = {
	{
		.name = "",
		.operands = "IMAGE:PART/PATH",
		.summary = "make a tar file of a folder in an image",
		.options = options,
		.read = make_tar,
	},
	{ 0 },
};

static const struct example examples[] = {
	{ "balimg tar sdcard.img:rootA/etc -o etc.tar.gz", "Of a folder:" },
	{ "balimg tar sdcard.img:rootA/ | tar -tv", "Of all, to a program:" },
	{ 0 },
};

const struct command cmd_tar = {
	.name = "tar",
	.group = GROUP_FILES,
	.summary = "make a tar file of a folder in an image",
	.text = "Owners, modes, times, links, device nodes and extended "
		"attributes are kept; names begin with ./ and are in order, "
		"so that the same folder makes the same file. The file "
		"appears whole or not at all.",
	.verbs = verbs,
	.examples = examples,
};
