/* no-memory.h - what is done without memory
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_TESTS_NO_MEMORY_H
#define BALIMG_TESTS_NO_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include <balimg.h>

/* A question, which is answered with text; or what is staged by a call; or a
 * list of one edit. */
struct job {
	const char *name;
	char *(*question)(struct balimg_image *image,
			  struct balimg_error *err);
	int (*stage)(struct balimg_image *image, struct balimg_error *err);
	bool copies;	     /* to the file "output", with undo_path */
	bool undoes;	     /* undo_path */
	bool needs_bundle;   /* bundle_name */
	bool sampled;	     /* takes too long for all of its allocations */
	bool says_same;	     /* a question with always the same answer */
	const char *makes;   /* the file that a question makes */
	void (*clear)(void); /* what else it leaves, if it fails, too */
	enum balimg_op op;
	const char *target;
	const char *data; /* "@png" and "@key": what the arguments name */
};

extern const struct job jobs[];
extern const size_t job_count;

/* Names in the current folder. */
extern const char *const undo_path;
extern const char *const bundle_name;

#endif /* BALIMG_TESTS_NO_MEMORY_H */
