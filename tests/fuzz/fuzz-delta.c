/* fuzz-delta.c - any bytes as a delta to any other
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The first byte is the length of the basis, which follows; the rest is the
 * delta.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "bundle/delta-patch.h"
#include "fuzz.h"

#define PIECE 61u /* bytes of the delta at a time */
#define LIMIT (1u << 20)

struct input {
	struct tree_content head; /* first */
	const uint8_t *data;
	size_t left;
};

static int
give(struct tree_content *head, void *piece, size_t room, size_t *got,
     struct balimg_error *err)
{
	struct input *input = (struct input *)head;

	(void)err;
	*got = tree_next(input->left, 0, room < PIECE ? room : PIECE);
	memcpy(piece, input->data, *got);
	input->data += *got;
	input->left -= *got;
	return 0;
}

struct output {
	struct sink head; /* first */
	uint64_t len;
};

static int
take(struct sink *head, const void *data, size_t len, struct balimg_error *err)
{
	struct output *output = (struct output *)head;

	(void)data;
	(void)err;
	output->len += len;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t basis = size && data[0] < size ? data[0] : 0;
	struct balimg_error err = { 0 };
	struct delta_patch patch = { .limit = LIMIT };
	struct output output = { .head.write = take };
	struct input input = { .head.read = give };
	int rc;

	if (!size)
		return 0;
	input.data = data + 1 + basis;
	input.left = size - 1 - basis;
	patch.basis = source_memory_open(data + 1, basis, &err);
	if (!patch.basis)
		abort();
	rc = delta_patch(&patch, &input.head, &output.head, &err);
	if (output.len > patch.done || patch.done > LIMIT)
		abort();
	if (rc < 0 ? !error_is_finding(&err) : output.len != patch.done)
		abort();
	source_close(patch.basis);
	return 0;
}
