/* hup-build.c - make an update bundle
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "answer.h"
#include "cleanup.h"
#include "edit.h"
#include "hup.h"
#include "image.h"
#include "input.h"
#include "output.h"
#include "progress.h"
#include "put.h"
#include "report.h"
#include "size.h"
#include "table.h"
#include "term.h"
#include "text.h"
#include "xalloc.h"

enum {
	OPTION_SPLASH = OPTION_OWN,
	OPTION_WITH,
	OPTION_THREADS,
	OPTION_BASIS,
	OPTION_MANIFEST,
};

const struct option hup_build_options[] = {
	{ OPTION_OUTPUT, 'o', "output", "FILE",
	  "what to make; .gz, .bz2 and .xz at its end compress it; else "
	  "resinhup-VERSION.tar.gz or hostapp-VERSION.docker" },
	{ OPTION_FORCE, 0, "force", NULL, "replace FILE if it exists" },
	{ OPTION_SPLASH, 0, "splash", "PNG", "with this boot splash" },
	{ OPTION_WITH, 0, "with", "PATH=FILE",
	  "with FILE at PATH of the root file system" },
	{ OPTION_BASIS, 0, "basis", "FILE",
	  "IMAGE is a delta: make what it stands for, of this bundle or "
	  "image" },
	{ OPTION_MANIFEST, 0, "manifest", "FILE",
	  "IMAGE is a folder: what hup unpack recorded of it, if that is not "
	  "in IMAGE.manifest" },
	{ OPTION_THREADS, 0, "threads", "N",
	  "compress by N threads, not by one for each processor" },
	{ 0 },
};

/* ---- what it is made of -------------------------------------------- */

static bool
begins(const char *data, size_t len, const char *magic, size_t magic_len)
{
	return len >= magic_len && !memcmp(data, magic, magic_len);
}

/* A tar file, or what is compressed, as no image that we open is. */
static bool
is_archive(const char *head, size_t len)
{
	return begins(head, len, "\x1f\x8b", 2) ||
	       begins(head, len, "BZh", 3) ||
	       begins(head, len, "\xfd\x37zXZ", 6) ||
	       begins(head, len, "\x28\xb5\x2f\xfd", 4) ||
	       (len >= 262 && !memcmp(head + 257, "ustar", 5));
}

/* Is it a folder or a tar file, and no image? */
static bool
is_tree(const char *path)
{
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char head[512];
	struct stat st;
	ssize_t len;

	if (fd < 0 || fstat(fd, &st) < 0)
		return false;
	if (S_ISDIR(st.st_mode))
		return true;
	len = S_ISREG(st.st_mode) ? read(fd, head, sizeof(head)) : 0;
	return len > 0 && is_archive(head, (size_t)len);
}

static int
add_file(struct context *ctx, const char *word)
{
	const char *equals = strchr(word, '=');
	AUTO_FREE char *path = NULL;

	if (!equals || equals == word)
		return fail_usage(ctx, "\"%s\" is not PATH=FILE", word);
	path = xasprintf("%s%.*s", *word == '/' ? "" : "/",
			 (int)(equals - word), word);
	return put_add_file(ctx, equals + 1, path);
}

static int
take_threads(struct context *ctx, const char *word, unsigned *threads)
{
	unsigned long count;
	char *end;

	errno = 0;
	count = strtoul(word, &end, 10);
	if (errno || *end || *word < '0' || *word > '9' || !count ||
	    count > 1024)
		return fail_usage(ctx,
				  "--threads takes a number from 1 on, "
				  "not \"%s\"",
				  word);
	*threads = (unsigned)count;
	return 0;
}

static int
take_options(struct context *ctx, unsigned *threads)
{
	size_t i;

	*threads = 0;
	ctx->edits = balimg_edits_new(&ctx->err);
	if (!ctx->edits)
		return -1;
	for (i = 0; i < ctx->given_count; i++) {
		const struct given *given = &ctx->given[i];
		int rc = 0;

		if (given->option->id == OPTION_SPLASH)
			rc = input_splash(ctx, given->value);
		else if (given->option->id == OPTION_WITH)
			rc = add_file(ctx, given->value);
		else if (given->option->id == OPTION_THREADS)
			rc = take_threads(ctx, given->value, threads);
		if (rc < 0)
			return -1;
	}
	return 0;
}

/* ---- the answer ---------------------------------------------------- */

static void
put_layers(const struct context *ctx, const json_t *layers)
{
	struct table table = { .heads = { "LAYER", ">SIZE", "CONTENT" } };
	const json_t *layer;
	size_t i;

	if (!json_array_size(layers))
		return;
	json_array_foreach(layers, i, layer) {
		char text[SIZE_TEXT];

		size_text(text, (uint64_t)answer_number(layer, "size"));
		table_add(&table, answer_string(layer, "diffId"));
		table_add(&table, text);
		table_add(&table, strcmp(answer_string(layer, "rebuilt"),
					 "identical") ?
					  "written anew" :
					  "as it was");
	}
	putchar('\n');
	table_print(ctx, stdout, &table, 2);
}

static void
put_answer(const struct context *ctx, const json_t *answer)
{
	long long left_out = answer_number(answer, "leftOut");
	AUTO_FREE char *note = NULL;

	hup_put_head(ctx, answer_string(answer, "output"), answer);
	table_put_fact(ctx, "image", answer_string(answer, "imageId"));
	table_put_fact(ctx, "manifest", answer_string(answer, "manifest"));
	put_layers(ctx, json_object_get(answer, "layers"));
	if (!left_out)
		return;
	note = xasprintf("left out %lld device node%s or socket%s", left_out,
			 left_out == 1 ? "" : "s", left_out == 1 ? "" : "s");
	say_note(ctx, "note", ctx->path, note);
}

/* The device gets the owners that a folder has, or that a manifest says. */
static void
warn_of_owner(const struct context *ctx, const json_t *answer)
{
	AUTO_FREE char *text = NULL;
	struct stat st;

	if (*answer_string(answer, "manifest") || stat(ctx->path, &st) < 0 ||
	    !S_ISDIR(st.st_mode) || !st.st_uid)
		return;
	text = xasprintf("belongs to user %u, and so it will on the device: "
			 "let --manifest say who owns what, or build as root "
			 "or within a fakeroot",
			 (unsigned)st.st_uid);
	say_note(ctx, "warning", ctx->path, text);
}

static char *
build(struct context *ctx, unsigned threads)
{
	const char *output = context_value(ctx, OPTION_OUTPUT);
	const char *basis = context_value(ctx, OPTION_BASIS);
	const char *manifest = context_value(ctx, OPTION_MANIFEST);
	const char *compress = NULL;
	unsigned flags = context_flags(ctx);
	struct progress progress;
	char *text;

	/* A name without an end asks for none; no name leaves it open. */
	if (output &&
	    output_compression(ctx, output, ".tar, .docker, .gz, .bz2 or .xz",
			       &compress) < 0)
		return NULL;
	if (output && !compress)
		compress = "";
	if (!basis && !is_tree(ctx->path) && !manifest &&
	    image_open(ctx, flags) < 0)
		return NULL;
	progress_begin(&progress, ctx);
	text = ctx->image ?
		       balimg_bundle_build(ctx->image, ctx->edits, output,
					   compress, threads, flags,
					   &ctx->err) :
		       balimg_bundle_build_tree(ctx->path, manifest, basis,
						ctx->edits, output, compress,
						threads, flags, progress_heed,
						&progress, &ctx->err);
	progress_end(&progress);
	return text;
}

int
hup_build(struct context *ctx, int argc, char **argv)
{
	AUTO_TEXT char *text = NULL;
	AUTO_JSON json_t *answer = NULL;
	unsigned threads;

	(void)argc;
	(void)argv;
	if (output_check_file(ctx, "a bundle") < 0 ||
	    take_options(ctx, &threads) < 0)
		return -1;
	text = build(ctx, threads);
	answer = answer_parse(ctx, text);
	if (!answer)
		return -1;
	warn_of_owner(ctx, answer);
	if (!answer_passed_on(ctx, text))
		put_answer(ctx, answer);
	return 0;
}
