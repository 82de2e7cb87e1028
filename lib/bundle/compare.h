/* compare.h - the differences between two trees
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Of each path a record of some 150 bytes is kept, with sums in place of what
 * is long.  Times do not count, and a hard link is what it is a name of.
 */
#ifndef BALIMG_BUNDLE_COMPARE_H
#define BALIMG_BUNDLE_COMPARE_H

#include "base/digest.h"
#include "bundle/archive.h"
#include "bundle/tree.h"

struct compare_record {
	char *path, *target; /* owned; no target: NULL */
	size_t age;	     /* how many came before it */
	enum tree_type type;
	unsigned mode;
	uint32_t uid, gid, major, minor;
	uint64_t size;
	uint8_t content[SHA256_SIZE]; /* of a file */
	uint8_t xattrs[SHA256_SIZE];  /* whatever their order */
};

/* One tree. */
struct compare_list {
	struct tree_visitor visitor; /* first: records what it meets */
	const struct progress *progress;
	uint64_t *done; /* bytes, of both */
	struct compare_record *records;
	size_t count, room;
};

void compare_list_begin(struct compare_list *list,
			const struct progress *progress, uint64_t *done);

/* All was met: put the records into the order of their paths, each of which
 * is there once, the last that came; hard links are as their files were. */
int compare_list_settle(struct compare_list *list, struct balimg_error *err)
	MUST_USE;

void compare_list_release(struct compare_list *list);

#endif /* BALIMG_BUNDLE_COMPARE_H */
