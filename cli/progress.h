/* progress.h - long work shows how far it is, and heeds Ctrl-C
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Between progress_begin() and progress_end() an interrupt does not kill the
 * tool: the library stops where it is safe.  A second one does kill; the
 * image's journal is made for that.
 */
#ifndef BALIMG_CLI_PROGRESS_H
#define BALIMG_CLI_PROGRESS_H

#include <signal.h>
#include <stdbool.h>
#include <time.h>

#include "context.h"

#define PROGRESS_SIGNALS 3

struct progress {
	const struct context *ctx;
	bool visible;	      /* is there a terminal to draw on? */
	bool drawn;	      /* is there a bar to wipe off? */
	struct timespec next; /* when to draw again */
	struct sigaction old[PROGRESS_SIGNALS];
};

/* Watch ctx->image, if it is open, until progress_end(). */
void progress_begin(struct progress *progress, const struct context *ctx);
void progress_end(struct progress *progress);

/* What progress_begin() has the image call, for calls without an image; @data
 * is the progress. */
int progress_heed(void *data, const char *what, uint64_t done, uint64_t total);

/* The same where nothing is written: an interrupt kills. */
void progress_show(struct progress *progress, const struct context *ctx);
void progress_hide(struct progress *progress);

#endif /* BALIMG_CLI_PROGRESS_H */
