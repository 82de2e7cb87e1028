/* output.c - bytes of an image, written outside it
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "answer.h"
#include "cleanup.h"
#include "command.h"
#include "output.h"
#include "report.h"
#include "term.h"
#include "text.h"
#include "xalloc.h"

/* ---- compression --------------------------------------------------- */

/* What names may end in; of two that fit, the first counts. */
static const struct {
	const char *suffix;
	const char *compress; /* NULL: that is not written */
} suffixes[] = {
	{ ".gz", "gz" },    { ".tgz", "gz" },  { ".bz2", "bz2" },
	{ ".tbz2", "bz2" }, { ".tbz", "bz2" }, { ".xz", "xz" },
	{ ".txz", "xz" },   { ".zst", "zst" }, { ".tzst", "zst" },
	{ ".7z", NULL },    { ".br", NULL },   { ".bz", NULL },
	{ ".lrz", NULL },   { ".lz", NULL },   { ".lz4", NULL },
	{ ".lzma", NULL },  { ".lzo", NULL },  { ".rar", NULL },
	{ ".taz", NULL },   { ".tlz", NULL },  { ".z", NULL },
	{ ".zip", NULL },   { ".zstd", NULL },
};

/* The end of @file that is @suffix, in letters of either case; or NULL. */
static const char *
find_suffix(const char *file, const char *suffix)
{
	size_t len = strlen(file), end = strlen(suffix);

	return len > end && !strcasecmp(file + len - end, suffix) ?
		       file + len - end :
		       NULL;
}

int
output_compression(struct context *ctx, const char *file, const char *known,
		   const char **compress)
{
	const char *suffix;
	size_t i;

	*compress = NULL;
	for (i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		suffix = find_suffix(file, suffixes[i].suffix);
		if (!suffix)
			continue;
		*compress = suffixes[i].compress;
		if (*compress)
			return 0;
		fail(ctx, BALIMG_E_REFUSED, "%s: no %s file can be written",
		     file, suffix);
		return fail_hint(ctx, "let the name end in %s", known);
	}
	return 0;
}

/* ---- writing ------------------------------------------------------- */

/* What is no regular file (a pipe, /dev/null) is written directly. */
static int
open_special(struct context *ctx, struct output *output)
{
	output->fd = open(output->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return output->fd < 0 ? fail_sys(ctx, "%s", output->path) : 0;
}

/* What any new file of ours may be. */
static mode_t
default_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

static int
open_temporary(struct context *ctx, struct output *output, mode_t mode)
{
	output->temporary = xasprintf("%s.XXXXXX", output->path);
	output->fd = mkostemp(output->temporary, O_CLOEXEC);
	if (output->fd < 0) {
		free(output->temporary);
		output->temporary = NULL;
		return fail_sys(ctx, "%s", output->path);
	}
	if (fchmod(output->fd, mode) < 0)
		return fail_sys(ctx, "%s", output->path);
	return 0;
}

/* Is it the file that the bytes come from? */
static bool
is_image(const struct context *ctx, const struct stat *st)
{
	struct stat image;

	return ctx->path && stat(ctx->path, &image) == 0 &&
	       image.st_dev == st->st_dev && image.st_ino == st->st_ino;
}

int
output_open(struct context *ctx, struct output *output, const char *path)
{
	struct stat st;

	*output = (struct output){ .path = path, .fd = -1 };
	if (!*path)
		return fail_usage(ctx, "FILE has an empty name");
	if (!strcmp(path, "-")) {
		output->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
		return output->fd < 0 ? fail_sys(ctx, "standard output") : 0;
	}
	if (stat(path, &st) < 0)
		return errno == ENOENT ?
			       open_temporary(ctx, output, default_mode()) :
			       fail_sys(ctx, "%s", path);
	if (is_image(ctx, &st)) {
		fail(ctx, BALIMG_E_REFUSED, "%s is the image itself", path);
		return fail_hint(ctx, "name another file");
	}
	if (!S_ISREG(st.st_mode))
		return open_special(ctx, output);
	if (!context_has(ctx, OPTION_FORCE)) {
		fail(ctx, BALIMG_E_REFUSED, "%s exists already", path);
		return fail_hint(ctx, "replace it with --force");
	}
	return open_temporary(ctx, output, st.st_mode & 0777);
}

static void
report_file(const struct context *ctx, const char *path)
{
	AUTO_JSON json_t *answer = xjson(json_object());

	answer_set(answer, "output", answer_text(path));
	if (ctx->json)
		answer_put(answer);
}

int
output_commit(struct context *ctx, struct output *output)
{
	int fd = output->fd;

	output->fd = -1;
	if (close(fd) < 0)
		return fail_sys(ctx, "%s", output->path);
	if (!output->temporary)
		return 0;
	if (rename(output->temporary, output->path) < 0)
		return fail_sys(ctx, "%s", output->path);
	free(output->temporary);
	output->temporary = NULL;
	report_file(ctx, output->path);
	return 0;
}

void
output_close(struct output *output)
{
	if (output->fd >= 0)
		close(output->fd);
	if (output->temporary)
		unlink(output->temporary);
	free(output->temporary);
}

int
output_check_file(struct context *ctx, const char *what)
{
	const char *path = context_value(ctx, OPTION_OUTPUT);
	const char *undo = context_value(ctx, OPTION_UNDO);

	if (path && !strcmp(path, "-"))
		return fail_usage(ctx,
				  "%s is not written to standard output: "
				  "name a file with -o",
				  what);
	if ((path && !*path) || (undo && !*undo))
		return fail_usage(ctx, "%s has an empty name",
				  path && !*path ? "-o" : "--undo");
	if (path && undo && !strcmp(path, undo))
		return fail_usage(ctx, "-o and --undo name the same file");
	return 0;
}

int
output_print(struct context *ctx, const char *data, size_t len)
{
	if (!term_is_terminal(stdout)) {
		fwrite(data, 1, len, stdout);
		return 0;
	}
	if (memchr(data, '\0', len)) {
		fail(ctx, BALIMG_E_REFUSED,
		     "this is binary data, and standard output a terminal");
		return fail_hint(ctx, "send it to a file or a pipe");
	}
	text_put_lines(stdout, data, len);
	return 0;
}
