/* gzip.c - a gzip file, made by several threads
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The pieces go round in a ring: the caller's thread fills the next one and
 * takes the oldest out again, in order; the threads deflate those between.
 * A piece ends on a byte, by an empty stored block (Z_SYNC_FLUSH), so that
 * pieces can be put behind each other.  Format: RFC 1951 and 1952.
 */
#include <config.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/bytes.h"
#include "base/gzip.h"
#include "base/os.h"
#include "base/thread.h"

#define PIECE	    (128u << 10) /* bytes deflated at a time */
#define WINDOW	    (32u << 10)	 /* as far back as deflate looks */
#define ROOM	    (PIECE + PIECE / 8 + 1024u) /* more than they can become */
#define LEVEL	    6				/* as gzip, by itself */
#define THREADS_MAX 64u

enum state {
	FREE,  /* to be filled */
	READY, /* to be deflated */
	BUSY,  /* a thread has it */
	DONE,  /* to be written */
};

struct piece {
	enum state state;
	bool last;
	z_stream stream;
	size_t window_len, in_len, out_len;
	uint32_t crc;
	uint8_t window[WINDOW]; /* the end of the piece before */
	uint8_t in[PIECE];
	uint8_t out[ROOM];
};

struct gzip {
	struct sink head; /* first */
	struct sink *below;
	bool begun; /* the header is written */
	uint32_t crc;
	uint64_t size; /* of what was deflated */

	size_t count;  /* of the pieces of the ring */
	size_t opened; /* of those whose stream is */
	struct piece *pieces;
	size_t filling, writing; /* the next ones to be */

	unsigned thread_count; /* that run */
	pthread_t threads[THREADS_MAX];
	pthread_mutex_t mutex; /* for the states, and what follows */
	pthread_cond_t changed;
	size_t deflating; /* the next one to be */
	bool stopping;
};

/* ---- the threads --------------------------------------------------- */

/* The stream was made for it: nothing here can fail. */
static void
deflate_piece(struct piece *piece)
{
	z_stream *stream = &piece->stream;

	deflateReset(stream);
	if (piece->window_len)
		deflateSetDictionary(stream, piece->window,
				     (uInt)piece->window_len);
	stream->next_in = piece->in;
	stream->avail_in = (uInt)piece->in_len;
	stream->next_out = piece->out;
	stream->avail_out = ROOM;
	deflate(stream, piece->last ? Z_FINISH : Z_SYNC_FLUSH);
	piece->out_len = ROOM - stream->avail_out;
	piece->crc = (uint32_t)crc32_z(0, piece->in, piece->in_len);
}

/* The next piece to deflate, now BUSY; NULL to end. */
static struct piece *
take_piece(struct gzip *gzip)
{
	struct piece *piece;

	while (!gzip->stopping && gzip->pieces[gzip->deflating].state != READY)
		pthread_cond_wait(&gzip->changed, &gzip->mutex);
	if (gzip->stopping)
		return NULL;
	piece = &gzip->pieces[gzip->deflating];
	gzip->deflating = (gzip->deflating + 1) % gzip->count;
	piece->state = BUSY;
	return piece;
}

static void *
run(void *data)
{
	struct gzip *gzip = data;
	struct piece *piece;

	pthread_mutex_lock(&gzip->mutex);
	while ((piece = take_piece(gzip))) {
		pthread_mutex_unlock(&gzip->mutex);
		deflate_piece(piece);
		pthread_mutex_lock(&gzip->mutex);
		piece->state = DONE;
		pthread_cond_broadcast(&gzip->changed);
	}
	pthread_mutex_unlock(&gzip->mutex);
	return NULL;
}

/* ---- the ring ------------------------------------------------------ */

static void
set_state(struct gzip *gzip, struct piece *piece, enum state state)
{
	pthread_mutex_lock(&gzip->mutex);
	piece->state = state;
	pthread_cond_broadcast(&gzip->changed);
	pthread_mutex_unlock(&gzip->mutex);
}

/* No time and no name, so that the same bytes make the same file. */
static int
begin(struct gzip *gzip, struct balimg_error *err)
{
	static const uint8_t header[10] = {
		0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3
	};

	if (gzip->begun)
		return 0;
	gzip->begun = true;
	return sink_write(gzip->below, header, sizeof(header), err);
}

/* Wait for the oldest piece, and write it. */
static int
write_oldest(struct gzip *gzip, struct balimg_error *err)
{
	struct piece *piece = &gzip->pieces[gzip->writing];

	pthread_mutex_lock(&gzip->mutex);
	while (piece->state != DONE)
		pthread_cond_wait(&gzip->changed, &gzip->mutex);
	pthread_mutex_unlock(&gzip->mutex);
	gzip->writing = (gzip->writing + 1) % gzip->count;
	gzip->crc = (uint32_t)crc32_combine(gzip->crc, piece->crc,
					    (z_off_t)piece->in_len);
	gzip->size += piece->in_len;
	if (begin(gzip, err) < 0 ||
	    sink_write(gzip->below, piece->out, piece->out_len, err) < 0)
		return -1;
	set_state(gzip, piece, FREE);
	return 0;
}

/* Have the piece that was filled deflated, and make the next one free. */
static int
pass_on(struct gzip *gzip, bool last, struct balimg_error *err)
{
	struct piece *piece = &gzip->pieces[gzip->filling];
	struct piece *next;

	gzip->filling = (gzip->filling + 1) % gzip->count;
	next = &gzip->pieces[gzip->filling];
	piece->last = last;
	set_state(gzip, piece, READY);
	if (gzip->filling == gzip->writing && write_oldest(gzip, err) < 0)
		return -1;
	next->in_len = 0;
	next->window_len = piece->in_len < WINDOW ? piece->in_len : WINDOW;
	memcpy(next->window, piece->in + piece->in_len - next->window_len,
	       next->window_len);
	return 0;
}

static int
gzip_write(struct sink *sink, const void *data, size_t len,
	   struct balimg_error *err)
{
	struct gzip *gzip = (struct gzip *)sink;
	const char *from = data;
	struct piece *piece;
	size_t now;

	while (len) {
		if (gzip->pieces[gzip->filling].in_len == PIECE &&
		    pass_on(gzip, false, err) < 0)
			return -1;
		piece = &gzip->pieces[gzip->filling];
		now = PIECE - piece->in_len < len ? PIECE - piece->in_len :
						    len;
		memcpy(piece->in + piece->in_len, from, now);
		piece->in_len += now;
		from += now;
		len -= now;
	}
	return 0;
}

int
gzip_finish(struct gzip *gzip, struct balimg_error *err)
{
	uint8_t trailer[8];

	if (pass_on(gzip, true, err) < 0)
		return -1;
	while (gzip->writing != gzip->filling)
		if (write_oldest(gzip, err) < 0)
			return -1;
	le32_put(trailer, gzip->crc);
	le32_put(trailer + 4, (uint32_t)gzip->size);
	return sink_write(gzip->below, trailer, sizeof(trailer), err);
}

/* ---- begin and end ------------------------------------------------- */

static int
open_pieces(struct gzip *gzip, struct balimg_error *err)
{
	gzip->pieces = calloc(gzip->count, sizeof(*gzip->pieces));
	if (!gzip->pieces)
		return error_nomem(err);
	for (; gzip->opened < gzip->count; gzip->opened++)
		if (deflateInit2(&gzip->pieces[gzip->opened].stream, LEVEL,
				 Z_DEFLATED, -15, 8,
				 Z_DEFAULT_STRATEGY) != Z_OK)
			return error_nomem(err);
	return 0;
}

static int
start_threads(struct gzip *gzip, unsigned count, struct balimg_error *err)
{
	for (; gzip->thread_count < count; gzip->thread_count++)
		if (thread_start(&gzip->threads[gzip->thread_count], run, gzip,
				 err) < 0)
			return -1;
	return 0;
}

struct gzip *
gzip_open(struct sink *below, unsigned threads, struct balimg_error *err)
{
	AUTO_GZIP struct gzip *gzip = calloc(1, sizeof(*gzip));

	if (!gzip) {
		error_nomem(err);
		return NULL;
	}
	if (!threads)
		threads = os_processors();
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	gzip->head.write = gzip_write;
	gzip->below = below;
	/* One to be filled, and some to be done before it is. */
	gzip->count = 2 * threads + 1;
	pthread_mutex_init(&gzip->mutex, NULL);
	pthread_cond_init(&gzip->changed, NULL);
	if (open_pieces(gzip, err) < 0 ||
	    start_threads(gzip, threads, err) < 0)
		return NULL;
	return STEAL(gzip);
}

struct sink *
gzip_sink(struct gzip *gzip)
{
	return &gzip->head;
}

void
gzip_close(struct gzip *gzip)
{
	if (!gzip)
		return;
	pthread_mutex_lock(&gzip->mutex);
	gzip->stopping = true;
	pthread_cond_broadcast(&gzip->changed);
	pthread_mutex_unlock(&gzip->mutex);
	while (gzip->thread_count)
		pthread_join(gzip->threads[--gzip->thread_count], NULL);
	while (gzip->opened)
		deflateEnd(&gzip->pieces[--gzip->opened].stream);
	pthread_cond_destroy(&gzip->changed);
	pthread_mutex_destroy(&gzip->mutex);
	free(gzip->pieces);
	free(gzip);
}
