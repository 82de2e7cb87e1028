/* digest-sink.c - a sum of bytes, worked out beside what else is done to them
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest-sink.h"
#include "base/thread.h"

#define PIECE (256u << 10)
#define COUNT 4u /* pieces that may wait to be hashed */

struct digest_sink {
	struct sink head; /* first */
	struct sink *below;
	uint64_t size; /* bytes written */
	struct digest digest;
	size_t fill; /* of the piece that is being filled */

	pthread_t thread;
	bool running;
	pthread_mutex_t mutex; /* for what follows */
	pthread_cond_t changed;
	uint64_t filled, hashed; /* pieces, of all there were */
	bool stopping;		 /* when all that are filled are hashed */
	size_t lens[COUNT];
	char pieces[COUNT][PIECE];
};

/* ---- the thread ---------------------------------------------------- */

static bool
wait_for_piece(struct digest_sink *sink)
{
	while (sink->hashed == sink->filled && !sink->stopping)
		pthread_cond_wait(&sink->changed, &sink->mutex);
	return sink->hashed < sink->filled;
}

static void *
run(void *data)
{
	struct digest_sink *sink = data;
	size_t at;

	pthread_mutex_lock(&sink->mutex);
	while (wait_for_piece(sink)) {
		at = sink->hashed % COUNT;
		pthread_mutex_unlock(&sink->mutex);
		digest_add(&sink->digest, sink->pieces[at], sink->lens[at]);
		pthread_mutex_lock(&sink->mutex);
		sink->hashed++;
		pthread_cond_broadcast(&sink->changed);
	}
	pthread_mutex_unlock(&sink->mutex);
	return NULL;
}

/* ---- the pieces ---------------------------------------------------- */

/* Have the piece hashed, and wait until another may be filled. */
static void
pass_on(struct digest_sink *sink)
{
	pthread_mutex_lock(&sink->mutex);
	sink->lens[sink->filled++ % COUNT] = sink->fill;
	sink->fill = 0;
	pthread_cond_broadcast(&sink->changed);
	while (sink->filled - sink->hashed == COUNT)
		pthread_cond_wait(&sink->changed, &sink->mutex);
	pthread_mutex_unlock(&sink->mutex);
}

static int
write_on(struct sink *head, const void *data, size_t len,
	 struct balimg_error *err)
{
	struct digest_sink *sink = (struct digest_sink *)head;
	const char *from = data;
	size_t left, now;

	sink->size += len;
	for (left = len; left; left -= now) {
		now = PIECE - sink->fill < left ? PIECE - sink->fill : left;
		/* Only this thread changes ->filled. */
		memcpy(sink->pieces[sink->filled % COUNT] + sink->fill, from,
		       now);
		from += now;
		sink->fill += now;
		if (sink->fill == PIECE)
			pass_on(sink);
	}
	return sink_write(sink->below, data, len, err);
}

/* ---- begin and end ------------------------------------------------- */

struct digest_sink *
digest_sink_open(enum digest_kind kind, struct sink *below,
		 struct balimg_error *err)
{
	AUTO_DIGEST_SINK struct digest_sink *sink = calloc(1, sizeof(*sink));

	if (!sink) {
		error_nomem(err);
		return NULL;
	}
	sink->head.write = write_on;
	sink->below = below;
	digest_begin(&sink->digest, kind);
	pthread_mutex_init(&sink->mutex, NULL);
	pthread_cond_init(&sink->changed, NULL);
	if (thread_start(&sink->thread, run, sink, err) < 0)
		return NULL;
	sink->running = true;
	return STEAL(sink);
}

struct sink *
digest_sink_head(struct digest_sink *sink)
{
	return &sink->head;
}

uint64_t
digest_sink_size(const struct digest_sink *sink)
{
	return sink->size;
}

static void
stop(struct digest_sink *sink)
{
	pthread_mutex_lock(&sink->mutex);
	sink->stopping = true;
	pthread_cond_broadcast(&sink->changed);
	pthread_mutex_unlock(&sink->mutex);
	if (sink->running)
		pthread_join(sink->thread, NULL);
	sink->running = false;
}

void
digest_sink_finish(struct digest_sink *sink, uint8_t *sum)
{
	pass_on(sink);
	stop(sink);
	digest_finish(&sink->digest, sum);
}

void
digest_sink_close(struct digest_sink *sink)
{
	if (!sink)
		return;
	stop(sink);
	pthread_cond_destroy(&sink->changed);
	pthread_mutex_destroy(&sink->mutex);
	free(sink);
}
