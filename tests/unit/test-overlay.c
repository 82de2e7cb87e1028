/* test-overlay.c - an overlay holds what was written, epoch by epoch
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The model is a plain array per epoch, written by memcpy.
 */
#include <config.h>

#include "base/bytes.h"
#include "source/overlay.h"
#include "unit.h"

#define SIZE   (96u * 1024u + 300u) /* ends within a granule */
#define EPOCHS 6u

static uint32_t random_state;

static uint32_t
next_random(uint32_t below)
{
	random_state = random_state * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)random_state * below >> 32);
}

struct model {
	char base[SIZE];
	char image[EPOCHS + 1][SIZE]; /* [e]: before epoch e */
	struct source *memory;
	struct source *overlay;
};

static struct model *
model_new(uint32_t seed)
{
	struct balimg_error err = { 0 };
	struct model *model = calloc(1, sizeof(*model));
	size_t i;

	CHECK(model);
	random_state = seed;
	for (i = 0; i < SIZE; i++)
		model->base[i] = i % 4096 < 1024 ? 0 : (char)next_random(256);
	memcpy(model->image[0], model->base, SIZE);
	model->memory = source_memory_open(model->base, SIZE, &err);
	CHECK(model->memory);
	model->overlay = overlay_open(model->memory, &err);
	CHECK(model->overlay);
	return model;
}

static void
model_free(struct model *model)
{
	source_close(model->overlay);
	source_close(model->memory);
	free(model);
}

static void
write_somewhere(struct model *model, char *image)
{
	struct balimg_error err = { 0 };
	size_t offset = next_random(SIZE);
	size_t len = next_random(next_random(4) ? 700 : 9000) + 1;
	size_t i;

	if (next_random(3) == 0)
		offset -= offset % OVERLAY_GRANULE;
	if (len > SIZE - offset)
		len = SIZE - offset;

	switch (next_random(8)) {
	case 0: /* what is there already */
		break;
	case 1: /* what the base holds */
		memcpy(image + offset, model->base + offset, len);
		break;
	case 2:
		memset(image + offset, 0, len);
		CHECK_OK(source_zero(model->overlay, offset, len, &err), err);
		return;
	default:
		for (i = 0; i < len; i++)
			image[offset + i] = (char)next_random(256);
	}
	CHECK_OK(source_write(model->overlay, offset, image + offset, len,
			      &err),
		 err);
}

static void
check_views(struct model *model, unsigned epochs)
{
	struct balimg_error err = { 0 };
	char *got = malloc(SIZE);
	size_t offset = next_random(SIZE);
	size_t len = next_random((uint32_t)(SIZE - offset)) + 1;
	unsigned e;

	CHECK(got);
	CHECK_OK(source_read(model->overlay, offset, got, len, &err), err);
	CHECK(!memcmp(got, model->image[epochs] + offset, len));
	for (e = 0; e < epochs; e++) {
		CHECK_OK(overlay_read_before(model->overlay, e, 0, got, SIZE,
					     &err),
			 err);
		CHECK(!memcmp(got, model->image[e], SIZE));
	}
	free(got);
}

/* Records come in order, do not overlap, and differ from what lies below in
 * every granule; applying them to the base gives the image. */
static void
check_records(struct model *model, const char *want)
{
	struct balimg_error err = { 0 };
	char *image = malloc(SIZE);
	const struct overlay_record *record, *last = NULL;
	char below[OVERLAY_GRANULE], data[OVERLAY_GRANULE];
	size_t i, skip, len;

	CHECK(image);
	memcpy(image, model->base, SIZE);
	for (i = 0; i < overlay_record_count(model->overlay); i++) {
		record = overlay_get_record(model->overlay, i);
		CHECK(record->offset % OVERLAY_GRANULE == 0);
		CHECK(range_within(record->offset, record->len, SIZE));
		CHECK(record->len % OVERLAY_GRANULE == 0 ||
		      record->offset + record->len == SIZE);
		CHECK(!last || last->epoch < record->epoch ||
		      (last->epoch == record->epoch &&
		       last->offset + last->len <= record->offset));
		for (skip = 0; skip < record->len; skip += len) {
			len = record->len - skip < OVERLAY_GRANULE ?
				      (size_t)record->len - skip :
				      OVERLAY_GRANULE;
			CHECK_OK(overlay_read_record(model->overlay, record,
						     skip, data, len, &err),
				 err);
			CHECK_OK(overlay_read_before(model->overlay,
						     record->epoch,
						     record->offset + skip,
						     below, len, &err),
				 err);
			CHECK(memcmp(data, below, len));
			CHECK(!record->zero || bytes_are_zero(data, len));
			memcpy(image + record->offset + skip, data, len);
		}
		last = record;
	}
	CHECK(!memcmp(image, want, SIZE));
	free(image);
}

static void
check_extents(struct model *model, const char *want)
{
	struct balimg_error err = { 0 };
	struct extent extent;
	uint64_t at = 0;

	while (at < SIZE) {
		CHECK_OK(source_extents(model->overlay, at, &extent, &err),
			 err);
		CHECK(extent.offset == at && extent.len);
		CHECK(range_within(at, extent.len, SIZE));
		CHECK(extent.kind == EXTENT_DATA ||
		      bytes_are_zero(want + at, extent.len));
		at += extent.len;
	}
}

static void
test_random(uint32_t seed)
{
	struct balimg_error err = { 0 };
	struct model *model = model_new(seed);
	unsigned e, i;

	for (e = 0; e < EPOCHS; e++) {
		if (e)
			memcpy(model->image[e + 1], model->image[e], SIZE);
		else
			memcpy(model->image[1], model->base, SIZE);
		/* The model's image e+1 is what epoch e makes of image e. */
		do {
			for (i = 0; i < 40; i++)
				write_somewhere(model, model->image[e + 1]);
		} while (!memcmp(model->image[e], model->image[e + 1], SIZE));
		check_views(model, e + 1);
		check_records(model, model->image[e + 1]);
		check_extents(model, model->image[e + 1]);
		CHECK_OK(source_barrier(model->overlay, &err), err);
		CHECK_OK(source_barrier(model->overlay, &err), err);
	}
	model_free(model);
}

static void
test_nothing_changed(void)
{
	struct balimg_error err = { 0 };
	struct model *model = model_new(7);

	CHECK_OK(source_write(model->overlay, 100, model->base + 100, 5000,
			      &err),
		 err);
	CHECK_OK(source_zero(model->overlay, 8192, 1024, &err), err);
	CHECK_OK(source_barrier(model->overlay, &err), err);
	CHECK(overlay_is_empty(model->overlay));

	/* Changed, and changed back before the barrier. */
	CHECK_OK(source_write(model->overlay, 3000, "other", 5, &err), err);
	CHECK(!overlay_is_empty(model->overlay));
	CHECK_OK(source_write(model->overlay, 3000, model->base + 3000, 5,
			      &err),
		 err);
	CHECK(overlay_is_empty(model->overlay));
	CHECK_FAILS(source_write(model->overlay, SIZE - 1, "ab", 2, &err), err,
		    BALIMG_E_INVALID);
	model_free(model);
}

/* Written one after the other, bytes make one record. */
static void
test_sequential(void)
{
	struct balimg_error err = { 0 };
	struct model *model = model_new(9);
	char data[1024];
	unsigned i;

	memset(data, 0x5a, sizeof(data));
	for (i = 0; i < 64; i++)
		CHECK_OK(source_write(model->overlay, 1024u * i, data,
				      sizeof(data), &err),
			 err);
	CHECK(overlay_record_count(model->overlay) == 1);
	for (i = 0; i < 64; i++)
		CHECK_OK(source_zero(model->overlay, 4096u + 1024u * i, 1024,
				     &err),
			 err);
	CHECK(overlay_record_count(model->overlay) < 30);
	model_free(model);
}

/* 40 MiB with random rewrites: beyond what stays in memory. */
static void
test_spill(void)
{
	enum {
		LEN = 40 << 20,
		PIECE = 300000
	};
	struct balimg_error err = { 0 };
	char *base = calloc(1, LEN), *want = calloc(1, LEN);
	char *got = malloc(LEN);
	struct source *memory = source_memory_open(base, LEN, &err);
	struct source *overlay = overlay_open(memory, &err);
	size_t i, at;

	CHECK(base && want && got && memory && overlay);
	CHECK_OK(overlay_spill_to(overlay, "/nonexistent", &err), err);
	random_state = 3;
	for (at = 0; at < LEN; at++)
		want[at] = (char)(next_random(255) + 1);
	for (at = 0; at < LEN; at += i) {
		i = LEN - at < PIECE ? LEN - at : PIECE;
		CHECK_OK(source_write(overlay, at, want + at, i, &err), err);
	}
	CHECK(overlay_record_count(overlay) == 1);
	for (i = 0; i < 300; i++) {
		at = next_random(LEN - 4000);
		memset(want + at, (int)i, 4000);
		if (i == 150)
			CHECK_OK(source_barrier(overlay, &err), err);
		CHECK_OK(source_write(overlay, at, want + at, 4000, &err),
			 err);
	}
	CHECK_OK(source_read(overlay, 0, got, LEN, &err), err);
	CHECK(!memcmp(got, want, LEN));
	source_close(overlay);
	source_close(memory);
	free(base);
	free(want);
	free(got);
}

int
main(void)
{
	uint32_t seed;

	for (seed = 1; seed <= 40; seed++)
		test_random(seed);
	test_nothing_changed();
	test_sequential();
	test_spill();
	return 0;
}
