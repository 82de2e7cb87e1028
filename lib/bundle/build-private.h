/* build-private.h - what making a bundle is made of
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Entries pass through visitors that hand them on: from the walk of a tree
 * through build_changes to what writes them.
 */
#ifndef BALIMG_BUNDLE_BUILD_PRIVATE_H
#define BALIMG_BUNDLE_BUILD_PRIVATE_H

#include "base/buffer.h"
#include "base/digest.h"
#include "bundle/build.h"
#include "bundle/tree.h"

/* ---- build-change.c ---- */

/* A file whose content is a source's. */
struct build_content {
	struct tree_content head; /* first */
	struct source *source;
	uint64_t at;
};
struct build_content build_content_of(struct source *source);

/* Hand @visitor a new file of root's, of this time. */
int build_put_file(struct tree_visitor *visitor, const char *path,
		   unsigned mode, struct source *content,
		   struct balimg_error *err) MUST_USE;
/* The same of a directory, mode 0755. */
int build_put_directory(struct tree_visitor *visitor, const char *path,
			struct balimg_error *err) MUST_USE;

/* How far a change got. */
struct build_changed {
	bool placed;  /* an old file was replaced */
	size_t known; /* bytes of its path that are a directory's */
};

/* Hands on what it meets to ->next, the changes in it. */
struct build_changes {
	struct tree_visitor visitor; /* first */
	struct tree_visitor *next;
	const struct build_change *changes;
	size_t count;
	struct build_changed *state;
};

/* Begin, with the changes of @request. */
int build_changes_begin(struct build_changes *changes,
			const struct build_request *request,
			struct tree_visitor *next, struct balimg_error *err)
	MUST_USE;

/* The whole tree passed by: hand on what is new, with the directories that it
 * needs. */
int build_changes_finish(struct build_changes *changes,
			 struct balimg_error *err) MUST_USE;

void build_changes_clear(struct build_changes *changes);
#define AUTO_BUILD_CHANGES __attribute__((cleanup(build_changes_clear)))

/* ---- build-sums.c ---- */

struct build_sum {
	char *path;
	uint8_t md5[MD5_SIZE];
};

/* The sums of all files that passed by. */
struct build_sums {
	struct build_sum *sums;
	size_t count, room;
	bool sorted;
};

int build_sums_add(struct build_sums *sums, const char *path,
		   const uint8_t md5[MD5_SIZE], struct balimg_error *err)
	MUST_USE;

/* The sum of @path, or NULL; all are sorted for that. */
const uint8_t *build_sums_find(struct build_sums *sums, const char *path);

void build_sums_clear(struct build_sums *sums);

/* What a fingerprint is to be. */
struct build_print {
	const char *folder; /* what its paths are below: "" or "resin-boot/" */
	const char *old;    /* the one that was there, or NULL */
	const char *blanks; /* between sum and path, where there was none */
	const struct build_request *request;
};

/* Write to @text the lines of the old one that still are of a file, with the
 * sums of now, and those of files that were added; or, without an old one, of
 * all files in its folder.  *@lines: how many. */
int build_fingerprint(struct build_sums *sums, const struct build_print *print,
		      struct buffer *text, unsigned long *lines,
		      struct balimg_error *err) MUST_USE;

/* ---- build-quirks.c ---- */

#define BUILD_QUIRKS 3u

/* A file of the root that is to be in quirks, too. */
struct build_quirk {
	enum tree_type type; /* TREE_FILE or TREE_SYMLINK */
	unsigned mode;
	int64_t mtime;
	struct buffer text; /* its content, or what the link says */
	bool met;
};

/* All zero to begin with, but for @first: is it of a release before 2.0? */
struct build_quirks {
	bool first;
	struct build_quirk quirks[BUILD_QUIRKS];
};

/* @entry passes by: where its content is to be kept, or NULL. */
struct buffer *build_quirks_note(struct build_quirks *quirks,
				 const struct tree_entry *entry);

/* Hand @visitor the folder "quirks", with what was noted. */
int build_quirks_put(struct build_quirks *quirks, struct tree_visitor *visitor,
		     struct balimg_error *err) MUST_USE;

void build_quirks_clear(struct build_quirks *quirks);

/* ---- the two kinds: what was made, for the answer ---- */

json_t *build_docker(struct build_request *request, struct balimg_error *err)
	MUST_USE;
json_t *build_root(struct build_request *request, struct balimg_error *err)
	MUST_USE;

/* Compress all of the file @fd to ->out of @request. */
int build_pack(const struct build_request *request, int fd,
	       struct balimg_error *err) MUST_USE;

/* Walk the tree of @request, which is no image. */
int build_walk_tree(const struct build_request *request,
		    struct tree_visitor *visitor, struct balimg_error *err)
	MUST_USE;

#endif /* BALIMG_BUNDLE_BUILD_PRIVATE_H */
