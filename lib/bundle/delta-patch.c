/* delta-patch.c - a file made of another and of what differs
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "bundle/delta-patch.h"

#define MAGIC 0x72730236u
#define PIECE (128u << 10) /* bytes read, and written, at a time */

/* Commands.  Up to OP_SHORT the number itself is the length of what follows.
 * Above, numbers of 1, 2, 4 or 8 bytes follow first: in order of OP_LITERAL a
 * length; in order of OP_COPY a place in the basis, and a length. */
enum {
	OP_END = 0x00,
	OP_SHORT = 0x40,
	OP_LITERAL = 0x41,
	OP_COPY = 0x45,
	OP_RESERVED = 0x55,
};

struct work {
	struct delta_patch *patch;
	struct tree_content *delta;
	struct sink *sink;
	size_t at, len; /* of ->in */
	size_t out_len;
	uint8_t in[PIECE], out[PIECE];
};

/* ---- bytes in and out ---------------------------------------------- */

/* See that there is a byte at ->at of ->in. */
static int
need_input(struct work *work, struct balimg_error *err)
{
	if (work->at < work->len)
		return 0;
	work->at = 0;
	if (work->delta->read(work->delta, work->in, PIECE, &work->len, err) <
	    0)
		return -1;
	return work->len ? 0 :
			   error_set(err, BALIMG_E_INVALID,
				     "the delta ends too early");
}

/* A number of @width bytes. */
static int
read_number(struct work *work, unsigned width, uint64_t *number,
	    struct balimg_error *err)
{
	*number = 0;
	while (width--) {
		if (need_input(work, err) < 0)
			return -1;
		*number = *number << 8 | work->in[work->at++];
	}
	return 0;
}

static int
flush(struct work *work, struct balimg_error *err)
{
	size_t len = work->out_len;

	work->out_len = 0;
	if (progress_report(work->patch->progress, "patching",
			    work->patch->done, 0, err) < 0)
		return -1;
	return sink_write(work->sink, work->out, len, err);
}

/* May @len more bytes be made? */
static int
count(struct work *work, uint64_t len, struct balimg_error *err)
{
	struct delta_patch *patch = work->patch;

	if (len > patch->limit - patch->done)
		return error_set(err, BALIMG_E_INVALID,
				 "the delta makes more than %" PRIu64
				 " GiB, as no root file system has",
				 patch->limit >> 30);
	patch->done += len;
	return 0;
}

/* ---- commands ------------------------------------------------------ */

static int
put_literal(struct work *work, uint64_t len, struct balimg_error *err)
{
	size_t now;

	if (count(work, len, err) < 0)
		return -1;
	for (; len; len -= now) {
		if (need_input(work, err) < 0)
			return -1;
		now = work->len - work->at;
		if (now > PIECE - work->out_len)
			now = PIECE - work->out_len;
		if (now > len)
			now = (size_t)len;
		memcpy(work->out + work->out_len, work->in + work->at, now);
		work->at += now;
		work->out_len += now;
		if (work->out_len == PIECE && flush(work, err) < 0)
			return -1;
	}
	return 0;
}

static int
put_copy(struct work *work, uint64_t at, uint64_t len,
	 struct balimg_error *err)
{
	uint64_t size = source_size(work->patch->basis);
	size_t now;

	if (!range_within(at, len, size))
		return error_set(err, BALIMG_E_INVALID,
				 "the delta wants %" PRIu64
				 " bytes at %" PRIu64
				 " of its basis, which has %" PRIu64,
				 len, at, size);
	if (count(work, len, err) < 0)
		return -1;
	for (; len; len -= now, at += now) {
		now = PIECE - work->out_len;
		if (now > len)
			now = (size_t)len;
		if (source_read(work->patch->basis, at,
				work->out + work->out_len, now, err) < 0)
			return -1;
		work->out_len += now;
		if (work->out_len == PIECE && flush(work, err) < 0)
			return -1;
	}
	return 0;
}

/* *@more: it was not the last one. */
static int
follow(struct work *work, bool *more, struct balimg_error *err)
{
	uint64_t byte, at, len;
	unsigned op;

	if (read_number(work, 1, &byte, err) < 0)
		return -1;
	op = (unsigned)byte;
	*more = op != OP_END;
	if (op <= OP_SHORT)
		return put_literal(work, op, err);
	if (op >= OP_RESERVED)
		return error_set(err, BALIMG_E_INVALID,
				 "the delta has a command 0x%02x, which "
				 "nobody knows",
				 op);
	if (op < OP_COPY)
		return read_number(work, 1u << (op - OP_LITERAL), &len, err) <
				       0 ?
			       -1 :
			       put_literal(work, len, err);
	if (read_number(work, 1u << (op - OP_COPY) / 4, &at, err) < 0 ||
	    read_number(work, 1u << (op - OP_COPY) % 4, &len, err) < 0)
		return -1;
	return put_copy(work, at, len, err);
}

static struct work *
work_new(struct delta_patch *patch, struct tree_content *delta,
	 struct sink *out, struct balimg_error *err)
{
	struct work *work = malloc(sizeof(*work));

	if (!work) {
		error_nomem(err);
		return NULL;
	}
	work->patch = patch;
	work->delta = delta;
	work->sink = out;
	work->at = work->len = work->out_len = 0;
	return work;
}

int
delta_copy(struct delta_patch *patch, uint64_t at, uint64_t len,
	   struct sink *out, struct balimg_error *err)
{
	AUTO_FREE struct work *work = work_new(patch, NULL, out, err);

	if (!work || put_copy(work, at, len, err) < 0)
		return -1;
	return flush(work, err);
}

int
delta_patch(struct delta_patch *patch, struct tree_content *delta,
	    struct sink *out, struct balimg_error *err)
{
	AUTO_FREE struct work *work = work_new(patch, delta, out, err);
	uint64_t magic;
	bool more = true;

	if (!work)
		return -1;
	if (read_number(work, 4, &magic, err) < 0)
		return -1;
	if (magic != MAGIC)
		return error_set(err, BALIMG_E_INVALID,
				 "is no delta: it begins with %08x, not "
				 "with %08x",
				 (unsigned)magic, MAGIC);
	while (more)
		if (follow(work, &more, err) < 0)
			return -1;
	return flush(work, err);
}
