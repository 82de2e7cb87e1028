/* put.c - copy files into an image
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "command.h"
#include "edit.h"
#include "input.h"
#include "put.h"
#include "report.h"
#include "xalloc.h"

/* Does @inside leave the name to the file?  "boot", "boot/", "boot/sub/" */
static bool
is_folder(const char *inside)
{
	return !strchr(inside, '/') || inside[strlen(inside) - 1] == '/';
}

/* Where in the image @path goes. */
static char *
target(const char *path, const char *inside)
{
	AUTO_FREE char *base = NULL;

	if (!is_folder(inside))
		return xasprintf("%s", inside);
	base = input_base_name(path, "");
	return xasprintf("%s%s%s", inside, strchr(inside, '/') ? "" : "/",
			 base);
}

/* A pipe or standard input has to be read first. */
static int
add_stream(struct context *ctx, const char *path, const char *inside)
{
	AUTO_FREE char *data = NULL;
	size_t len;

	if (input_read(ctx, path, &data, &len) < 0)
		return -1;
	return edit_add(ctx, BALIMG_FILE_PUT, inside, data, len);
}

int
put_add_file(struct context *ctx, const char *path, const char *inside)
{
	AUTO_FREE char *name = NULL;
	AUTO_FD int fd = -1;
	struct stat st;

	if (!strcmp(path, "-") && is_folder(inside))
		return fail_usage(ctx, "standard input needs a name in the "
				       "image");
	name = target(path, inside);
	if (!strcmp(path, "-"))
		return add_stream(ctx, path, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return fail_sys(ctx, "%s", path);
	if (S_ISDIR(st.st_mode))
		return fail(ctx, BALIMG_E_UNSUPPORTED, "%s is a folder", path);
	if (!S_ISREG(st.st_mode))
		return add_stream(ctx, path, name);
	return balimg_edits_add_file(ctx->edits, name, fd, &ctx->err);
}

int
put_add_assignment(struct context *ctx, const char *word)
{
	const char *first = strchr(word, '=');
	const char *equals;

	/* The file is what exists in front of a '='. */
	for (equals = first; equals; equals = strchr(equals + 1, '=')) {
		AUTO_FREE char *path = NULL;

		path = xasprintf("%.*s", (int)(equals - word), word);
		if (access(path, F_OK) == 0 || !strchr(equals + 1, '='))
			return put_add_file(ctx, path, equals + 1);
	}
	return fail_usage(ctx, "\"%s\" is not FILE=PART/PATH", word);
}

static int
put_files(struct context *ctx, int argc, char **argv)
{
	const char *inside = argv[argc - 1];
	int i;

	if (!*inside)
		return fail_usage(ctx, "%s:PART/PATH says where to put it",
				  ctx->path);
	if (argc > 2 && !is_folder(inside))
		return fail_usage(ctx, "several files need a folder: %s/",
				  inside);
	for (i = 0; i + 1 < argc; i++) {
		if (put_add_file(ctx, argv[i], inside) < 0)
			return -1;
	}
	return 0;
}

static const struct verb verbs[] = {
	{
		.name = "",
		.operands = "FILE... IMAGE:PART/PATH",
		.summary = "copy files into an image",
		.edit = put_files,
	},
	{ 0 },
};

static const struct example examples[] = {
	{ "balimg put config.txt sdcard.img:boot/config.txt",
	  "Replace a file:" },
	{ "balimg put a.conf b.conf sdcard.img:boot/system-proxy/",
	  "Add two to a folder:" },
	{ 0 },
};

const struct command cmd_put = {
	.name = "put",
	.group = GROUP_FILES,
	.summary = "copy files into an image",
	.text = "PATH is the new name; where it ends in a slash, it is a "
		"folder that is there, and files keep their names. FILE may "
		"be - for standard input. In a root with layers, an old file "
		"is replaced in the layer that has it; a new one is put into "
		"the top-most layer that has its folder.",
	.verbs = verbs,
	.examples = examples,
};
