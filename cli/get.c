/* get.c - copy a file out of an image
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>
#include <sys/stat.h>

#include "address.h"
#include "cleanup.h"
#include "command.h"
#include "input.h"
#include "output.h"
#include "progress.h"
#include "report.h"
#include "xalloc.h"

/* @file itself, or, where that is a folder, @base in it. */
static char *
choose_file(const char *file, const char *base)
{
	struct stat st;

	if (strcmp(file, "-") && stat(file, &st) == 0 && S_ISDIR(st.st_mode))
		return xasprintf("%s%s%s", file,
				 file[strlen(file) - 1] == '/' ? "" : "/",
				 base);
	return xasprintf("%s", file);
}

static int
get_file(struct context *ctx, int argc, char **argv)
{
	AUTO_OUTPUT struct output output = { .fd = -1 };
	AUTO_FREE char *part = NULL;
	AUTO_FREE char *base = NULL;
	AUTO_FREE char *file = NULL;
	struct progress progress;
	const char *path;
	int rc;

	address_inside(argv[0], &part, &path);
	base = input_base_name(path, "");
	if (!*base)
		return fail_usage(ctx, "IMAGE:PART/PATH must name a file");
	file = choose_file(argc > 1 ? argv[1] : ".", base);
	if (output_open(ctx, &output, file) < 0)
		return -1;
	progress_begin(&progress, ctx);
	rc = balimg_file_get(ctx->image, part, path, output.fd, &ctx->err);
	progress_end(&progress);
	return rc < 0 ? -1 : output_commit(ctx, &output);
}

static const struct option options[] = {
	{ OPTION_FORCE, 0, "force", NULL, "replace FILE if it exists" },
	{ 0 },
};

static const struct verb verbs[] = {
	{
		.name = "",
		.operands = "IMAGE:PART/PATH [FILE]",
		.summary = "copy a file out of an image",
		.options = options,
		.read = get_file,
	},
	{ 0 },
};

static const struct example examples[] = {
	{ "balimg get sdcard.img:boot/config.json", "Into this folder:" },
	{ "balimg get sdcard.img:boot/os-release - | grep VERSION",
	  "To another program:" },
	{ 0 },
};

const struct command cmd_get = {
	.name = "get",
	.group = GROUP_FILES,
	.summary = "copy a file out of an image",
	.text = "Without FILE, the copy gets the file's name, in the current "
		"folder, as in FILE if that is a folder; - is standard "
		"output. The copy appears whole or not at all.",
	.verbs = verbs,
	.examples = examples,
};
