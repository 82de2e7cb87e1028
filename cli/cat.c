/* cat.c - print files of an image
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <unistd.h>

#include "address.h"
#include "cleanup.h"
#include "command.h"
#include "output.h"
#include "report.h"
#include "term.h"
#include "xalloc.h"

/* A terminal gets text that it cannot obey, so it is kept until it is
 * whole. */
static int
print_kept(struct context *ctx, FILE *kept)
{
	AUTO_FREE char *data = NULL;
	off_t len = lseek(fileno(kept), 0, SEEK_END);

	if (len < 0)
		return fail_sys(ctx, "temporary file");
	data = xcalloc((size_t)len + 1, 1);
	if (pread(fileno(kept), data, (size_t)len, 0) != (ssize_t)len)
		return fail_sys(ctx, "temporary file");
	return output_print(ctx, data, (size_t)len);
}

static int
print_to_terminal(struct context *ctx, const char *part, const char *path)
{
	FILE *kept = tmpfile();
	int ret;

	if (!kept)
		return fail_sys(ctx, "temporary file");
	ret = balimg_file_get(ctx->image, part, path, fileno(kept), &ctx->err);
	if (ret == 0)
		ret = print_kept(ctx, kept);
	fclose(kept);
	return ret;
}

static int
print_file(struct context *ctx, const char *inside)
{
	AUTO_FREE char *part = NULL;
	const char *path;

	address_inside(inside, &part, &path);
	if (term_is_terminal(stdout))
		return print_to_terminal(ctx, part, path);
	return balimg_file_get(ctx->image, part, path, STDOUT_FILENO,
			       &ctx->err);
}

static int
print_files(struct context *ctx, int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (print_file(ctx, argv[i]) < 0)
			return -1;
	}
	return 0;
}

static const struct verb verbs[] = {
	{
		.name = "",
		.operands = "IMAGE:PART/PATH...",
		.summary = "print files of an image",
		.read = print_files,
	},
	{ 0 },
};

static const struct example examples[] = {
	{ "balimg cat sdcard.img:boot/config.txt", "Read a file:" },
	{ 0 },
};

const struct command cmd_cat = {
	.name = "cat",
	.group = GROUP_FILES,
	.summary = "print files of an image",
	.text = "The bytes are printed as they are, secrets included, also "
		"with --json; on a terminal, control characters are made "
		"visible.",
	.verbs = verbs,
	.examples = examples,
};
