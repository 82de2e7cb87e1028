/* delta-patch.h - a file made of another and of what differs
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The delta is in the form of librsync: a magic number, then commands of
 * one byte with numbers behind them, most significant byte first.  One command
 * gives bytes that follow it, another copies a range of the basis, the last
 * ends it.  See op.go and patch.go of librsync-go in balena-engine.
 *
 * A delta may ask for anything: it gets no bytes from beyond the basis,
 * and makes no more than any root file system has.  Nothing of either file is
 * held but a piece of each.
 */
#ifndef BALIMG_BUNDLE_DELTA_PATCH_H
#define BALIMG_BUNDLE_DELTA_PATCH_H

#include "base/progress.h"
#include "base/sink.h"
#include "bundle/tree.h"
#include "source/source.h"

struct delta_patch {
	struct source *basis;
	uint64_t limit; /* no more bytes may be made, */
	uint64_t done;	/* and so many were; counted on by each call */
	const struct progress *progress; /* or NULL */
};

/* Write to @out what @delta makes of ->basis of @patch.  BALIMG_E_INVALID if
 * it is none, is cut short, or asks for what it does not get; what was written
 * until then is of no use. */
int delta_patch(struct delta_patch *patch, struct tree_content *delta,
		struct sink *out, struct balimg_error *err) MUST_USE;

/* Write to @out @len bytes at @at of ->basis. */
int delta_copy(struct delta_patch *patch, uint64_t at, uint64_t len,
	       struct sink *out, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_BUNDLE_DELTA_PATCH_H */
