/* progress.c - long work shows how far it is, and heeds Ctrl-C
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>

#include "progress.h"
#include "size.h"
#include "term.h"
#include "text.h"

#define FIRST_DRAW 1000 /* milliseconds: shorter work shows nothing */
#define NEXT_DRAW  100
#define BAR_WIDTH  30

/* Ctrl-C, a service that is stopped, a terminal that is gone. */
static const int heeded[PROGRESS_SIGNALS] = { SIGINT, SIGTERM, SIGHUP };

/* A signal handler can reach nothing else. */
static volatile sig_atomic_t interrupted;

static void
note_interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

static void
set_next(struct progress *progress, long milliseconds)
{
	struct timespec *next = &progress->next;

	clock_gettime(CLOCK_MONOTONIC, next);
	next->tv_sec += milliseconds / 1000;
	next->tv_nsec += milliseconds % 1000 * 1000000;
	if (next->tv_nsec >= 1000000000) {
		next->tv_sec++;
		next->tv_nsec -= 1000000000;
	}
}

static bool
is_due(const struct progress *progress)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > progress->next.tv_sec ||
	       (now.tv_sec == progress->next.tv_sec &&
		now.tv_nsec >= progress->next.tv_nsec);
}

static void
draw(const char *what, uint64_t done, uint64_t total)
{
	char size[SIZE_TEXT];
	int filled, i;

	fputs("\r\033[K", stderr);
	text_put(stderr, what);
	if (!total) {
		if (done)
			fprintf(stderr, "  %s", size_text(size, done));
		return;
	}
	if (done > total)
		done = total;
	filled = (int)((double)done / (double)total * BAR_WIDTH);
	fputs("  [", stderr);
	for (i = 0; i < BAR_WIDTH; i++)
		fputc(i < filled ? '#' : '.', stderr);
	fprintf(stderr, "] %3d%%", (int)((double)done / (double)total * 100));
}

static void
wipe_off(struct progress *progress)
{
	if (progress->drawn)
		fputs("\r\033[K", stderr);
	progress->drawn = false;
}

static void
show(struct progress *progress, const char *what, uint64_t done,
     uint64_t total)
{
	if (total && done == total) {
		wipe_off(progress); /* an answer may follow */
	} else if (progress->visible && is_due(progress)) {
		draw(what, done, total);
		progress->drawn = true;
		set_next(progress, NEXT_DRAW);
	}
}

int
progress_heed(void *data, const char *what, uint64_t done, uint64_t total)
{
	show(data, what, done, total);
	return interrupted;
}

static int
only_show(void *data, const char *what, uint64_t done, uint64_t total)
{
	show(data, what, done, total);
	return 0;
}

/* What the caller had us ignore (nohup does), stays ignored. */
static void
catch_signal(int number, struct sigaction *old)
{
	struct sigaction action = { 0 };

	action.sa_handler = note_interrupt;
	action.sa_flags = SA_RESTART | (int)SA_RESETHAND;
	sigemptyset(&action.sa_mask);
	sigaction(number, NULL, old);
	if (old->sa_handler != SIG_IGN)
		sigaction(number, &action, NULL);
}

static void
begin(struct progress *progress, const struct context *ctx)
{
	*progress = (struct progress){ .ctx = ctx };
	progress->visible = !ctx->quiet && !ctx->json &&
			    term_is_terminal(stderr);
	set_next(progress, FIRST_DRAW);
}

void
progress_show(struct progress *progress, const struct context *ctx)
{
	begin(progress, ctx);
	balimg_set_progress(ctx->image, only_show, progress);
}

void
progress_hide(struct progress *progress)
{
	if (progress->ctx->image)
		balimg_set_progress(progress->ctx->image, NULL, NULL);
	wipe_off(progress);
}

void
progress_begin(struct progress *progress, const struct context *ctx)
{
	size_t i;

	begin(progress, ctx);
	interrupted = 0;
	for (i = 0; i < PROGRESS_SIGNALS; i++)
		catch_signal(heeded[i], &progress->old[i]);
	if (ctx->image)
		balimg_set_progress(ctx->image, progress_heed, progress);
}

void
progress_end(struct progress *progress)
{
	size_t i;

	progress_hide(progress);
	for (i = 0; i < PROGRESS_SIGNALS; i++)
		sigaction(heeded[i], &progress->old[i], NULL);
}
