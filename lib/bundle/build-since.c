/* build-since.c - what became of an image since a container was made of it
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The container has a layer of its own for what is written to it, and a
 * volume, which the engine filled with the image's /boot.
 */
#include <config.h>

#include "balenaos/hostapp.h"
#include "base/bytes.h"
#include "bundle/build-layer.h"

#define PIECE 65536u

/* Sums up a tree: what there is, and its contents; times and the owners of
 * directories differ from copy to copy. */
struct summer {
	struct tree_visitor visitor; /* first */
	struct digest digest;
	char piece[PIECE];
};

static void
add_text(struct summer *summer, const char *text)
{
	digest_add(&summer->digest, text ? text : "",
		   text ? strlen(text) + 1 : 1);
}

static int
sum_up(struct tree_visitor *visitor, const struct tree_entry *entry,
       struct tree_content *content, struct balimg_error *err)
{
	struct summer *summer = (struct summer *)visitor;
	size_t got = content != NULL;
	uint8_t facts[16];

	le32_put(facts, entry->type);
	le32_put(facts + 4, entry->type == TREE_FILE ? entry->mode : 0);
	le64_put(facts + 8, entry->size);
	digest_add(&summer->digest, facts, sizeof(facts));
	add_text(summer, entry->path);
	add_text(summer, entry->target);
	while (got) {
		if (content->read(content, summer->piece, PIECE, &got, err) <
		    0)
			return -1;
		digest_add(&summer->digest, summer->piece, got);
	}
	return 0;
}

/* The sum of @vol's /boot; zeroes if there is none. */
static int
sum_boot(struct volume *vol, uint8_t sum[SHA256_SIZE],
	 struct balimg_error *err)
{
	AUTO_FREE struct summer *summer = calloc(1, sizeof(*summer));
	bool exists;

	if (!summer)
		return error_nomem(err);
	memset(sum, 0, SHA256_SIZE);
	if (volume_exists(vol, "/boot", &exists, err) < 0)
		return -1;
	if (!exists)
		return 0;
	summer->visitor.visit = sum_up;
	digest_begin(&summer->digest, DIGEST_SHA256);
	if (tree_walk_volume(vol, "/boot", &summer->visitor, err) < 0)
		return -1;
	digest_finish(&summer->digest, sum);
	return 0;
}

struct counter {
	struct tree_visitor visitor; /* first */
	bool is_aufs;
	uint64_t count;
};

static int
count_entry(struct tree_visitor *visitor, const struct tree_entry *entry,
	    struct tree_content *content, struct balimg_error *err)
{
	struct counter *counter = (struct counter *)visitor;

	(void)content;
	(void)err;
	if (*entry->path &&
	    !(counter->is_aufs && build_is_aufs_own(entry->path)))
		counter->count++;
	return 0;
}

int
build_is_changed(const struct build_request *request,
		 const struct hostapp_image *image, bool *changed,
		 struct balimg_error *err)
{
	AUTO_VOLUME struct volume *alone = NULL;
	uint8_t before[SHA256_SIZE], now[SHA256_SIZE];
	struct counter counter = { .visitor.visit = count_entry,
				   .is_aufs = image->is_aufs };

	if (tree_walk_volume(request->raw, image->own, &counter.visitor, err) <
	    0)
		return -1;
	*changed = counter.count > 0;
	if (*changed)
		return 0;
	alone = hostapp_open_image(request->raw, err);
	if (!alone || sum_boot(alone, before, err) < 0 ||
	    sum_boot(request->view, now, err) < 0)
		return -1;
	*changed = memcmp(before, now, SHA256_SIZE) != 0;
	return 0;
}
