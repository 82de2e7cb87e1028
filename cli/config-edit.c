/* config-edit.c - config.json in the user's editor
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The copy holds secrets: it is readable for the user only, in a folder of
 * its own, and gone afterwards.  No shell is run: the editor's command line
 * is split at blanks.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ask.h"
#include "cleanup.h"
#include "config-edit.h"
#include "edit.h"
#include "input.h"
#include "report.h"
#include "xalloc.h"

struct copy {
	char *folder;
	char *path;
};

static void
remove_copy(struct copy *copy)
{
	if (copy->path)
		unlink(copy->path);
	if (copy->folder)
		rmdir(copy->folder);
	free(copy->path);
	free(copy->folder);
}

#define AUTO_COPY __attribute__((cleanup(remove_copy)))

static const char *
first_set(const char *one, const char *other, const char *fallback)
{
	const char *value = getenv(one);

	if (!value || !*value)
		value = getenv(other);
	return value && *value ? value : fallback;
}

static int
write_copy(struct context *ctx, const struct copy *copy, const char *text)
{
	AUTO_FD int fd = -1;
	size_t len = strlen(text);
	ssize_t put;

	fd = open(copy->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail_sys(ctx, "%s", copy->path);
	for (; len; text += put, len -= (size_t)put) {
		put = write(fd, text, len);
		if (put < 0 && errno != EINTR)
			return fail_sys(ctx, "%s", copy->path);
		if (put < 0)
			put = 0;
	}
	return 0;
}

static int
make_copy(struct context *ctx, struct copy *copy, const char *text)
{
	char *folder =
		xasprintf("%s/balimg.XXXXXX",
			  first_set("XDG_RUNTIME_DIR", "TMPDIR", "/tmp"));

	if (!mkdtemp(folder)) {
		fail_sys(ctx, "%s", folder);
		free(folder);
		return -1;
	}
	copy->folder = folder;
	copy->path = xasprintf("%s/config.json", folder);
	return write_copy(ctx, copy, text);
}

/* Split @line at blanks in place, and put @path and NULL behind. */
static char **
split_words(char *line, char *path)
{
	char **words = xcalloc(strlen(line) / 2 + 3, sizeof(*words));
	char *rest = NULL;
	size_t count = 0;
	char *word;

	for (word = strtok_r(line, " \t", &rest); word;
	     word = strtok_r(NULL, " \t", &rest))
		words[count++] = word;
	words[count++] = path;
	return words;
}

/* While the editor has the terminal, Ctrl-C is for it; it gets the signals
 * as they were for us. */
static int
spawn_editor(struct context *ctx, char **words)
{
	struct sigaction ignore = { 0 };
	struct sigaction interrupt, quit;
	posix_spawnattr_t attr;
	sigset_t defaults;
	int status = -1;
	int failed;
	pid_t pid;

	ignore.sa_handler = SIG_IGN;
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGINT);
	sigaddset(&defaults, SIGQUIT);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &defaults);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	sigaction(SIGINT, &ignore, &interrupt);
	sigaction(SIGQUIT, &ignore, &quit);

	failed = posix_spawnp(&pid, words[0], NULL, &attr, words, environ);
	while (!failed && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;

	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	posix_spawnattr_destroy(&attr);
	if (failed) {
		errno = failed;
		return fail_sys(ctx, "editor %s", words[0]);
	}
	if (status != 0)
		return fail(ctx, BALIMG_E_IO, "editor %s failed", words[0]);
	return 0;
}

static int
run_editor(struct context *ctx, const struct copy *copy)
{
	AUTO_FREE char *line = NULL;
	AUTO_FREE char **words = NULL;

	line = xasprintf("%s", first_set("VISUAL", "EDITOR", "vi"));
	words = split_words(line, copy->path);
	if (words[0] == copy->path)
		return fail(ctx, BALIMG_E_USAGE, "no editor is named");
	return spawn_editor(ctx, words);
}

/* After a refusal: true if the user wants to edit on.  The image is opened
 * anew, as a failed edit may be staged by half. */
static bool
edit_again(struct context *ctx)
{
	enum balimg_code code;

	if (!ask_can() || ctx->err.code == BALIMG_E_IO)
		return false;
	report_error(ctx);
	code = ctx->err.code;
	memset(&ctx->err, 0, sizeof(ctx->err));
	if (!ask("Edit again?", true)) {
		fail(ctx, code, "config.json is as it was");
		return false;
	}
	balimg_edits_free(ctx->edits);
	ctx->edits = balimg_edits_new(&ctx->err);
	return ctx->edits && edit_open(ctx) == 0;
}

/* One round: the editor, and what it left is staged if it is new. */
static int
edit_once(struct context *ctx, const struct copy *copy, const char *before)
{
	AUTO_FREE char *after = NULL;
	size_t len;

	if (run_editor(ctx, copy) < 0 ||
	    input_read(ctx, copy->path, &after, &len) < 0)
		return -1;
	if (len == strlen(before) && !memcmp(before, after, len))
		return 0;
	if (edit_add(ctx, BALIMG_CONFIG_INJECT, "what you left", after, len) <
	    0)
		return -1;
	return edit_stage(ctx);
}

int
edit_config(struct context *ctx, int argc, char **argv)
{
	AUTO_COPY struct copy copy = { 0 };
	AUTO_TEXT char *before = NULL;

	(void)argc, (void)argv;
	before = balimg_config_get(ctx->image, NULL, BALIMG_SHOW_SECRETS,
				   &ctx->err);
	if (!before || make_copy(ctx, &copy, before) < 0)
		return -1;
	while (edit_once(ctx, &copy, before) < 0) {
		if (!edit_again(ctx))
			return -1;
	}
	return 0;
}
